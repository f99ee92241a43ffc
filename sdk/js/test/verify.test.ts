import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { SignJWT, UnsecuredJWT } from 'jose';
import { AuthError, grantCovers, portcullis, type Options } from '../src/index.ts';
import { AUDIENCE, FakePortcullis, ISSUER, newKey } from './portcullis.ts';

const KEYS = '/.well-known/jwks.json';
const setUp = async (options: Partial<Options> = {}) => {
  const server = await FakePortcullis.start();
  const auth = portcullis({ issuer: ISSUER, audience: AUDIENCE, fetch: server.fetch, now: () => server.now, ...options });
  return { server, auth };
};
const refused = (status: number, code?: string) => (error: unknown) => {
  assert.ok(error instanceof AuthError, String(error));
  assert.equal(error.status, status, error.message);
  if (code) assert.equal(error.code, code);
  return true;
};

test('the matcher gives the answers of the shared vectors', () => {
  const { cases } = JSON.parse(readFileSync(new URL('../../../tests/contract/features.json', import.meta.url), 'utf8'));
  for (const { grant, covers, not } of cases) {
    for (const feature of covers) assert.ok(grantCovers(grant, feature), `${grant} covers ${feature}`);
    for (const feature of not) assert.ok(!grantCovers(grant, feature), `${grant} does not cover ${feature}`);
  }
});

test('a good token says who is calling', async () => {
  const { server, auth } = await setUp();
  const identity = await auth.verify(await server.token());
  assert.deepEqual(
    [identity.user, identity.session, identity.tenant, identity.organization, identity.realm, identity.roles, identity.isAdmin],
    ['user-1', 'session-1', 'tenant-1', 'organization-1', 'customer', ['buyer'], false],
  );
});

test('tokens that are not exactly ours are refused', async () => {
  const { server, auth } = await setUp();
  const stranger = await newKey();
  const secret = new TextEncoder().encode(JSON.stringify(server.keys[0]!.jwk));
  const claims = { sub: 'user-1', sid: 's', tenantId: 't', realm: 'customer', iat: server.seconds, exp: server.seconds + 60 };
  const bad: Record<string, string> = {
    empty: '',
    garbage: 'not.a.token',
    'another audience': await server.token({ aud: 'customer' }),
    'another issuer': await server.token({ iss: 'https://id.example.org' }),
    'no typ of ours': await server.token({}, { typ: 'at+jwt' }),
    'a stranger’s key under our kid': await server.token({}, {}, { ...stranger, kid: server.keys[0]!.kid }),
    'a stranger’s key brought along': await server.token({}, { jwk: stranger.jwk, kid: stranger.kid }, stranger),
    'no signature': new UnsecuredJWT(claims).setIssuer(ISSUER).setAudience(AUDIENCE).encode(),
    'the public key as a secret': await new SignJWT(claims).setIssuer(ISSUER).setAudience(AUDIENCE).setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: server.keys[0]!.kid }).sign(secret),
    expired: await server.token({ iat: server.seconds - 900, exp: server.seconds - 61 }),
    'not yet': await server.token({ nbf: server.seconds + 61 }),
    'of the future': await server.token({ iat: server.seconds + 61, exp: server.seconds + 900 }),
    'no expiry': await server.token({ exp: undefined }),
    'no session': await server.token({ sid: undefined }),
    'no tenant': await server.token({ tenantId: undefined }),
    'not for a person': await server.token({ realm: 'robot' }),
    'a header more': await server.token({}, { jku: 'https://evil.example/keys' }),
    'a header less': await server.token({}, { kid: undefined }),
    'two audiences': await server.token({ aud: [AUDIENCE, 'more'] }),
    'no id': await server.token({ jti: undefined }),
    'an expiry of no second': await server.token({ exp: server.seconds + 1.5 }),
    'too long': await server.token({ filler: 'x'.repeat(9000) }),
  };
  for (const [name, token] of Object.entries(bad)) await assert.rejects(auth.verify(token), refused(401), name);
  await auth.verify(await server.token({ exp: server.seconds - 59, iat: server.seconds - 600 }));
});

test('an unknown kid asks for the keys again, and not more than once in a while', async () => {
  const { server, auth } = await setUp();
  await auth.verify(await server.token());
  server.wait(31);
  const next = await newKey();
  server.keys.push(next);
  await auth.verify(await server.token({}, {}, next));
  assert.equal(server.count(KEYS), 2);
  const stranger = await newKey();
  for (let n = 0; n < 20; n += 1) await assert.rejects(auth.verify(await server.token({}, {}, stranger)), refused(401));
  assert.equal(server.count(KEYS), 2);
});

test('the keys outlive an outage of a day and not more', async () => {
  const { server, auth } = await setUp();
  server.stale = 10 * 86_400;
  await auth.verify(await server.token());
  server.down = true;
  server.wait(23 * 3600);
  await auth.verify(await server.token());
  server.wait(2 * 3600);
  await assert.rejects(auth.verify(await server.token()), refused(503, 'UNAVAILABLE'));
});

test('features, wildcards, roles and realms are required', async () => {
  const { server, auth } = await setUp();
  const token = await server.token();
  await auth.require(token, { features: ['portal.orders.view', 'portal.orders'] });
  await auth.require(token, { roles: ['seller', 'buyer'], realm: 'customer' });
  for (const wanted of [{ features: ['portal.orders.view', 'portal.users.view'] }, { features: ['portal.ordersx'] }, { roles: ['seller'] }, { realm: 'staff' as const }]) {
    await assert.rejects(auth.require(token, wanted), refused(403), JSON.stringify(wanted));
  }
  await auth.require(await server.token({ resolvedFeatures: [], isPortalAdmin: true }), { features: ['anything'] });
  await assert.rejects(auth.require(await server.token({ isPortalAdmin: 'true' }), { features: ['anything'] }), refused(403));
});

test('features a token had no room for are asked for with the app’s credentials', async () => {
  const { server, auth } = await setUp({ credentials: { clientId: 'app:1', clientSecret: 's/+' } });
  const token = await server.token({ resolvedFeatures: undefined, featuresOmitted: true });
  let seen = '';
  server.instead.set('/api/introspect', async (request) => {
    seen = `${request.headers.get('authorization')} ${await request.text()}`;
    return Response.json({ active: true, resolvedFeatures: ['a.*'] });
  });
  const identity = await auth.verify(token);
  assert.equal(identity.features, null);
  assert.deepEqual(await auth.granted(identity, ['a.b', 'b', 'a']), ['a.b', 'a']);
  assert.equal(seen, `Basic ${btoa('app%3A1:s%2F%2B')} token=${token}`);
  server.instead.set('/api/introspect', () => Response.json({ active: false }));
  await assert.rejects(auth.granted(identity, ['a']), refused(401, 'REVOKED'));
  server.instead.set('/api/introspect', () => new Response('', { status: 500 }));
  await assert.rejects(auth.granted(identity, ['a']), refused(503));
  server.down = true;
  await assert.rejects(auth.granted(identity, ['a']), refused(503));
});

test('under the portal’s own host the token is enough to ask', async () => {
  const { server, auth } = await setUp({ audience: 'customer' });
  server.instead.set('/api/customer_accounts/portal/feature-check', async (request) => {
    const { features } = await request.json() as { features: string[] };
    return Response.json({ ok: true, granted: features.filter((feature) => feature === 'b') });
  });
  const token = await server.token({ aud: 'customer', featuresOmitted: true });
  assert.deepEqual(await auth.granted(await auth.verify(token), ['a', 'b']), ['b']);
});

test('without credentials an omission is a refusal, never a permission', async () => {
  const { server, auth } = await setUp();
  await assert.rejects(auth.require(await server.token({ featuresOmitted: true }), { features: ['portal.orders.view'] }), refused(403));
});
