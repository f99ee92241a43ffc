// Every page's main job and main failure in real Chromium, on the built Worker: once at 390 px in light, once at 1280 px in dark.
//
//   node tests/pages/run.mjs [--only=part of a name] [--view=phone|…]
//
// Each size of screen has a process, a server and a browser of its own: side by side where there are four cores for them.
// Pictures go to build/screenshots/. The last line is `PAGES: N passed, N failed`.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { findings } from './i18n.mjs';
import { VIEWS, launch, seen } from './browser.mjs';
import { Server } from './server.mjs';

/** The files of `cases/`, in the order they run. */
const CASES = [
  'look',
  'outside',
  'inside',
  'portal-states',
  'office',
  'back-office',
  'staff-people',
  'staff-roles',
  'staff-own',
  'integrations',
  'platform',
  'branding',
  'sdk',
  'docs',
  'gate',
  'all',
  'embed',
  'canary',
  'every',
  'newcomer',
];

const option = (name) => process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const [only, view] = [option('only'), option('view')];
// A walk over every page takes a while on a busy machine.
const LIMIT = 240_000;
const counts = { passed: 0, failed: 0 };
const failures = [];

async function run(name, body, opened = []) {
  if (only && !name.includes(only)) return;
  const startedAt = performance.now();
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`no end after ${LIMIT / 1000} s`)), LIMIT)));
  let error;
  try {
    await Promise.race([body(), late]);
    counts.passed += 1;
  } catch (thrown) {
    error = thrown;
    counts.failed += 1;
    failures.push(name);
  }
  clearTimeout(timer);
  console.log(`${error ? 'FAIL' : 'ok  '} ${name} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
  if (error) console.log(String(error.stack ?? error).replace(/^/gm, '       '));
  for (const [i, visitor] of error ? opened.entries() : []) {
    const picture = `FAILED-${name.replace(/\W+/g, '-').slice(0, 60)}-${i}`;
    await visitor.picture(picture).catch(() => {});
    console.log(`       browser ${i} was at ${visitor.page.url()}, see build/screenshots/${picture}.${visitor.view}.png`);
  }
}

async function words() {
  await run('words: complete in four languages, none hard-coded', async () => assert.deepEqual(findings(), []));
  await run('words: a missing, an unused and a hard-coded one are found', async () => {
    const { readFileSync } = await import('node:fs');
    const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
    const german = JSON.parse(read('public/assets/i18n/de.json'));
    delete german['login.title'];
    const found = findings({
      'public/assets/i18n/de.json': JSON.stringify({ ...german, 'never.said': 'Nie' }),
      'public/portal/login.html': read('public/portal/login.html').replace('<div data-news', '<p>Hello there</p><div data-news'),
      'public/assets/js/portal/login.js': `${read('public/assets/js/portal/login.js')}\none('p').textContent = 'Please wait a moment.';\none('p').innerHTML = '';`,
    });
    for (const part of ['login.title is missing', 'never.said is not in en', 'Hello there', 'Please wait a moment.', 'markup']) assert.ok(found.some((line) => line.includes(part)), part);
  });
}

async function everyCase() {
  const server = await new Server().up();
  const browser = await launch();
  try {
    const cases = await Promise.all(CASES.map((file) => import(`./cases/${file}.mjs`)));
    for (const [name, body] of cases.flatMap((file) => Object.entries(file.cases))) {
      if (body.views && !body.views.includes(view)) continue;
      const opened = [];
      const tools = { server, browser, view, opened };
      await run(`${view}: ${name}`, () => body(tools), opened);
      // A browser that hangs must not hang the run.
      for (const visitor of opened) await Promise.race([visitor.close().catch(() => {}), sleep(10_000)]);
    }
  } finally {
    await browser.close();
    await server.down();
  }
  console.log(`heaviest page: ${seen.heaviest.name}, ${Math.round(seen.heaviest.bytes / 1024)} KiB compressed`);
  for (const line of seen.minor) console.log(`axe, neither serious nor critical: ${line}`);
}

/** This file once more, for one size of screen. */
function oneView(name) {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(import.meta.url), [...process.argv.slice(2), `--view=${name}`], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    let found = { counts: { passed: 0, failed: 1 }, failures: [`${name}: ended early`] };
    child.on('message', (message) => (found = message));
    child.on('close', () => {
      counts.passed += found.counts.passed;
      counts.failed += found.counts.failed;
      failures.push(...found.failures);
      resolve();
    });
  });
}

if (process.send) {
  await everyCase();
  process.send({ counts, failures }, () => process.exit(0));
  await new Promise(() => {});
}
if (view) {
  await everyCase();
} else {
  await words();
  const views = Object.keys(VIEWS);
  const lane = async () => {
    while (views.length) await oneView(views.shift());
  };
  await Promise.all(availableParallelism() >= 4 ? [lane(), lane()] : [lane()]);
}
for (const name of failures) console.log(`failed: ${name}`);
console.log(`PAGES: ${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1);
