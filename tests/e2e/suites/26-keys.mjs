// Signing keys in workerd: rotation under load as third parties see it, emergencies, outages, and fifty who turn at once.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { assert, headerOf, isOk, isProblem } from '../harness/check.mjs';
import { Client } from '../harness/client.mjs';
import { AuthError, portcullis } from '../../../sdk/js/src/index.ts';
import { CA, SEED_PASSWORD, signedIn, staff, together } from '../harness/people.mjs';
import { register } from '../harness/proxies.mjs';
import { note, size, skip, test } from '../harness/runner.mjs';
import { APP_URL, KEY, RAISED } from '../harness/secrets.mjs';
import { start } from '../harness/server.mjs';

// A day is a second and a half here. Verifiers keep their copy for half of it, as the slowest we know keep theirs.
const SCALED = { ...RAISED, SIGNING_KEY_ROTATE_SECONDS: '2', SIGNING_KEY_AHEAD_SECONDS: '2', SIGNING_KEY_KEEP_SECONDS: '2', ACCESS_TOKEN_SECONDS: '10' };
const COPY = 1_000;
const IN_FLIGHT = 64;
/** Two turns of the keys, and half of a token's life: a busy machine may be late by the other half. */
const LATE = 5_000;
const JWKS = '/.well-known/jwks.json';
const PYTHON = new URL('../../../.tools/py/bin/python', import.meta.url).pathname;
const tokenOf = (client) => client.cookies.get('customer_auth_token');

/** PyJWT or joserfc, one token a line in, `ok` or why not out. */
class Python {
  constructor(library, jwks) {
    this.child = spawn(PYTHON, [new URL('../py/follow.py', import.meta.url).pathname, library, jwks, APP_URL, String(COPY / 1000)], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.waiting = [];
    createInterface({ input: this.child.stdout }).on('line', (line) => this.waiting.shift()?.(line));
    this.child.on('exit', (code) => {
      this.ended = `${library} ended with ${code}`;
      for (const resolve of this.waiting.splice(0)) resolve(this.ended);
    });
  }
  ask(token) {
    if (this.ended) return Promise.resolve(this.ended);
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.child.stdin.write(`${token}\n`);
    });
  }
  end() {
    this.child.stdin.end();
  }
}

/** Refreshes at a rate while cron turns the keys; every token is verified at once and again shortly before it expires. */
async function underLoad(server, { rate, seconds, until = () => false }) {
  const jwks = new URL(JWKS, server.url);
  const remote = createRemoteJWKSet(jwks, { cacheMaxAge: COPY, cooldownDuration: COPY });
  const pythons = existsSync(PYTHON) ? ['pyjwt', 'joserfc'].map((library) => new Python(library, jwks.href)) : [];
  const client = await signedIn(server);
  const counts = { refreshed: 0, verified: 0, failed: 0, kids: new Set(), why: new Map() };
  const verifiers = [
    async (token) => jwtVerify(token, remote, { issuer: APP_URL, audience: 'customer', algorithms: ['ES256'] }).then(() => 'ok', (error) => `jose: ${error.code}`),
    ...pythons.map((python) => (token) => python.ask(token)),
  ];
  const verify = async (token) => {
    for (const outcome of await Promise.all(verifiers.map((one) => one(token)))) {
      counts.verified += 1;
      if (outcome !== 'ok') {
        counts.failed += 1;
        counts.why.set(outcome, (counts.why.get(outcome) ?? 0) + 1);
      }
    }
  };
  const pending = new Set();
  const late = [];
  let over = false;
  const cron = (async () => {
    for (; !over; await sleep(250)) await server.cron();
  })();
  const startedAt = performance.now();
  for (let n = 0; performance.now() - startedAt < seconds * 1000 && !until(counts); n += 1) {
    const due = startedAt + (n * 1000) / rate;
    if (due > performance.now()) await sleep(due - performance.now());
    // A machine that is too slow for the rate gets what it can do: a queue without end would only time out.
    while (pending.size >= IN_FLIGHT) await Promise.race(pending);
    const work = (async () => {
      const one = new Client(server);
      one.cookies.set('customer_session_token', client.cookies.get('customer_session_token'));
      isOk(await one.post(`${CA}/portal/sessions-refresh`));
      const token = tokenOf(one);
      counts.refreshed += 1;
      counts.kids.add(headerOf(token).kid);
      await verify(token);
      if (n % 10 === 0) late.push(sleep(LATE).then(() => verify(token)));
    })().finally(() => pending.delete(work));
    pending.add(work);
  }
  const took = (performance.now() - startedAt) / 1000;
  await Promise.all(pending);
  await Promise.all(late);
  over = true;
  await cron;
  pythons.forEach((python) => python.end());
  return { ...counts, rate: counts.refreshed / took };
}

test('a rotation under load: jose, PyJWT and joserfc see no failure (E7)', async () => {
  const server = await start({ vars: SCALED });
  const counts = await underLoad(server, { rate: size(40, 200), seconds: size(7, 60) });
  note(`${counts.refreshed} refreshes, ${counts.rate.toFixed(0)} a second, ${counts.kids.size} keys, ${counts.verified} verifications, ${counts.failed} failed ${JSON.stringify([...counts.why])}`);
  assert.ok(counts.kids.size >= size(3, 12), `${counts.kids.size} keys signed`);
  assert.equal(counts.failed, 0);
  if (!existsSync(PYTHON)) skip('no Python with PyJWT and joserfc: scripts/setup.sh test');
}, { timeout: 180_000 });

test('twin: a key that is shown only when it signs is caught', async () => {
  const server = await start({ vars: SCALED, twin: 'next-key-unpublished' });
  const counts = await underLoad(server, { rate: 20, seconds: 15, until: ({ failed }) => failed > 0 });
  note(`${counts.failed} of ${counts.verified} verifications failed`);
  assert.ok(counts.failed > 0, 'verifiers never noticed');
}, { timeout: 120_000 });

/** As `register` asks. */
const ask = (server) => async (method, path, json, cookie) => {
  const reply = await new Client(server).request(method, path, { json, headers: cookie ? { cookie } : {} });
  return { status: reply.status, text: reply.text, cookie: reply.cookies.map((line) => line.split(';')[0]).join('; ') };
};

test('removal in an emergency: the next request is refused on every path, sessions live on, the key set forgets the key', async () => {
  const server = await start({ vars: RAISED });
  await server.cron();
  const { credentials } = await register(ask(server), { hosts: ['app.id.localhost'], password: SEED_PASSWORD });
  // Seeding links accounts to a company, which voids the tokens of that second.
  await sleep(1_100);
  const [root, buyer] = [await staff(server, 'superadmin@acme.com'), await signedIn(server)];
  const { kid } = headerOf(tokenOf(buyer));
  assert.equal(kid, KEY.kid, 'the key of the configuration was taken over');
  const { accessToken } = isOk(await buyer.post(`${CA}/portal/app-token`, { audience: 'the-app' }));
  const bearer = { authorization: `Bearer ${tokenOf(buyer)}` };
  const nobody = new Client(server);
  const original = { 'x-original-method': 'GET', 'x-original-proto': 'http', 'x-original-host': 'app.id.localhost', 'x-original-uri': '/orders' };
  const verified = (audience, token) => {
    const auth = portcullis({ issuer: APP_URL, audience, fetch: (url, init) => fetch(String(url).replace(APP_URL, server.url), init) });
    return auth.verify(token).then(() => 200, (error) => (error instanceof AuthError ? error.status : Promise.reject(error)));
  };
  /** Every path that reads a token, and what it says. */
  const everywhere = async () => ({
    'own route': (await nobody.get(`${CA}/portal/profile`, { headers: bearer })).status,
    'fast check': (await nobody.get('/api/check', { headers: bearer })).status,
    'forward-auth': (await nobody.get('/forward-auth/nginx', { headers: { ...bearer, ...original } })).status,
    introspection: isOk(await nobody.post('/api/introspect', { token: accessToken, ...credentials })).active ? 200 : 401,
    'SDK, with a fresh copy of the keys': await verified('customer', tokenOf(buyer)),
    'SDK, of an app': await verified('the-app', accessToken),
  });
  const all = (status, seen) => assert.deepEqual(seen, Object.fromEntries(Object.keys(seen).map((path) => [path, status])));
  all(200, await everywhere());
  const removed = isOk(await root.post(`/api/keys/${kid}/remove`, { reason: 'it leaked' }));
  all(401, await everywhere());
  isOk(await buyer.post(`${CA}/portal/sessions-refresh`));
  assert.equal(headerOf(tokenOf(buyer)).kid, removed.current);
  isOk(await buyer.get(`${CA}/portal/profile`));
  const { keys } = (await new Client(server).get(JWKS)).json;
  assert.ok(keys.length === 2 && !keys.some((key) => key.kid === kid), JSON.stringify(keys));
});

test('of 50 rotations at once one wins', async () => {
  const server = await start({ vars: { ...RAISED, SIGNING_KEY_AHEAD_SECONDS: '0' } });
  await server.cron();
  for (let trial = 0; trial < size(5, 20); trial += 1) {
    const root = await staff(server, 'superadmin@acme.com');
    const before = await server.count('SELECT version FROM signing_key_set');
    const replies = await together(server, 50, () => root.post('/api/keys/rotate'));
    const won = replies.filter((reply) => reply.status === 200).length;
    const turned = (await server.count('SELECT version FROM signing_key_set')) - before;
    assert.ok(replies.every((reply) => [200, 409].includes(reply.status)), replies.map((reply) => reply.status).join());
    assert.equal(won, turned, 'every success is one version');
    assert.equal(await server.count("SELECT count(*) FROM signing_keys WHERE state = 'current'"), 1);
    assert.equal(await server.count("SELECT count(*) FROM signing_keys WHERE state = 'next'"), 1);
  }
});

/** Fails every call to D1 while KV has the key `fault`. */
const FAULTY = `
import worker from './worker.js';
export * from './worker.js';
const failing = () => Promise.reject(new Error('D1_ERROR: Network connection lost.'));
const broken = (db) => new Proxy(db, { get: (target, name) => (name === 'batch' ? failing : name === 'prepare' ? (sql) => target.prepare(sql) : target[name]) });
export default {
  async fetch(request, env, ctx) {
    const down = await env.KV.get('fault');
    return worker.fetch(request, down ? { ...env, DB: broken(env.DB) } : env, ctx);
  },
  scheduled: worker.scheduled,
};`;

test('the key set is served with the same bytes right after a cold start, also while D1 is down (E6)', async () => {
  const server = await start({ vars: RAISED, persist: true });
  await server.cron();
  const warm = await new Client(server).get(JWKS);
  assert.equal(warm.json.keys.length, 2);
  await server.restart();
  const cold = await new Client(server).get(JWKS);
  assert.deepEqual([cold.status, cold.headers.etag, cold.headers['x-portcullis-operations'].split(' ')[0]], [200, warm.headers.etag, 'd1=0']);
  assert.ok(cold.body.equals(warm.body));
  server.options = { ...server.options, entry: FAULTY, seeded: false, migrated: false };
  await server.kv.put('fault', '1');
  await server.restart();
  isProblem(await new Client(server).get('/api/directory/organizations/lookup?slug=acme'), 503, 'Service temporarily unavailable. Please try again in a moment.');
  const down = await new Client(server).get(JWKS);
  assert.deepEqual([down.status, down.headers.etag], [200, warm.headers.etag]);
  assert.ok(down.body.equals(warm.body));
});
