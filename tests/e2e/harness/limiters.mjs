// Broken twins of the limiter object, in the messages of its contract: what a limiter is when somebody writes it in a hurry.

const common = `
const decide = (state, policy, now) => {
  if (!state || state.ends <= now) state = { hits: 0, ends: now + policy.duration * 1000 };
  state = { ...state, hits: state.hits + 1 };
  const allowed = state.hits <= policy.points;
  const reset = Math.max(1, Math.ceil((state.ends - now) / 1000));
  return [state, { allowed, limit: policy.points, remaining: Math.max(0, policy.points - state.hits), reset }];
};
`;

/** Counts in the object's memory: exact, until the object is evicted or its process dies. */
export const FORGETFUL = `${common}
export class LimiterObject {
  buckets = new Map();
  async fetch(request) {
    const { op, key, policy } = await request.json();
    if (op !== 'take') return Response.json({});
    const [state, decision] = decide(this.buckets.get(key), policy, Date.now());
    this.buckets.set(key, state);
    return Response.json(decision);
  }
}`;

/** Reads, waits for something else, writes: a check-then-act that parallel hits get between. */
export const RACY = `${common}
export class LimiterObject {
  constructor(ctx) { this.storage = ctx.storage; }
  async fetch(request) {
    const { op, key, policy } = await request.json();
    if (op !== 'take') return Response.json({});
    const stored = await this.storage.get(key, { allowConcurrency: true });
    await scheduler.wait(1);
    const [state, decision] = decide(stored, policy, Date.now());
    await this.storage.put(key, state, { allowConcurrency: true });
    return Response.json(decision);
  }
}`;
