// Generated requests at the running Worker: not one 5xx of ours, not one that hangs. E2E_SEED repeats a run.
import { randomInt } from 'node:crypto';
import { assert, isOk } from '../harness/check.mjs';
import { Client, freshIp } from '../harness/client.mjs';
import { send } from '../harness/http.mjs';
import { CA, SEEDED, SEED_PASSWORD, logIn, member, signedIn } from '../harness/people.mjs';
import { random } from '../harness/random.mjs';
import { routes } from '../harness/routes.mjs';
import { note, size, test } from '../harness/runner.mjs';
import { RAISED } from '../harness/secrets.mjs';
import { start } from '../harness/server.mjs';

const TOTAL = size(2_400, 30_000);
const TEXTS = ['', ' ', 'a', 'a@b.co', 'A@B.CO', "o'neil+x@mail.example", 'x'.repeat(255), 'x'.repeat(5000), '\u0000', '\ud800', '🦀', 'é', 'null', 'undefined', 'true', '0', '-1', '9223372036854775808', '1e309', "' OR '1'='1", '"; DROP TABLE customer_users; --', '<script>', '../../etc/passwd', '%00', '%2e%2e%2f', '{{7*7}}', '\r\nX-Evil: 1', '0190f5fe-7c00-7a00-8000-000000000001', '00000000-0000-0000-0000-000000000000', 'portal.orders.*', '*', '.*', 'a..b', '__proto__', 'constructor', '2026-08-01T00:00:00.000Z', 'acme', 'ACME', '\u202e', 'ﬀ', 'İ', '\ufeff'];
const FIELDS = ['email', 'password', 'displayName', 'tenantId', 'organizationId', 'token', 'features', 'currentPassword', 'newPassword', 'roleIds', 'isActive', 'lockedUntil', 'customerEntityId', 'id', 'name', 'slug', 'remember', '__proto__'];
const HEADERS = ['accept', 'accept-language', 'accept-encoding', 'origin', 'referer', 'sec-fetch-site', 'sec-fetch-mode', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded', 'user-agent', 'if-none-match', 'if-match', 'range', 'x-organization-id', 'x-om-ext-optimistic-lock-expected-updated-at', 'cf-connecting-ip', 'cf-ray', 'cf-visitor', 'x-request-id', 'content-encoding', 'content-language', 'expect-ct', 'te', 'pragma', 'x-http-method-override', 'authorization', 'cookie', 'idempotency-key', 'last-event-id', 'priority'];

const encoded = (string) => encodeURIComponent(string.toWellFormed());

function generator(rng, world) {
  const { below, pick, chance, bytes } = rng;
  const text = () => pick([() => pick(TEXTS), () => pick(TEXTS), () => bytes(below(40)).toString('latin1'), () => 'ab'.repeat(below(200)), () => String.fromCodePoint(...Array.from({ length: below(20) + 1 }, () => 32 + below(0xd000)))])();
  const value = (depth = 0) =>
    pick([text, text, () => below(1e9) - 5e8, () => rng.next() * 1e300, () => null, () => chance(0.5), () => Array.from({ length: below(4) }, () => (depth > 3 ? 1 : value(depth + 1))), () => Object.fromEntries(Array.from({ length: below(4) }, () => [text(), depth > 3 ? 1 : value(depth + 1)]))])();
  const right = {
    email: () => pick([SEEDED.buyer, SEEDED.admin, world.email, 'nobody@mail.example']), password: () => pick([SEED_PASSWORD, 'wrong password']), currentPassword: () => pick([SEED_PASSWORD, 'wrong password']), newPassword: () => 'another long password',
    displayName: () => 'Some Name', tenantId: () => world.place.tenantId, organizationId: () => world.place.organizationId, token: () => 'A'.repeat(43), features: () => ['portal.orders.view', 'x.y'],
  };
  const body = () => {
    const object = {};
    for (const field of FIELDS) if (chance(0.45)) object[field] = Object.hasOwn(right, field) && chance(0.7) ? right[field]() : value();
    return object;
  };
  const mutate = (string) => {
    const list = [...string];
    for (let n = below(3) + 1; n > 0 && list.length > 0; n -= 1) {
      const at = below(list.length);
      pick([() => list.splice(at, 1), () => list.splice(at, 0, pick([...'{}[]",:\\\0\n%;=.~-_ aA0é'])), () => (list[at] = pick([...'{}[]",:\\%;=.'])), () => list.splice(at, 0, ...list.slice(0, below(20)))])();
    }
    return list.join('');
  };
  const token = () => {
    const genuine = pick(world.tokens);
    const parts = genuine.split('.');
    const header = () => Buffer.from(JSON.stringify({ alg: pick(['ES256', 'none', 'HS256', 'RS256', '', 1]), typ: pick(['JWT', 'at+jwt', null]), kid: pick([text(), 'x']), ...(chance(0.3) ? { [pick(['jku', 'crit', 'jwk'])]: value() } : {}) })).toString('base64url');
    return pick([() => genuine, () => mutate(genuine), () => `${header()}.${parts[1]}.${parts[2]}`, () => `${parts[0]}.${Buffer.from(JSON.stringify(value())).toString('base64url')}.${parts[2]}`, () => `${parts[0]}.${parts[1]}.${bytes(below(100)).toString('base64url')}`, text])();
  };
  const cookie = () => {
    const one = () => `${pick(['customer_auth_token', 'customer_session_token', 'customer_device', 'auth_token', 'session_token', 'staff_device', 'locale', '__Host-customer_auth_token', text()])}=${pick([() => pick(world.tokens), () => pick(world.sessions), () => pick(world.devices), () => mutate(pick(world.devices)), token, text])()}`;
    const jar = Array.from({ length: below(4) + 1 }, one);
    return chance(0.2) ? jar.join(pick([';', ',', '; ; ', ' '])) : jar.join('; ');
  };
  const path = () => {
    const known = pick(world.routes).path.replace(/\{[^}]*\}/g, () => pick([pick(world.ids), encoded(text()).slice(0, 300), 'x', '%00', '..']));
    const spelled = pick([() => known, () => known, () => known, () => known, () => known.toUpperCase(), () => known.replace('/api/customer_accounts/', '/api/'), () => `${known}/`, () => known.replace(/\//g, '//'), () => mutate(known), () => `/${encoded(text())}`, () => `/acme/portal/${pick(['login', 'verify', 'dashboard', text()])}`, () => `/dev/${encoded(text())}`])();
    const query = chance(0.4) ? `?${Array.from({ length: below(4) + 1 }, () => `${pick(['slug', 'tenantId', 'tenant', 'to', 'page', 'pageSize', 'search', 'token', 'id', 'status', encoded(text())])}=${pick([() => encoded(text()), () => 'acme', () => '%', () => '%ff%fe', () => '-1', () => '9223372036854775808', () => '+'])()}`).join('&')}` : '';
    // What no HTTP client can put on a request line.
    const line = `${spelled}${query}`.replace(/[^\x21-\x7e]/g, (c) => encoded(c)).replace(/#/g, '%23');
    return (line.startsWith('/') ? line : `/${line}`).replace(/^\/(cdn-cgi)/i, '/x$1');
  };
  const headerText = (string) => [...string].map((c) => (c.codePointAt(0) > 255 || c.codePointAt(0) < 32 || c === '\x7f' ? '?' : c)).join('').slice(0, 3000);

  // A request that passes most checks, with one thing wrong or nothing: it gets further than noise does.
  const nearlyRight = () => {
    const route = pick(world.routes);
    const object = Object.fromEntries(Object.entries(right).filter(() => chance(0.9)).map(([field, make]) => [field, make()]));
    if (chance(0.5)) object[pick(FIELDS)] = value();
    const who = below(3);
    const headers = { 'cf-connecting-ip': freshIp() };
    if (chance(0.3)) headers.authorization = `Bearer ${world.tokens[who]}`;
    else headers.cookie = `customer_auth_token=${world.tokens[who]}; customer_session_token=${world.sessions[who]}; customer_device=${world.devices[who]}`;
    const query = route.method === 'GET' ? `?slug=acme&tenantId=${world.place.tenantId}&${pick(['page', 'pageSize', 'search', 'status', 'id', 'slug', 'to'])}=${encoded(text())}` : '';
    const content = route.method === 'GET' ? undefined : JSON.stringify(object);
    if (content !== undefined) headers['content-type'] = 'application/json';
    return { method: route.method, path: route.path.replace(/\{[^}]*\}/g, () => pick(world.ids)) + query, headers, body: content };
  };

  return () => {
    if (chance(0.4)) return nearlyRight();
    const route = pick(world.routes);
    const valid = chance(0.5);
    const method = valid ? route.method : pick(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE']);
    const headers = { 'cf-connecting-ip': freshIp() };
    for (let n = below(5); n > 0; n -= 1) headers[pick(HEADERS)] = headerText(text());
    if (chance(0.5)) headers.cookie = headerText(cookie());
    if (chance(0.15)) headers.cookie = [headerText(cookie()), headerText(cookie())];
    if (chance(0.3)) headers.authorization = headerText(pick(['Bearer ', 'bearer ', 'Basic ', 'Bearer', '']) + token());
    if (chance(0.05)) headers.host = pick(['evil.example', 'localhost', 'acme.localhost', '[::1]:80', 'a..b']);
    let content;
    if (!['GET', 'HEAD', 'TRACE'].includes(method) && chance(0.9)) {
      headers['content-type'] = chance(0.9) ? 'application/json' : headerText(text());
      const json = () => JSON.stringify(body());
      content = pick([json, json, json, json, () => mutate(json()), () => JSON.stringify(value()), () => bytes(below(300)), () => '['.repeat(below(3000)), () => `{"email":"${'x'.repeat(below(70_000))}"}`, () => ''])();
    }
    return { method, path: valid ? path().replace(/^[^?]*/, route.path.replace(/\{[^}]*\}/g, () => pick(world.ids))) : path(), headers, body: content };
  };
}

test(`${TOTAL} generated requests: no 5xx of ours, none hangs (issue, "Bad input")`, async () => {
  const seed = Number(process.env.E2E_SEED ?? randomInt(2 ** 31));
  note(`E2E_SEED=${seed}`);
  const rng = random(seed);
  const server = await start({ vars: RAISED });
  const { email } = await member(server);
  const world = { place: server.place, email, routes: routes().filter((route) => route.name !== 'seed'), tokens: [], sessions: [], devices: [], ids: ['0190f5fe-7c00-7a00-8000-000000000001'] };
  const signIn = async () => {
    for (const one of [SEEDED.buyer, SEEDED.admin, SEEDED.viewer]) {
      const client = await signedIn(server, { email: one });
      world.tokens.unshift(client.cookies.get('customer_auth_token'));
      world.sessions.unshift(client.cookies.get('customer_session_token'));
      world.devices.unshift(client.cookies.get('customer_device'));
      world.ids.push(...isOk(await client.get(`${CA}/portal/sessions`)).sessions.map((session) => session.id));
    }
  };
  const mend = () =>
    server.db.prepare("UPDATE customer_users SET failed_login_attempts = 0, locked_until = NULL, password_hash = (SELECT password_hash FROM customer_users WHERE email = 'keeper@mail.example') WHERE email LIKE '%@portal.acme.com'").run();
  await server.db.prepare("UPDATE customer_users SET email = 'keeper@mail.example', email_hash = 'keeper', password_hash = (SELECT password_hash FROM customer_users WHERE email = 'viewer@portal.acme.com') WHERE email = ?").bind(email).run();
  await signIn();
  const next = generator(rng, world);
  const seen = {};
  const reached = new Set();
  const failures = [];
  let made = 0;
  const pid = server.process.pid;
  const one = async () => {
    while (made < TOTAL && failures.length < 5) {
      made += 1;
      // Logouts and password changes among the requests end sessions; there have to be live ones all along.
      // What the other requests do in the meantime may spoil it; then the next turn does it.
      if (made % 150 === 0) await mend().then(signIn).catch(() => {});
      const request = next();
      const show = () => JSON.stringify({ ...request, body: Buffer.isBuffer(request.body) ? { base64: request.body.toString('base64') } : request.body?.slice(0, 2000) });
      try {
        const reply = await send(server.url, { ...request, timeout: 30_000 });
        seen[reply.status] = (seen[reply.status] ?? 0) + 1;
        if (reply.status >= 500) failures.push(`${reply.status} ${reply.text.slice(0, 300)} to ${show()}`);
        else if (reply.status >= 400 && request.method !== 'HEAD' && reply.headers['content-type'] !== 'application/problem+json') failures.push(`no problem but ${reply.headers['content-type']} to ${show()}`);
      } catch (error) {
        failures.push(`${error.message}: ${show()}`);
      }
    }
  };
  await Promise.all(Array.from({ length: 16 }, one));
  for (const line of server.logs) if (line?.route) reached.add(`${line.route} ${line.status}`);
  note(Object.entries(seen).map(([status, n]) => `${status}: ${n}`).join(', '));
  note(`${new Set([...reached].map((r) => r.split(' ')[0])).size - 1} of ${world.routes.length} routes, ${reached.size} outcomes of them`);
  assert.deepEqual(failures, []);
  assert.deepEqual(server.logs.filter((line) => line?.status >= 500), []);
  assert.deepEqual(server.logs.filter((line) => /panicked|RuntimeError/.test(JSON.stringify(line))), []);
  assert.equal(server.process.pid, pid);
  assert.equal(server.process.exitCode, null);
  assert.ok((seen[200] ?? 0) > TOTAL / 50, 'some of them were good ones');
  isOk(await new Client(server).get('/api/health'));
  await mend();
  isOk(await logIn(new Client(server), { email: SEEDED.viewer, password: SEED_PASSWORD }));
  await server.stop();
}, { timeout: size(180_000, 1_800_000) });
