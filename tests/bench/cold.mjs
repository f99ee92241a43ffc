// Cold starts: from nothing to the first answer, as milliseconds on the clock and of processor time.
import { APP_URL } from '../e2e/harness/secrets.mjs';
import { median } from './table.mjs';

/** `make` gives a Workerd; `path` is what is asked first. */
export async function coldStart(make, path, times) {
  const runs = [];
  for (let n = 0; n < times; n += 1) {
    const startedAt = performance.now();
    const worker = await make().up();
    try {
      const readyAt = performance.now();
      const reply = await fetch(worker.url + path, { headers: { host: new URL(APP_URL).host } });
      await reply.arrayBuffer();
      if (!reply.ok) throw new Error(`the first answer was ${reply.status}`);
      const first = performance.now();
      runs.push({ total: first - startedAt, first: first - readyAt, cpu: worker.cpu() });
    } finally {
      await worker.down();
    }
  }
  return Object.fromEntries(['total', 'first', 'cpu'].map((key) => [key, median(runs.map((run) => run[key]))]));
}
