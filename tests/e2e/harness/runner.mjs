// A suite is a module that calls `test()`; this file runs it, one test after the other, and tells the parent how it went.
// Each suite runs in a process of its own (run.mjs forks it), so that none can hang or crash another.
import { AsyncLocalStorage } from 'node:async_hooks';

/** `--full`: races, timing and load at full size. */
export const FULL = process.env.E2E_FULL === '1';
/** A number that depends on the size of the run. */
export const size = (gate, full) => (FULL ? full : gate);

const tests = [];
const endings = [];
const running = new AsyncLocalStorage();

class Skipped extends Error {}

/** One test. Its name says what holds, and in brackets which requirement it stands for. */
export function test(name, body, { timeout = 60_000 } = {}) {
  tests.push({ name, body, timeout });
}

/** Runs after the last test, whatever happened; the last one registered first. */
export function after(work) {
  endings.unshift(work);
}

/** Ends the running test as skipped. */
export function skip(why) {
  throw new Skipped(why);
}

/** A line under the running test's own: what was measured, or what will help whoever reads a failure. */
export function note(line) {
  running.getStore()?.notes.push(String(line));
}

async function runOne({ name, body, timeout }) {
  const notes = [];
  const startedAt = performance.now();
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${timeout / 1000} s`)), timeout);
  });
  let outcome = 'ok';
  let error;
  try {
    await Promise.race([running.run({ notes }, body), late]);
  } catch (thrown) {
    outcome = thrown instanceof Skipped ? 'skip' : 'FAIL';
    error = thrown;
  } finally {
    clearTimeout(timer);
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${outcome.padEnd(4)} ${name} (${seconds} s)${outcome === 'skip' ? `: ${error.message}` : ''}`);
  for (const line of notes) console.log(`       ${line}`);
  if (outcome === 'FAIL') console.log(shown(error));
  return { name, outcome };
}

/** An error, indented, and no longer than anybody reads. */
function shown(error) {
  const lines = String(error?.stack ?? error).split('\n').filter((line) => !/node:internal|runner\.mjs|run\.mjs/.test(line));
  const cut = lines.length > 60 ? [...lines.slice(0, 40), '…', ...lines.slice(-15)] : lines;
  return cut.map((line) => `       ${line.length > 600 ? `${line.slice(0, 600)} …` : line}`).join('\n');
}

/** Runs a suite's tests. Called by the process that run.mjs forks, and by `node suites/x.mjs` through run.mjs only. */
export async function runSuite(url, only) {
  const counts = { ok: 0, FAIL: 0, skip: 0, failed: [] };
  try {
    await import(url);
    for (const one of tests.filter(({ name }) => !only || name.includes(only))) {
      const { outcome } = await runOne(one);
      counts[outcome] += 1;
      if (outcome === 'FAIL') counts.failed.push(one.name);
    }
  } catch (error) {
    console.log(`FAIL the suite itself\n${shown(error)}`);
    counts.FAIL += 1;
    counts.failed.push('the suite itself');
  }
  for (const work of endings) await Promise.race([work(), new Promise((done) => setTimeout(done, 10_000))]).catch(() => {});
  return counts;
}
