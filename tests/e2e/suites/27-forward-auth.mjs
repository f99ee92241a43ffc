// Forward-auth through real proxies: Debian's nginx and Caddy, set up by the files that docs/proxies shows, in front of
// the Worker and a small app. A client without a helping hand sends what a browser would, and what an attacker would.
import { setTimeout as sleep } from 'node:timers/promises';
import { AuthError, portcullis } from '../../../sdk/js/src/index.ts';
import { assert } from '../harness/check.mjs';
import { send, raw } from '../harness/http.mjs';
import { SEEDED, SEED_PASSWORD } from '../harness/people.mjs';
import { freePort } from '../harness/ports.mjs';
import { origin, proxy, register } from '../harness/proxies.mjs';
import { after, note, size, test } from '../harness/runner.mjs';
import { RAISED } from '../harness/secrets.mjs';
import { start } from '../harness/server.mjs';

const CA = '/api/customer_accounts';
const JSON_TYPE = { 'content-type': 'application/json' };
const ports = { nginx: await freePort(), caddy: await freePort() };
const APP = `http://auth.id.localhost:${ports.nginx}`;
const server = await start({ vars: { ...RAISED, COOKIE_DOMAIN: 'id.localhost', APP_URL: APP, ACCESS_TOKEN_SECONDS: '60' } });
const app = await origin();
const worker = new URL(server.url).host;
after(app.stop);
for (const kind of ['nginx', 'caddy']) after(await proxy(kind, { port: ports[kind], worker, app: app.at }));

/** A browser in miniature: one jar for everything under id.localhost. */
class Browser {
  constructor(kind) {
    this.kind = kind;
    this.base = `http://127.0.0.1:${ports[kind]}`;
    this.jar = new Map();
  }

  async ask(host, path, { method = 'GET', headers = {}, body } = {}) {
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const reply = await send(this.base, { method, path, body, headers: { host: `${host}.id.localhost:${ports[this.kind]}`, ...(cookie ? { cookie } : {}), ...headers } });
    for (const line of reply.cookies) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (/Max-Age=0/.test(line)) this.jar.delete(name);
      else this.jar.set(name, value);
    }
    return reply;
  }

  app(path, more) {
    return this.ask('app', path, more);
  }

  async signIn(email) {
    const body = JSON.stringify({ email, password: SEED_PASSWORD, ...server.place });
    const reply = await this.ask('auth', `${CA}/login`, { method: 'POST', body, headers: JSON_TYPE });
    assert.equal(reply.status, 200, reply.text);
    assert.ok(reply.cookies.every((line) => line.includes('; Domain=id.localhost; HttpOnly') || line.includes('customer_device')), reply.cookies.join('\n'));
    return this;
  }
}

const HTML = { accept: 'text/html,application/xhtml+xml' };

const ask = async (method, path, body, cookie) => {
  const reply = await send(server.url, { method, path, headers: { ...JSON_TYPE, ...(cookie ? { cookie } : {}) }, body: JSON.stringify(body) });
  return { status: reply.status, text: reply.text, cookie: reply.cookies.map((line) => line.split(';')[0]).join('; ') };
};
const { credentials } = await register(ask, { hosts: Object.values(ports).map((port) => `app.id.localhost:${port}`), password: SEED_PASSWORD });

// Seeding links accounts to a company, which voids the tokens of that second: they would be renewed at once.
await sleep(1_100);

const NAMES = ['User', 'Email', 'Name', 'Realm', 'Tenant', 'Organization', 'Roles', 'Features', 'Token'];
const SPELLINGS = NAMES.flatMap((name) => [`X-Portcullis-${name}`, `x-portcullis-${name.toLowerCase()}`, `X_Portcullis_${name}`, `x_portcullis_${name.toLowerCase()}`, `X_Portcullis-${name}`]);

/** Identity headers as bytes on a socket: no library that makes names nice. */
function forge(who, path) {
  const cookie = [...who.jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const lines = [`GET ${path} HTTP/1.1`, `Host: app.id.localhost:${ports[who.kind]}`, 'Connection: close', ...(cookie ? [`Cookie: ${cookie}`] : [])];
  for (const name of SPELLINGS) lines.push(`${name}: forged`);
  return raw(who.base, `${lines.join('\r\n')}\r\n\r\n`);
}

for (const kind of ['nginx', 'caddy']) {
  const browser = () => new Browser(kind);

  test(`${kind}: who is signed in passes, with an identity and without session tokens`, async () => {
    const buyer = await browser().signIn(SEEDED.buyer);
    buyer.jar.set('theme', 'dark');
    const reply = await buyer.app('/orders/7?x=%2F');
    assert.equal(reply.status, 200, reply.text);
    const seen = reply.json;
    assert.equal(seen.url, '/orders/7?x=%2F');
    assert.equal(seen.headers['x-portcullis-email'], SEEDED.buyer);
    assert.equal(seen.headers['x-portcullis-realm'], 'customer');
    assert.equal(seen.headers.cookie, 'theme=dark');
    const claims = JSON.parse(Buffer.from(seen.headers['x-portcullis-token'].split('.')[1], 'base64url'));
    assert.deepEqual([claims.aud, claims.type, claims.sub], ['the-app', 'app', seen.headers['x-portcullis-user']]);
    assert.deepEqual(reply.cookies, []);
  });

  test(`${kind}: who is not goes to the sign-in page and comes back`, async () => {
    const nobody = browser();
    const away = await nobody.app('/orders?page=2', { headers: HTML });
    assert.equal(away.status, 302, away.text);
    const login = new URL(away.headers.location);
    assert.deepEqual([login.origin, login.pathname], [`http://auth.id.localhost:${ports.nginx}`, '/acme/portal/login']);
    const back = login.searchParams.get('return');
    assert.equal(back, `http://app.id.localhost:${ports[kind]}/orders?page=2`);
    const may = await nobody.ask('auth', `/api/return?to=${encodeURIComponent(back)}`);
    assert.deepEqual([may.status, may.json.to], [200, back]);
    await nobody.signIn(SEEDED.buyer);
    const there = await nobody.app('/orders?page=2', { headers: HTML });
    assert.deepEqual([there.status, /The app/.test(there.text)], [200, true]);
    const fetched = await browser().app('/orders', { headers: { accept: 'application/json' } });
    assert.deepEqual([fetched.status, fetched.headers.location], [401, undefined]);
  });

  test(`${kind}: features decide, and public paths are open`, async () => {
    const buyer = await browser().signIn(SEEDED.buyer);
    assert.equal((await buyer.app('/users/1')).status, 403);
    assert.equal((await (await browser().signIn(SEEDED.admin)).app('/users/1')).status, 200);
    const open = await browser().app('/public/logo.svg');
    assert.equal(open.status, 200);
    assert.equal(open.json.headers['x-portcullis-user'] ?? '', '');
  });

  test(`${kind}: an expired token is renewed on the way, with the body of a POST intact`, async () => {
    const buyer = await browser().signIn(SEEDED.buyer);
    const signed = buyer.jar.get('customer_auth_token');
    // As good as expired: it says nothing any more, and the session beside it lives.
    buyer.jar.set('customer_auth_token', `${signed.slice(0, -8)}AAAAAAAA`);
    const body = JSON.stringify({ order: 'ü'.repeat(5_000) });
    const reply = await buyer.app('/orders', { method: 'POST', body, headers: JSON_TYPE });
    assert.equal(reply.status, 200, reply.text);
    assert.equal(reply.json.body, body);
    assert.equal(reply.json.method, 'POST');
    assert.equal(reply.cookies.length, 1, reply.cookies.join('\n'));
    assert.match(reply.cookies[0], /^customer_auth_token=.+; Domain=id\.localhost; HttpOnly; SameSite=lax$/);
    buyer.jar.delete('customer_auth_token');
    assert.equal((await buyer.app('/orders')).cookies.length, 1, 'without any token');
    assert.equal((await buyer.app('/orders')).cookies.length, 0, 'with the renewed one');
  });

  test(`${kind}: identity headers of the client's never reach the app`, async () => {
    const buyer = await browser().signIn(SEEDED.buyer);
    for (const [who, path] of [[browser(), '/public/x'], [buyer, '/orders']]) {
      const answer = await forge(who, path);
      assert.match(answer, /^HTTP\/1\.1 200/, answer.slice(0, 400));
      assert.ok(!answer.includes('forged'), answer);
    }
    const forged = Object.fromEntries(SPELLINGS.map((name) => [name, 'forged']));
    const told = await buyer.app('/orders', { headers: { ...forged, 'X-Original-URI': '/public/x', 'X-Forwarded-Uri': '/public/x', 'X-Forwarded-Host': 'evil.example', 'X-Original-Host': 'evil.example' } });
    assert.equal(told.json.headers['x-portcullis-email'], SEEDED.buyer);
  });

  test(`${kind}: no trick with a path or a header opens what is closed`, async () => {
    const host = `app.id.localhost:${ports[kind]}`;
    const tricks = [
      '/public/../orders', '/public/%2e%2e/orders', '/public/.%2E/orders', '/public%2f..%2forders', '/public/..%2forders', '/public/..;/orders', '/public/%2e%2e%2forders',
      '//orders', '/public//../orders', '/public/%252e%252e/orders', '/ORDERS', '/%6frders', '/orders/', '/orders;/public/', '/orders%00/public', '/public/%5c..%5corders',
      '/orders?/public/', '/orders%3f/public/x', '/public/./../orders', '/orders.', '/public\\..\\orders', '/public/x/../../orders',
    ];
    const ways = [[], ['X-Original-URI: /public/x'], ['X-Original-Uri: /public/x', 'X-Original-Method: GET'], ['X-Forwarded-Uri: /public/x'], ['X_Original_URI: /public/x'], ['X_Forwarded_Uri: /public/x'], ['X-Forwarded-Host: x', 'X-Rewrite-URL: /public/x', 'X-Original-URL: /public/x']];
    for (const path of tricks) {
      for (const lines of path === '/ORDERS' ? ways : ways.slice(0, 2)) {
        const answer = await raw(`http://127.0.0.1:${ports[kind]}`, [`GET ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...lines, '', ''].join('\r\n'));
        const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
        // Caddy cleans some paths before it asks; then the answer is about the cleaned path, and so is the app's request.
        const served = status === 200 ? JSON.parse(/\{.*\}/s.exec(answer)[0]).url : null;
        assert.ok(status !== 200 || served.startsWith('/public/x'), `${path} ${lines}: ${status} ${served}`);
        assert.ok([400, 401, 403, 308, 301].includes(status) || served, `${path} ${lines}: ${status}`);
      }
    }
  });
}

/** The SDK in an app: of the portal's own audience, and of the app's. */
const sdk = (audience) => portcullis({ issuer: APP, audience, fetch: (url, init) => fetch(String(url).replace(APP, server.url), init) });
const [office, shop] = [sdk('customer'), sdk('the-app')];
const verified = (auth, token) => auth.verify(token).then(() => 200, (error) => (error instanceof AuthError ? error.status : Promise.reject(error)));

const through = (kind) => async ({ cookie }) => (await send(`http://127.0.0.1:${ports[kind]}`, { path: '/orders', headers: { host: `app.id.localhost:${ports[kind]}`, cookie } })).status;
/**
 * Every path that takes a token, as a function of what a thief holds: a copy of the cookies, and the app's token. In groups
 * by themselves: whoever follows the feed makes the Worker look, which would flatter those that look seldom.
 */
const PATHS = [
  { 'the fast check': async ({ cookie }) => (await send(server.url, { path: '/api/check', headers: { cookie } })).status, nginx: through('nginx'), Caddy: through('caddy') },
  { 'SDK, portal token': ({ token }) => verified(office, token), 'SDK, app token': ({ appToken }) => verified(shop, appToken) },
  {
    'our own route': async ({ cookie }) => (await send(server.url, { path: `${CA}/portal/profile`, headers: { cookie } })).status,
    introspection: async ({ appToken }) => ((await ask('POST', '/api/introspect', { token: appToken, ...credentials })).text.includes('"active":true') ? 200 : 401),
  },
];
/** What is promised, milliseconds: at once where the database is asked, else the bound (docs/REVOCATION.md). */
const PROMISED = { 'our own route': 0, introspection: 0 };
const BOUND = 5_000;

/** Somebody signs in, is robbed, and signs out; how long after that each path went on accepting, milliseconds. */
async function replayed(paths, measured) {
  const buyer = await new Browser('nginx').signIn(SEEDED.buyer);
  const cookie = [...buyer.jar].map(([key, value]) => `${key}=${value}`).join('; ');
  const minted = await ask('POST', `${CA}/portal/app-token`, { audience: 'the-app' }, cookie);
  const stolen = { cookie, token: buyer.jar.get('customer_auth_token'), appToken: JSON.parse(minted.text).accessToken };
  for (const [path, replay] of Object.entries(paths)) assert.equal(await replay(stolen), 200, path);
  // Somewhere in the interval between two looks.
  await sleep(Math.random() * 3_000);
  assert.equal((await send(server.url, { method: 'POST', path: `${CA}/portal/logout`, headers: { cookie } })).status, 200);
  const ended = performance.now();
  await Promise.all(Object.entries(paths).map(async ([path, replay]) => {
    // When the last question was asked that was answered with yes.
    for (let last = 0; ; await sleep(100)) {
      const asked = performance.now() - ended;
      const status = await replay(stolen);
      if (status !== 200) {
        assert.equal(status, 401, path);
        (measured[path] ??= []).push(last);
        return;
      }
      last = Math.max(asked, 1);
      assert.ok(last <= (PROMISED[path] ?? BOUND), `${path}: accepted ${last.toFixed(0)} ms after`);
    }
  }));
}

test('a token whose session was ended is refused on every path within its bound, replayed every 100 ms', async () => {
  const measured = {};
  for (let trial = 0; trial < size(2, 20); trial += 1) for (const paths of PATHS) await replayed(paths, measured);
  note(`${'last accepted after'.padEnd(20)}    least   most  promised`);
  for (const [path, all] of Object.entries(measured)) {
    const [least, most] = [Math.min(...all), Math.max(...all)].map((ms) => (ms / 1000).toFixed(1));
    note(`${path.padEnd(20)}  ${least.padStart(5)} s ${most.padStart(4)} s  ${PROMISED[path] === 0 ? 'at once' : `${BOUND / 1000} s`}`);
  }
}, { timeout: 300_000 });

// The test of forged headers catches what it is for: a configuration that lets one of them through.
for (const [kind, careless, change] of [
  ['nginx', 'takes underscores', (text) => text.replace('underscores_in_headers off', 'underscores_in_headers on')],
  ['nginx', 'forgets a header', (text) => text.replace('proxy_set_header X-Portcullis-Roles $pc_roles;', '')],
  ['caddy', 'takes underscores', (text) => text.replace('request_header -X_Portcullis*', '')],
]) {
  test(`a ${kind} that ${careless} is caught`, async () => {
    const port = await freePort();
    const stop = await proxy(kind, { port, worker, app: app.at, change });
    try {
      const who = new Browser(kind);
      who.base = `http://127.0.0.1:${port}`;
      const answer = await forge(who, '/public/x');
      assert.ok(answer.includes('forged'), answer.slice(0, 600));
    } finally {
      await stop();
    }
  });
}
