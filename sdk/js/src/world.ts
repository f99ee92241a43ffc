/** What the SDK needs from where it runs. Tests bring their own; everybody else takes the platform's. */
export interface World {
  fetch: typeof fetch;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Milliseconds that an answer of the auth service may take. */
  timeout: number;
}

/** One GET or POST that ends in time. */
export async function ask(world: World, url: string, init: RequestInit = {}): Promise<Response> {
  // Portcullis redirects none of these; 'manual' rather than 'error', which Workers do not know.
  return world.fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(world.timeout) });
}

/** Lets any number of callers wait for one run of `work`. */
export function singleFlight(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= work().finally(() => (running = undefined)));
}
