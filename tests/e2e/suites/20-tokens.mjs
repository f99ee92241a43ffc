// Third parties say whether our tokens are right: npm jose, PyPI PyJWT, Node's own crypto. And what is not right is refused.
import { spawn } from 'node:child_process';
import { createHmac, sign, verify } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createRemoteJWKSet, calculateJwkThumbprint, errors, jwtVerify } from 'jose';
import { UUID, assert, claimsOf, headerOf, isOk, isProblem } from '../harness/check.mjs';
import { Client } from '../harness/client.mjs';
import { CA, signedIn } from '../harness/people.mjs';
import { skip, test } from '../harness/runner.mjs';
import { APP_URL, KEY, RAISED, signingKey } from '../harness/secrets.mjs';
import { start } from '../harness/server.mjs';

const server = await start({ vars: RAISED });
const client = await signedIn(server);
const token = client.cookies.get('customer_auth_token');
const jwksUrl = () => new URL('/.well-known/jwks.json', server.url);

const b64 = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
/** A token of our own making: header and claims as given, signed with ES256 unless told otherwise. */
function forge({ header = {}, claims = {}, key = KEY.privateKey, signature } = {}) {
  const input = `${b64({ ...headerOf(token), ...header })}.${b64({ ...claimsOf(token), ...claims })}`;
  const bytes = signature ? signature(input) : sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${bytes.toString('base64url')}`;
}
const ask = (bearer) => new Client(server).get(`${CA}/portal/profile`, { headers: { authorization: `Bearer ${bearer}` } });

test('npm jose verifies a token with the remote key set, and refuses a changed one (E6, issue item 5)', async () => {
  const keys = createRemoteJWKSet(jwksUrl());
  const { payload, protectedHeader } = await jwtVerify(token, keys, { issuer: APP_URL, audience: 'customer', algorithms: ['ES256'], typ: 'JWT', requiredClaims: ['sub', 'sid', 'jti', 'exp', 'iat'] });
  assert.deepEqual(Object.keys(protectedHeader).sort(), ['alg', 'kid', 'typ']);
  for (const id of [payload.sub, payload.sid, payload.jti, payload.tenantId, payload.orgId]) assert.match(id, UUID);
  assert.deepEqual([payload.type, payload.email, payload.displayName, payload.isPortalAdmin], ['customer', 'buyer@portal.acme.com', 'Bruno Buyer', false]);
  const changed = token.replace(/.\.([^.]*)$/, (all) => (all[0] === 'A' ? `B${all.slice(1)}` : `A${all.slice(1)}`));
  await assert.rejects(jwtVerify(changed, keys), errors.JOSEError);
  await assert.rejects(jwtVerify(token, keys, { audience: 'staff' }), errors.JWTClaimValidationFailed);
  await assert.rejects(jwtVerify(token, keys, { issuer: 'https://other.example' }), errors.JWTClaimValidationFailed);
});

test('PyPI PyJWT verifies a token with PyJWKClient, and refuses a changed one (issue item 5)', async () => {
  const python = new URL('../../../.tools/py/bin/python', import.meta.url).pathname;
  if (!existsSync(python)) skip('no Python with PyJWT: scripts/setup.sh test');
  const wrong = forge({ key: signingKey().privateKey });
  const other = forge({ claims: { aud: 'staff' } });
  const child = spawn(python, [new URL('../py/verify.py', import.meta.url).pathname], { stdio: ['pipe', 'pipe', 'inherit'], timeout: 30_000 });
  child.stdin.end(JSON.stringify({ jwks: jwksUrl().href, issuer: APP_URL, audience: 'customer', tokens: [token, wrong, other, forge({ header: { kid: 'x' } })] }));
  let out = '';
  for await (const chunk of child.stdout) out += chunk;
  const answers = JSON.parse(out);
  assert.deepEqual(answers.map((a) => a.ok), [true, false, false, false], out);
  assert.deepEqual(answers[0].claims, claimsOf(token));
  assert.equal(answers[1].error, 'InvalidSignatureError');
});

test('WebCrypto in the Worker and node crypto check each other, 40 tokens each way', async () => {
  const [input, signature] = [token.slice(0, token.lastIndexOf('.')), Buffer.from(token.split('.')[2], 'base64url')];
  assert.equal(signature.length, 64, 'raw r‖s');
  const holds = (text, bytes) => verify('sha256', Buffer.from(text), { key: KEY.publicKey, dsaEncoding: 'ieee-p1363' }, bytes);
  assert.ok(holds(input, signature));
  assert.ok(!holds(`${input}x`, signature));
  // Short r or s are padded: seen in one of 128 signatures.
  for (let i = 0; i < 40; i += 1) {
    const reply = await client.post(`${CA}/portal/sessions-refresh`);
    isOk(reply);
    const fresh = client.cookies.get('customer_auth_token');
    assert.ok(holds(fresh.slice(0, fresh.lastIndexOf('.')), Buffer.from(fresh.split('.')[2], 'base64url')), fresh);
    isOk(await ask(forge({ claims: { jti: claimsOf(fresh).jti } })));
  }
});

test('the key set: public members only, kid is the thumbprint (E6)', async () => {
  const reply = await new Client(server).get('/.well-known/jwks.json');
  assert.equal(reply.headers['content-type'], 'application/json');
  const { keys, ...rest } = isOk(reply);
  assert.deepEqual(rest, {});
  assert.equal(keys.length, 1);
  assert.deepEqual(Object.keys(keys[0]).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  assert.deepEqual([keys[0].alg, keys[0].crv, keys[0].kty, keys[0].use, keys[0].kid], ['ES256', 'P-256', 'EC', 'sig', KEY.kid]);
  assert.equal(await calculateJwkThumbprint(keys[0]), keys[0].kid);
  assert.equal(headerOf(token).kid, keys[0].kid);
});

test('the key set is the same bytes and headers whatever is asked along (E6)', async () => {
  const plain = await new Client(server).get('/.well-known/jwks.json');
  assert.equal(plain.headers['cache-control'], 'public, max-age=300, stale-if-error=86400');
  assert.match(plain.headers.etag, /^"[^"]+"$/);
  assert.equal(plain.headers['access-control-allow-origin'], '*');
  const masked = ({ headers }) => Object.fromEntries(Object.entries(headers).filter(([name]) => !['x-request-id', 'date', 'x-portcullis-operations'].includes(name)));
  const asked = [
    ['', { origin: 'https://evil.example' }], ['', { cookie: 'customer_auth_token=x' }], ['', { authorization: `Bearer ${token}` }], ['?x=1&kid=other', {}],
    ['', { accept: 'text/html' }], ['', { 'accept-language': 'de' }], ['', { 'x-forwarded-host': 'evil.example' }], ['', { host: 'unknown.example' }],
    ['', { 'user-agent': 'x'.repeat(2000) }], ['', { range: 'bytes=0-3' }], ['', { 'accept-encoding': 'identity' }],
  ];
  for (const [query, headers] of asked) {
    const reply = await new Client(server).get(`/.well-known/jwks.json${query}`, { headers });
    assert.ok(reply.body.equals(plain.body), JSON.stringify(headers));
    assert.deepEqual(masked(reply), masked(plain), JSON.stringify(headers));
    assert.deepEqual(reply.cookies, []);
  }
  const head = await new Client(server).request('HEAD', '/.well-known/jwks.json');
  assert.deepEqual([head.status, head.body.length, head.headers.etag], [200, 0, plain.headers.etag]);
});

test('the key set answers 304 to its own ETag and to nothing else', async () => {
  const one = (tags) => new Client(server).get('/.well-known/jwks.json', { headers: { 'if-none-match': tags } });
  const { etag } = (await one('"other"')).headers;
  for (const tags of [etag, `W/${etag}`, `"a", ${etag}`, '*']) {
    const reply = await one(tags);
    assert.deepEqual([reply.status, reply.body.length, reply.headers.etag], [304, 0, etag], tags);
    assert.equal(reply.headers['cache-control'], 'public, max-age=300, stale-if-error=86400');
  }
  for (const tags of ['"other"', etag.slice(1, -1), `${etag}x`, '']) assert.equal((await one(tags)).status, 200, tags);
});

test('a good forgery passes: the refusals below are about what they change', async () => {
  isOk(await ask(forge()));
});

test('ES256 only, by key: none, HS256 with the public key, other curves and keys are refused (E1)', async () => {
  const pem = KEY.publicKey.export({ type: 'spki', format: 'pem' });
  const jwk = JSON.stringify(KEY.publicKey.export({ format: 'jwk' }));
  const hmac = (secret) => (input) => createHmac('sha256', secret).update(input).digest();
  const p384 = signingKey('P-384');
  const bad = {
    none: forge({ header: { alg: 'none' }, signature: () => Buffer.alloc(0) }),
    None: forge({ header: { alg: 'None' }, signature: () => Buffer.alloc(0) }),
    'none with our signature': forge({ header: { alg: 'none' } }),
    'HS256 with the PEM': forge({ header: { alg: 'HS256' }, signature: hmac(pem) }),
    'HS256 with the JWK': forge({ header: { alg: 'HS256' }, signature: hmac(jwk) }),
    'HS256 with x': forge({ header: { alg: 'HS256' }, signature: hmac(Buffer.from(KEY.jwk.x, 'base64url')) }),
    ES384: forge({ header: { alg: 'ES384' }, key: p384.privateKey }),
    'ES256 by a P-384 key': forge({ key: p384.privateKey }),
    es256: forge({ header: { alg: 'es256' } }),
    'another P-256 key': forge({ key: signingKey().privateKey }),
    'another key with its own kid': (() => { const other = signingKey(); return forge({ key: other.privateKey, header: { kid: other.kid } }); })(),
    'DER signature': forge({ signature: (input) => sign('sha256', Buffer.from(input), KEY.privateKey) }),
    'r = s = 0': forge({ signature: () => Buffer.alloc(64) }),
    'no signature': forge({ signature: () => Buffer.alloc(0) }),
    'two parts': token.split('.').slice(0, 2).join('.'),
    'four parts': `${token}.x`,
    'padded base64': `${token}=`,
    'line break inside': `${token.slice(0, 20)} ${token.slice(20)}`,
  };
  for (const [name, forged] of Object.entries(bad)) {
    const reply = await ask(forged);
    assert.equal(reply.status, 401, `${name}: ${reply.text}`);
    isProblem(reply, 401, 'Authentication required');
  }
});

test('key hints in the header are never followed (E2)', async () => {
  const other = signingKey();
  const { kty, crv, x, y } = other.jwk;
  const hints = {
    jku: { jku: 'https://evil.example/jwks.json' }, x5u: { x5u: 'https://evil.example/cert.pem' }, jwk: { jwk: { kty, crv, x, y } }, x5c: { x5c: ['MIIB'] },
    crit: { crit: ['exp'] }, 'crit unknown': { crit: ['b64'], b64: false }, 'kid path': { kid: '../../../etc/passwd' }, 'kid SQL': { kid: "' OR 1=1 --" },
    'kid number': { kid: 1 }, 'kid null': { kid: null }, 'kid empty': { kid: '' }, typ: { typ: 'at+jwt' }, cty: { cty: 'JWT' }, zip: { zip: 'DEF' },
  };
  for (const header of Object.values(hints)) {
    for (const key of [KEY.privateKey, other.privateKey]) isProblem(await ask(forge({ header, key })), 401, 'Authentication required');
  }
});

test('times with 60 s of skew, audience, issuer and type exact (E3)', async () => {
  const now = Math.floor(Date.now() / 1000);
  const refused = {
    'expired long ago': { exp: now - 3600 }, 'expired 75 s ago': { exp: now - 75 }, 'issued in 75 s': { iat: now + 75 }, 'not before in 75 s': { nbf: now + 75 },
    'for staff': { aud: 'staff' }, 'audience list': { aud: ['customer'] }, 'an app': { aud: 'https://app.example' }, 'no audience': { aud: undefined },
    'other issuer': { iss: 'https://evil.example' }, 'issuer with a slash': { iss: `${APP_URL}/` }, 'type staff': { type: 'staff' }, 'no type': { type: undefined },
    'no sid': { sid: undefined }, 'other sid': { sid: claimsOf(token).sub }, 'other sub': { sub: claimsOf(token).sid }, 'no exp': { exp: undefined }, 'exp text': { exp: '99999999999' },
    'exp huge': { exp: 1e300 }, 'no tenant': { tenantId: undefined }, 'other tenant': { tenantId: claimsOf(token).sub }, 'tenant null': { tenantId: null },
  };
  for (const [name, claims] of Object.entries(refused)) {
    const reply = await ask(forge({ claims }));
    assert.equal(reply.status, 401, `${name}: ${reply.text}`);
  }
  for (const claims of [{ exp: now - 45 }, { iat: now + 45 }, { nbf: now + 45 }]) isOk(await ask(forge({ claims })));
});

test('what a token says beyond who and where is not believed (B.2: features are live)', async () => {
  const lying = forge({ claims: { isPortalAdmin: true, resolvedFeatures: ['*'], displayName: 'Evil', orgId: claimsOf(token).sub } });
  const profile = isOk(await ask(lying));
  assert.deepEqual([profile.isPortalAdmin, profile.user.displayName], [false, 'Bruno Buyer']);
  assert.ok(!profile.resolvedFeatures.includes('*'));
});

test('a token over 8 KiB is refused before any crypto (E5)', async () => {
  const reply = await ask(forge({ claims: { filler: 'x'.repeat(9000) } }));
  isProblem(reply, 401, 'Authentication required');
  // The log comes by another way than the answer, and may come later.
  const told = () => server.lines('get_profile').some((line) => /too long/.test(line.note ?? ''));
  for (let i = 0; i < 100 && !told(); i += 1) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(told(), server.lastLogs(2));
  isOk(await ask(forge({ claims: { filler: 'x'.repeat(2000) } })));
});

test('every access token of a run is different, and each has its jti (C1)', async () => {
  const seen = new Set();
  for (let i = 0; i < 10; i += 1) {
    await client.post(`${CA}/portal/sessions-refresh`);
    seen.add(claimsOf(client.cookies.get('customer_auth_token')).jti);
  }
  assert.equal(seen.size, 10);
});
