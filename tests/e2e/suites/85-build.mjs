// What is in a build: no twin in the release, and a panic that stays its own request's business.
import { readFileSync, readdirSync } from 'node:fs';
import { assert, isOk } from '../harness/check.mjs';
import { Client } from '../harness/client.mjs';
import { SEEDED, SEED_PASSWORD, logIn } from '../harness/people.mjs';
import { note, test } from '../harness/runner.mjs';
import { RAISED } from '../harness/secrets.mjs';
import { start } from '../harness/server.mjs';

const root = new URL('../../../', import.meta.url);

/** Every name of a twin in the sources. */
function twins() {
  const names = new Set();
  for (const folder of ['core/src/', 'src/']) {
    for (const file of readdirSync(new URL(folder, root), { recursive: true }).filter((name) => name.endsWith('.rs'))) {
      for (const [, name] of readFileSync(new URL(`${folder}${file}`, root), 'utf8').matchAll(/\btwin(?:::is)?\(\s*(?:[^")]*,\s*)?"([a-z-]+)"/g)) names.add(name);
    }
  }
  return [...names].sort();
}

test('no twin is in the release build, and each is in the twin build', () => {
  const names = twins();
  assert.ok(names.length >= 5, `found only ${names}`);
  const read = (build) => ['index_bg.wasm', 'index.js'].map((file) => readFileSync(new URL(`build/${build}/${file}`, root), 'latin1')).join('');
  const [release, twin] = [read('worker'), read('twin')];
  assert.deepEqual(names.filter((name) => release.includes(name)), []);
  assert.deepEqual(names.filter((name) => !twin.includes(name)), [], 'the twin build is older than its sources');
  note(names.join(', '));
});

test('a release build takes no notice of TWIN', async () => {
  const server = await start({ vars: { ...RAISED, TWIN: 'login-early-return' } });
  const reply = await logIn(new Client(server), { email: 'nobody@mail.example', password: 'wrong password' });
  assert.match(reply.headers['x-portcullis-operations'], /hash=1/);
  await server.stop();
});

test('no path of the builder’s machine is in the module', () => {
  const wasm = readFileSync(new URL('build/worker/index_bg.wasm', root), 'latin1');
  const paths = wasm.match(/\/(home|root|Users|work)\/[\w./-]{3,80}/g) ?? [];
  assert.deepEqual([...new Set(paths)], []);
});

test('three panics amid eight logins: each gets its own 500 at once, all logins finish, the isolate goes on', async () => {
  const server = await start({ vars: RAISED, twin: 'panic-in-handler' });
  const login = () => logIn(new Client(server), { email: SEEDED.buyer, password: SEED_PASSWORD });
  isOk(await login());
  const panic = () => new Client(server).get('/api/health?panic', { headers: { 'mf-disable-pretty-error': 'true' } });
  const [panics, logins] = await Promise.all([Promise.all([panic(), panic(), panic()]), Promise.all(Array.from({ length: 8 }, login))]);
  for (const reply of panics) {
    assert.equal(reply.status, 500);
    assert.ok(reply.ms < 2_000 + Math.max(...logins.map((l) => l.ms)), `${reply.ms} ms`);
  }
  for (const reply of logins) isOk(reply);
  isOk(await login());
  isOk(await new Client(server).get('/api/health'));
  note(`a panic's answer: ${panics[0].headers['content-type'] ?? 'no type'}, ${JSON.stringify(panics[0].text.slice(0, 100))}`);
  await server.stop();
});
