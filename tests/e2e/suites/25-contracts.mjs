// The ports' contracts (tests/contract) on the real things: D1, and the limiter object with a clock that is moved.
import { readFileSync } from 'node:fs';
import { assert } from '../harness/check.mjs';
import { test } from '../harness/runner.mjs';
import { start } from '../harness/server.mjs';

const contract = (name) => JSON.parse(readFileSync(new URL(`../../contract/${name}.json`, import.meta.url), 'utf8'));

/** Stands between workerd and the limiter object: a request may say what time it is. */
const MOVED_CLOCK = `
import { LimiterObject as Genuine } from './worker.js';
export * from './worker.js';
export { default } from './worker.js';
const real = Date.now;
let moved;
Date.now = () => moved ?? real();
export class LimiterObject {
  constructor(ctx, env) { this.genuine = new Genuine(ctx, env); }
  async fetch(request) {
    const clock = request.headers.get('x-clock');
    moved = clock === null ? undefined : Number(clock);
    return this.genuine.fetch(request);
  }
  alarm() { return this.genuine.alarm(); }
}`;

const server = await start({ seeded: false, entry: MOVED_CLOCK });

/** The sentences D1 fails with, in the classes that the core puts them in (StoreError::classify). */
function classify(error) {
  const text = `${error.message}; ${error.cause?.message ?? ''}`;
  if (text.includes('CHECK constraint failed: precondition_holds')) return { error: 'precondition' };
  const unique = text.match(/UNIQUE constraint failed: ([^:\n;]*)/);
  if (unique) return { error: 'unique', columns: unique[1].trim() };
  return { error: /SQLITE_ERROR|syntax error|no such|constraint failed|append-only|cannot store|datatype mismatch|Wrong number of parameter/.test(text) ? 'broken' : 'unavailable' };
}

async function call(db, kind, statements) {
  if (statements.length === 0) return kind === 'read' ? { rows: [] } : { written: [] };
  try {
    const results = await db.batch(statements.map(({ sql, args }) => db.prepare(sql).bind(...args)));
    if (kind === 'read') return { rows: results.map((result) => result.results) };
    return { written: results.map((result) => ({ rows: result.results, changes: result.meta.changes })) };
  } catch (error) {
    return classify(error);
  }
}

const { setup, cases } = contract('database');
for (const { name, steps } of cases) {
  test(`D1: ${name}`, async () => {
    for (const table of ['contract_child', 'contract_parent']) await server.db.prepare(`DROP TABLE IF EXISTS ${table}`).run();
    // What cases write into tables of the product: the trail cannot be emptied row by row.
    await server.db.prepare('DELETE FROM precondition').run();
    await server.db.batch(setup.map(({ sql, args }) => server.db.prepare(sql).bind(...args)));
    for (const [index, step] of steps.entries()) {
      const kind = 'read' in step ? 'read' : 'write';
      assert.deepEqual(await call(server.db, kind, step[kind]), step.expect, `step ${index + 1}`);
    }
  });
}

let objects = 0;
for (const { name, hits } of contract('limiter').cases) {
  test(`limiter object: ${name}`, async () => {
    objects += 1;
    const namespace = await server.limiter;
    const object = namespace.get(namespace.idFromName(`contract-${objects}`));
    const began = Date.now();
    for (const [index, { at, expect, ...message }] of hits.entries()) {
      const reply = await object.fetch('https://limiter/', { method: 'POST', body: JSON.stringify(message), headers: { 'x-clock': String(began + at) } });
      assert.equal(reply.status, 200);
      assert.deepEqual(await reply.json(), expect, `hit ${index + 1}`);
    }
  });
}

test('limiter object: what is no message of the contract is refused, and a ping answered', async () => {
  const namespace = await server.limiter;
  const object = namespace.get(namespace.idFromName('odd'));
  const post = async (body) => {
    const reply = await object.fetch('https://limiter/', { method: 'POST', body });
    return [reply.status, await reply.json()];
  };
  assert.deepEqual(await post('{"op":"ping"}'), [200, {}]);
  for (const body of ['', '{}', '[]', '{"op":"take"}', '{"op":"take","key":"k","policy":{"points":-1,"duration":60,"block":0,"window":"fixed"}}', '{"op":"nope","key":"k"}']) {
    const [status, answer] = await post(body);
    assert.deepEqual([status, typeof answer.error], [400, 'string'], body);
  }
});

test('hasher object: hashes and verifies by its contract', async () => {
  const namespace = await server.miniflare.getDurableObjectNamespace('HASHER');
  const object = namespace.get(namespace.idFromName('hasher-0'));
  const post = async (message) => (await object.fetch('https://hasher/', { method: 'POST', body: JSON.stringify(message) })).json();
  const { phc } = await post({ op: 'hash', password: 'pässwörd' });
  assert.match(phc, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.deepEqual(await post({ op: 'verify', password: 'pässwörd', phc }), { matches: true, stale: false });
  assert.deepEqual(await post({ op: 'verify', password: 'passwort', phc }), { matches: false, stale: false });
  assert.equal(typeof (await post({ op: 'verify', password: 'x', phc: 'nonsense' })).error, 'string');
  assert.equal(typeof (await post({ op: 'verify', password: 'x', phc: phc.replace('m=19456', 'm=1048576') })).error, 'string');
  // The check of a sign-in: ours, somebody else's, and nobody's, each with the work of the tenant's kinds.
  const kinds = ['bcrypt:5', 'nonsense:1'];
  const foreign = '$2b$05$jZySffCaxZFxELTktyVjJudxPRJpvZBfIKleTj1AEZmxepufdim1K';
  const nothing = { matches: false, rehash: null, unusable: null };
  assert.deepEqual(await post({ op: 'attempt', password: 'pässwörd', stored: phc, kinds }), { ...nothing, matches: true });
  assert.deepEqual(await post({ op: 'attempt', password: 'pässwörd', stored: null, kinds }), nothing);
  assert.deepEqual(await post({ op: 'attempt', password: 'pässwörd', stored: foreign, kinds }), nothing);
  const { matches, rehash } = await post({ op: 'attempt', password: 'correct horse é 1', stored: foreign, kinds });
  assert.ok(matches && rehash.startsWith('$argon2id$v=19$m=19456,t=2,p=1$'));
  assert.equal(typeof (await post({ op: 'attempt', password: 'x', stored: foreign.replace('$05$', '$31$'), kinds })).unusable, 'string');
});
