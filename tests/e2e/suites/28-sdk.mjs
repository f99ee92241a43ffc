// The SDK against the Worker itself: what it accepts, how soon it learns of a revocation, and how it lives through an outage.
import { setTimeout as sleep } from 'node:timers/promises';
import { buildSync } from 'esbuild';
import { Miniflare } from 'miniflare';
import { AuthError, portcullis } from '../../../sdk/js/src/index.ts';
import { assert } from '../harness/check.mjs';
import { CA, member, signedIn, staff } from '../harness/people.mjs';
import { note, test } from '../harness/runner.mjs';
import { APP_URL, RAISED } from '../harness/secrets.mjs';
import { start } from '../harness/server.mjs';

/** The bound that is promised, seconds; the Worker's default. */
const BOUND = 5;

/** The issuer's address, answered by the server under test. */
const fetchFrom = (server) => (url, init) => fetch(String(url).replace(APP_URL, server.url), init);
const verifier = (server, options = {}) => portcullis({ issuer: APP_URL, audience: 'customer', fetch: fetchFrom(server), timeout: 1_000, ...options });
const outcome = (auth, token, wanted) => auth.require(token, wanted).then(() => 'passes', (error) => {
  if (!(error instanceof AuthError)) throw error;
  return error.code;
});
const accessToken = (client, name = 'customer_auth_token') => decodeURIComponent(client.cookies.get(name));

const server = await start({ vars: RAISED });
// Seeding links accounts to a company, which voids the tokens of that second.
await sleep(1_100);

test('a customer’s and a staff token say who, where and what', async () => {
  const buyer = await signedIn(server);
  const auth = verifier(server);
  const identity = await auth.verify(accessToken(buyer));
  assert.equal(identity.email, 'buyer@portal.acme.com');
  assert.equal(identity.organization, server.place.organizationId);
  assert.equal(await outcome(auth, accessToken(buyer), { features: ['portal.orders.view'], realm: 'customer' }), 'passes');
  assert.equal(await outcome(auth, accessToken(buyer), { features: ['portal.users.manage'] }), 'FORBIDDEN');
  const admin = await staff(server);
  assert.equal(await outcome(auth, accessToken(admin, 'auth_token')), 'UNAUTHENTICATED', 'another audience');
  const office = verifier(server, { audience: 'staff' });
  assert.equal(await outcome(office, accessToken(admin, 'auth_token'), { features: ['customer_accounts.view'] }), 'passes');
});

test('features that a token has no room for are asked for, and decided as the server decides', async () => {
  const { email, password } = await member(server);
  const features = Array.from({ length: 200 }, (_, n) => `shop.${String(n).padStart(3, '0')}.${'x'.repeat(80)}`);
  await server.db
    .prepare("UPDATE customer_role_acls SET features_json = ? WHERE role_id = (SELECT id FROM customer_roles WHERE slug = 'viewer' AND organization_id = ?)")
    .bind(JSON.stringify(features), server.place.organizationId)
    .run();
  const viewer = await server.row("SELECT id FROM customer_roles WHERE slug = 'viewer' AND organization_id = ?", server.place.organizationId);
  await server.db.prepare('UPDATE customer_user_roles SET role_id = ? WHERE user_id = (SELECT id FROM customer_users WHERE email = ?)').bind(viewer.id, email).run();
  // Tokens of the second of a change are refused as well.
  await sleep(1_100);
  const client = await signedIn(server, { email, password });
  const auth = verifier(server);
  const identity = await auth.verify(accessToken(client));
  assert.equal(identity.features, null);
  assert.deepEqual(await auth.granted(identity, [features[7], 'shop.none', features[199]]), [features[7], features[199]]);
});

/** Replays a token every 100 ms from the moment its revocation was answered; how long it went on passing, milliseconds. */
async function timeToRefusal(auth, token) {
  const from = performance.now();
  for (;;) {
    const said = await outcome(auth, token);
    const after = performance.now() - from;
    if (said === 'REVOKED') return after;
    assert.equal(said, 'passes');
    assert.ok(after < 30_000, 'never refused');
    await sleep(100);
  }
}

test('a role that is taken away takes the token with it', async () => {
  const { email, password } = await member(server);
  const client = await signedIn(server, { email, password });
  const auth = verifier(server);
  const token = accessToken(client);
  assert.equal(await outcome(auth, token), 'passes');
  const admin = await staff(server);
  const { id } = await server.row('SELECT id FROM customer_users WHERE email = ?', email);
  const reply = await admin.put(`${CA}/admin/users/${id}`, { roleIds: [] });
  assert.equal(reply.status, 200, reply.text);
  assert.ok((await timeToRefusal(auth, token)) <= BOUND * 1_000 + 300);
  // The session lives on: a refresh buys a token that passes.
  await sleep(1_100);
  assert.equal((await client.post(`${CA}/portal/sessions-refresh`)).status, 200);
  assert.equal(await outcome(auth, accessToken(client)), 'passes');
}, { timeout: 60_000 });

test('while the auth service is down tokens verify until the stale limit, then nothing does; what was revoked before is refused after', async () => {
  const stale = 6;
  const mortal = await start({ vars: { ...RAISED, REVOCATION_STALE_SECONDS: String(stale) }, persist: true });
  const [staying, leaving] = [await signedIn(mortal, await member(mortal)), await signedIn(mortal, await member(mortal))];
  const tokens = [accessToken(staying), accessToken(leaving)];
  const auth = verifier(mortal);
  for (const token of tokens) assert.equal(await outcome(auth, token), 'passes');
  // Answered, and then nobody hears of it any more.
  assert.equal((await leaving.post(`${CA}/portal/logout`)).status, 200);
  // Killed, and kept down: miniflare would start another.
  await mortal.kill();
  await mortal.down();
  const downAt = performance.now();
  let lasted = 0;
  for (;;) {
    const said = await outcome(auth, tokens[0]);
    if (said === 'UNAVAILABLE') break;
    assert.equal(said, 'passes');
    lasted = performance.now() - downAt;
    assert.ok(lasted < 30_000, 'never failed closed');
    await sleep(100);
  }
  note(`verified for ${(lasted / 1000).toFixed(1)} s after the stop; the limit is ${stale} s`);
  assert.ok(lasted > (stale - 4) * 1_000 && lasted <= stale * 1_000 + 300, `${lasted} ms`);
  await mortal.up();
  const refused = await (async () => {
    for (const from = performance.now(); performance.now() - from < 10_000; await sleep(100)) if ((await outcome(auth, tokens[0])) === 'passes') return outcome(auth, tokens[1]);
    return 'still down';
  })();
  assert.equal(refused, 'REVOKED', 'committed before the stop, in force with the first look after it');
}, { timeout: 120_000 });

test('it runs on Workers', async () => {
  const { outputFiles } = buildSync({
    stdin: {
      contents: `import { portcullis } from './sdk/js/src/index.ts'; import { requireFeatures } from './sdk/js/src/fetch.ts';
        let auth;
        export default { fetch(request, env) {
          auth ??= portcullis({ issuer: env.ISSUER, audience: 'customer', fetch: (url, init) => fetch(String(url).replace(env.ISSUER, env.SERVER), init) });
          return requireFeatures(auth, ['portal.orders.view'], (_, identity) => new Response(identity.email))(request);
        } };`,
      resolveDir: new URL('../../../', import.meta.url).pathname,
      loader: 'ts',
    },
    bundle: true,
    format: 'esm',
    write: false,
    conditions: ['workerd', 'worker', 'browser'],
  });
  const app = new Miniflare({ modules: true, script: outputFiles[0].text, compatibilityDate: '2026-08-01', bindings: { ISSUER: APP_URL, SERVER: server.url }, cf: false, host: '127.0.0.1', port: 0 });
  try {
    const url = await app.ready;
    const buyer = await signedIn(server);
    const ask = (headers) => fetch(url, { headers, signal: AbortSignal.timeout(10_000) });
    const passed = await ask({ authorization: `Bearer ${accessToken(buyer)}` });
    assert.deepEqual([passed.status, await passed.text()], [200, 'buyer@portal.acme.com']);
    assert.equal((await ask({})).status, 401);
    const admin = await signedIn(server, { email: 'viewer@portal.acme.com' });
    assert.equal((await ask({ authorization: `Bearer ${accessToken(admin)}` })).status, 403);
  } finally {
    await app.dispose();
  }
});
