// Every page's main job and main failure in real Chromium, on the built Worker: once at 390 px in light, once at 1280 px in dark.
//
//   node tests/pages/run.mjs [--only=part of a name]
//
// Pictures go to build/screenshots/. The last line is `PAGES: N passed, N failed`.
import assert from 'node:assert/strict';
import { findings } from './i18n.mjs';
import { VIEWS, launch, seen } from './browser.mjs';
import { Server } from './server.mjs';
import * as outside from './cases/outside.mjs';
import * as inside from './cases/inside.mjs';
import * as office from './cases/office.mjs';
import * as backOffice from './cases/back-office.mjs';
import * as sdk from './cases/sdk.mjs';
import * as docs from './cases/docs.mjs';
import * as gate from './cases/gate.mjs';
import * as all from './cases/all.mjs';
import * as embed from './cases/embed.mjs';
import * as canary from './cases/canary.mjs';
import * as every from './cases/every.mjs';
import * as newcomer from './cases/newcomer.mjs';

const only = process.argv.find((arg) => arg.startsWith('--only='))?.slice(7);
const LIMIT = 120_000;
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

const server = await new Server().up();
const browser = await launch();
try {
  for (const view of Object.keys(VIEWS)) {
    for (const [name, body] of Object.entries({ ...outside.cases, ...inside.cases, ...office.cases, ...backOffice.cases, ...sdk.cases, ...docs.cases, ...gate.cases, ...all.cases, ...embed.cases, ...canary.cases, ...every.cases, ...newcomer.cases })) {
      if (body.views && !body.views.includes(view)) continue;
      const opened = [];
      const tools = { server, browser, view, opened };
      await run(`${view}: ${name}`, () => body(tools), opened);
      for (const visitor of opened) await visitor.close().catch(() => {});
    }
  }
} finally {
  await browser.close();
  await server.down();
}
console.log(`heaviest page: ${seen.heaviest.name}, ${Math.round(seen.heaviest.bytes / 1024)} KiB compressed`);
for (const line of seen.minor) console.log(`axe, neither serious nor critical: ${line}`);
for (const name of failures) console.log(`failed: ${name}`);
console.log(`PAGES: ${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1);
