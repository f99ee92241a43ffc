// End-to-end tests on the built Worker in workerd.
//
//   node tests/e2e/run.mjs [--full] [--only=suite[,suite]] [--test=part of a test's name] [--lanes=2] [--list]
//
// Each suite runs in a process of its own: two at a time, and afterwards, alone, those that measure time or race. The
// last line is `E2E: N passed, N failed, N skipped`.
import { fork } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const folder = new URL('suites/', import.meta.url);
const option = (name) => process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const full = process.argv.includes('--full');
const wanted = option('only')?.split(',');
const suites = readdirSync(folder)
  .filter((file) => file.endsWith('.mjs'))
  .sort()
  .filter((file) => !wanted || wanted.some((name) => file.includes(name)));

// The forked half: one suite.
if (process.send) {
  const { runSuite } = await import('./harness/runner.mjs');
  const counts = await runSuite(new URL(process.env.E2E_SUITE, folder).href, process.env.E2E_TEST);
  process.send(counts, () => process.exit(0));
  await new Promise(() => {});
}

if (process.argv.includes('--list')) {
  console.log(suites.join('\n'));
  process.exit(0);
}

/** A suite may take this long, whatever its tests say. */
const LIMIT = full ? 45 * 60_000 : 12 * 60_000;
/** What these find out depends on a machine that does nothing else. At full size all do. */
const ALONE = /^(26|40|80)-/;
/** The long ones begin: at the end no lane waits for another that took one up late. */
const LONG = /^(30|60|65|70|90)-/;
const lanes = full ? 1 : Number(option('lanes') ?? Math.min(2, availableParallelism()));

function run(suite, heading) {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(import.meta.url), [], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, E2E_SUITE: suite, E2E_TEST: option('test') ?? '', E2E_FULL: full ? '1' : '0', CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false' },
    });
    let counts;
    const said = [];
    child.stdout.on('data', (part) => said.push(part));
    child.stderr.on('data', (part) => said.push(part));
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT);
    child.on('message', (message) => (counts = message));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      process.stdout.write(`${heading}\n${Buffer.concat(said)}`);
      if (!counts) console.log(`FAIL ${suite} ended early (${signal ?? code})`);
      resolve(counts ?? { ok: 0, FAIL: 1, skip: 0, failed: ['ended early'] });
    });
  });
}

const startedAt = performance.now();
const total = { ok: 0, FAIL: 0, skip: 0 };
const failed = [];
async function report(suite) {
  const suiteStarted = performance.now();
  const heading = `\n${suite.replace('.mjs', '')}`;
  const counts = await run(suite, heading);
  for (const key of Object.keys(total)) total[key] += counts[key];
  failed.push(...counts.failed.map((name) => `${suite.replace('.mjs', '')}: ${name}`));
  console.log(`     ${((performance.now() - suiteStarted) / 1000).toFixed(1)} s`);
}

/** Takes from the front of a list until it is empty. */
async function lane(list) {
  while (list.length) await report(list.shift());
}

const together = suites.filter((suite) => !ALONE.test(suite)).sort((a, b) => LONG.test(b) - LONG.test(a));
await Promise.all(Array.from({ length: lanes }, () => lane(together)));
await lane(suites.filter((suite) => ALONE.test(suite)));
console.log(`\n${((performance.now() - startedAt) / 1000).toFixed(0)} s, ${full ? 'full' : 'gate'} size`);
for (const line of failed) console.log(`failed: ${line}`);
console.log(`E2E: ${total.ok} passed, ${total.FAIL} failed, ${total.skip} skipped`);
process.exitCode = total.FAIL === 0 && total.ok > 0 ? 0 : 1;
