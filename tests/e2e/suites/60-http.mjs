// HTTP itself: shapes of errors, bodies, methods, origins, hosts, headers, cookies. (F, B6, B7, C7)
import { assert, hasSecurityHeaders, isOk, isProblem } from '../harness/check.mjs';
import { Client } from '../harness/client.mjs';
import { raw } from '../harness/http.mjs';
import { CA, PASSWORD, SEEDED, SEED_PASSWORD, freshEmail, inbox, logIn, mailsSettled, member, signUp, signedIn, tokenOf } from '../harness/people.mjs';
import { filled, routes } from '../harness/routes.mjs';
import { note, test } from '../harness/runner.mjs';
import { APP_URL, RAISED } from '../harness/secrets.mjs';
import { start } from '../harness/server.mjs';

const LISTED = 'https://app.listed.example';
const server = await start({ vars: { ...RAISED, CORS_ALLOWED_ORIGINS: `${LISTED}, https://second.example:8443` } });
const anonymous = (headers) => new Client(server, { headers });
const JSON_TYPE = { 'content-type': 'application/json' };
const wrong = () => ({ email: freshEmail(), password: 'wrong password', ...server.place });

// ── F1, F6 ───────────────────────────────────────────────────────────────

test('every kind of error is a problem, and every answer carries the security headers (F1, F6, C8)', async () => {
  const client = await signedIn(server);
  const answers = {
    400: await client.post(`${CA}/login`, {}), 401: await anonymous().get(`${CA}/portal/profile`), 404: await client.get('/nowhere'),
    405: await client.request('PATCH', `${CA}/login`), 413: await client.request('POST', `${CA}/login`, { body: 'x'.repeat(70_000), headers: JSON_TYPE }),
    415: await client.request('POST', `${CA}/login`, { body: 'x', headers: { 'content-type': 'text/plain' } }),
    403: await client.post(`${CA}/login`, wrong(), { headers: { origin: 'https://evil.example' } }),
  };
  for (const [status, reply] of Object.entries(answers)) {
    isProblem(reply, Number(status));
    hasSecurityHeaders(reply);
    assert.deepEqual(reply.cookies, [], status);
  }
  for (const reply of [await client.get(`${CA}/portal/profile`), await client.get('/api/health'), await client.get('/dev/inbox'), await client.request('OPTIONS', `${CA}/login`), await client.request('HEAD', `${CA}/portal/profile`), await client.get('/')]) {
    hasSecurityHeaders(reply);
  }
  hasSecurityHeaders(await client.get('/.well-known/jwks.json'), { cached: true });
  hasSecurityHeaders(await client.get('/.well-known/jwks.json', { headers: { 'if-none-match': '*' } }), { cached: true });
});

test('paths that are no route answer 404 alike, whatever they try', async () => {
  for (const path of ['/api', '/api/', '/api/customer_accounts', `${CA}/login/`, `${CA}//login`, `${CA}/login/x`, `${CA}/portal/sessions/`, '/api/customer_accounts/%6Cogin', '/.well-known/', '/%00', '/%', '/api/../etc/passwd', '/dev/', '/dev/inbox/x', '/constructor', '/__proto__', `/${'a'.repeat(4000)}`]) {
    isProblem(await anonymous().get(path), 404, 'Not Found');
  }
});

// ── F2 ───────────────────────────────────────────────────────────────────

test('a body over 64 KiB is 413, announced or not; 64 KiB is read (F2)', async () => {
  const post = (body, headers = {}) => anonymous().request('POST', `${CA}/login`, { body, headers: { ...JSON_TYPE, ...headers } });
  const text = (n) => JSON.stringify({ ...wrong(), filler: '' }).replace('"filler":""', `"filler":"${'x'.repeat(n)}"`);
  const fits = text(65_536 - text(0).length);
  assert.equal(Buffer.byteLength(fits), 65_536);
  isProblem(await post(fits), 401);
  isProblem(await post(text(65_537 - text(0).length)), 413);
  isProblem(await post('x'.repeat(1_000_000)), 413);
  isProblem(await post(fits, { 'transfer-encoding': 'chunked' }), 401);
  isProblem(await post(`${fits} `, { 'transfer-encoding': 'chunked' }), 413);
  isProblem(await post('x'.repeat(70_000), { 'content-type': 'text/plain' }), 413);
  // Routes that take no body have the same cap.
  isProblem(await anonymous().request('POST', `${CA}/portal/logout`, { body: 'x'.repeat(70_000) }), 413);
  isOk(await anonymous().request('POST', `${CA}/portal/logout`, { body: 'whatever' }));
});

test('a JSON route takes application/json and nothing like it (F2)', async () => {
  const post = (type) => anonymous().request('POST', `${CA}/login`, { body: JSON.stringify(wrong()), headers: type === undefined ? {} : { 'content-type': type } });
  for (const type of [undefined, '', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonx', 'application/json-patch+json', 'application/problem+json', 'json', 'text/json', 'application/json, text/plain']) {
    isProblem(await post(type), 415);
  }
  for (const type of ['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON', ' application/json ;x=y']) isProblem(await post(type), 401);
});

test('JSON that parsers disagree about is refused: depth, repeated keys, NUL, lone surrogates, UTF-8, BOM, trailing bytes (F2)', async () => {
  const post = (body) => anonymous().request('POST', `${CA}/login`, { body, headers: JSON_TYPE });
  const inner = JSON.stringify(wrong()).slice(1, -1);
  const bad = {
    empty: '', blank: '  ', 'half an object': '{', 'trailing bytes': `{${inner}}x`, 'two values': `{${inner}}{}`, comment: `{${inner}}//`, 'single quotes': "{'email':1}",
    NaN: `{${inner},"n":NaN}`, 'leading zero': `{${inner},"n":01}`, 'trailing comma': `{${inner},}`, 'repeated key': `{${inner},"email":"a@b.co"}`,
    'repeated key, escaped': `{${inner},"\\u0065mail":"a@b.co"}`, 'repeated inside': `{${inner},"o":{"a":1,"a":2}}`, 'NUL in a string': `{${inner},"o":"\\u0000"}`,
    'NUL in a key': `{${inner},"\\u0000":1}`, 'raw NUL': `{${inner},"o":"\0"}`, 'raw control': `{${inner},"o":"\x01"}`, 'lone surrogate': `{${inner},"o":"\\ud800"}`, 'low surrogate first': `{${inner},"o":"\\udc00\\ud800"}`,
    'depth 17': `{${inner},"o":${'['.repeat(16)}${']'.repeat(16)}}`, 'depth 5000': '['.repeat(5000), BOM: `\ufeff{${inner}}`,
    'invalid UTF-8': Buffer.concat([Buffer.from(`{${inner},"o":"`), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
    'overlong UTF-8': Buffer.concat([Buffer.from(`{${inner},"o":"`), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]),
    'UTF-8 surrogate': Buffer.concat([Buffer.from(`{${inner},"o":"`), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]),
    'UTF-16': Buffer.from(`{${inner}}`, 'utf16le'),
  };
  for (const [name, body] of Object.entries(bad)) {
    const reply = await post(body);
    assert.equal(reply.status, 400, `${name}: ${reply.text}`);
    isProblem(reply, 400, 'Invalid request body');
    assert.ok(!reply.text.includes('wrong password'), 'the reason names a place, never the content');
  }
  isProblem(await post(`{${inner},"o":${'['.repeat(15)}${']'.repeat(15)}}`), 401);
  isProblem(await post(` \n{${inner},"o":"\\ud83e\\udd80"} `), 401);
});

test('numbers out of range and wrong types are 400 with no insides shown (F2)', async () => {
  for (const value of ['1e999', '-1e999', '9223372036854775808', '-0', '1e-400', '99999999999999999999999999', 'true', 'null', '[]', '{}', '""']) {
    for (const field of ['email', 'password', 'tenantId', 'organizationId']) {
      const body = JSON.stringify({ ...wrong(), [field]: '@' }).replace('"@"', value);
      isProblem(await anonymous().request('POST', `${CA}/login`, { body, headers: JSON_TYPE }), 400);
    }
  }
});

// ── F3 ───────────────────────────────────────────────────────────────────

test('a method a path does not offer: 405 and Allow, TRACE included; HEAD as GET; OPTIONS 204 (F3)', async () => {
  const table = routes();
  const paths = [...new Set(table.map((route) => route.path))];
  for (const path of paths) {
    const offered = table.filter((route) => route.path === path).map((route) => route.method);
    const allow = [...offered, ...(offered.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort();
    const client = anonymous();
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'].filter((m) => !offered.includes(m))) {
      const reply = await client.request(method, filled(path));
      isProblem(reply, 405, 'Method not allowed');
      assert.deepEqual(reply.headers.allow.split(', ').sort(), allow, `${method} ${path}`);
    }
    // Envoy asks in the method of the request it asks about.
    if (!path.startsWith('/forward-auth/envoy/')) {
      const options = await client.request('OPTIONS', filled(path));
      assert.deepEqual([options.status, options.body.length], [204, 0], path);
      assert.deepEqual(options.headers.allow.split(', ').sort(), allow, path);
    }
    if (offered.includes('GET')) {
      const [get, head] = [await client.get(filled(path)), await client.request('HEAD', filled(path))];
      assert.deepEqual([head.status, head.body.length], [get.status, 0], `HEAD ${path}`);
    }
  }
  note(`${paths.length} paths of ${table.length} routes`);
}, { timeout: 120_000 });

// ── F4 ───────────────────────────────────────────────────────────────────

test('CORS: listed origins exactly, never with credentials, never a wildcard (F4)', async () => {
  const preflight = (origin) => anonymous().request('OPTIONS', `${CA}/portal/profile`, { headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization' } });
  for (const origin of [LISTED, 'https://second.example:8443']) {
    for (const reply of [await preflight(origin), await anonymous().get(`${CA}/portal/profile`, { headers: { origin } })]) {
      assert.equal(reply.headers['access-control-allow-origin'], origin);
      assert.ok(!('access-control-allow-credentials' in reply.headers));
      assert.match(reply.headers.vary, /Origin/i);
    }
    const reply = await preflight(origin);
    assert.equal(reply.status, 204);
    assert.match(reply.headers['access-control-allow-methods'], /PUT/);
    assert.match(reply.headers['access-control-allow-headers'], /authorization/);
  }
  const others = ['https://evil.example', 'null', `${LISTED}.evil.example`, 'https://evil.app.listed.example', `${LISTED}:443`, `${LISTED}/`, LISTED.replace('https', 'http'), LISTED.toUpperCase(), 'https://second.example', `${LISTED} https://evil.example`, '*', ''];
  for (const origin of others) {
    for (const reply of [await preflight(origin), await anonymous().get(`${CA}/portal/profile`, { headers: { origin } }), await anonymous().get('/nowhere', { headers: { origin } })]) {
      for (const name of Object.keys(reply.headers)) assert.ok(!name.startsWith('access-control-'), `${name} for ${origin}`);
      assert.match(reply.headers.vary ?? 'Origin', /Origin/i);
    }
  }
});

// ── F5 ───────────────────────────────────────────────────────────────────

test('CSRF: who may call an unsafe route, as a table (F5)', async () => {
  const ours = server.url;
  const device = await signedIn(server);
  const token = device.cookies.get('customer_auth_token');
  const bearer = { authorization: `Bearer ${token}` };
  const table = [
    // headers, with cookies?, allowed
    [{}, true, true], [{ origin: ours }, true, true], [{ origin: APP_URL }, true, true],
    [{ 'sec-fetch-site': 'same-origin' }, true, true], [{ 'sec-fetch-site': 'none' }, true, true],
    [{ origin: 'null' }, true, false], [{ origin: 'https://evil.example' }, true, false], [{ origin: `${ours}.evil.example` }, true, false],
    [{ origin: ours.replace(/:\d+$/, '') }, true, false], [{ origin: ours.replace('http', 'https') }, true, false], [{ origin: `${ours}/` }, true, false],
    [{ 'sec-fetch-site': 'cross-site' }, true, false], [{ 'sec-fetch-site': 'same-site' }, true, false], [{ 'sec-fetch-site': 'nonsense' }, true, false],
    [{ origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }, true, false],
    [{ origin: LISTED }, true, false], [{ origin: LISTED, ...bearer }, true, false],
    [{ origin: 'https://evil.example', ...bearer }, true, false],
    // A bearer token and no cookie: nothing a browser sends by itself.
    [{ origin: LISTED, ...bearer }, false, true], [{ 'sec-fetch-site': 'cross-site', ...bearer }, false, true], [bearer, false, true],
    [{ origin: 'https://evil.example', authorization: 'Bearer ' }, false, false], [{ origin: 'https://evil.example', authorization: 'Basic eDp5' }, false, false],
  ];
  for (const [headers, cookies, allowed] of table) {
    const client = cookies ? device.clone() : anonymous();
    const what = JSON.stringify([headers, cookies]);
    const reply = await client.put(`${CA}/portal/profile`, { displayName: 'Bruno Buyer' }, { headers });
    if (allowed) assert.equal(reply.status, 200, `${what}: ${reply.text}`);
    // Without cookie or token 401 comes first, and refuses as well.
    else assert.ok(reply.status === 403 || (!cookies && reply.status === 401), `${what}: ${reply.status} ${reply.text}`);
    if (!cookies) continue;
    const login = await anonymous().post(`${CA}/login`, wrong(), { headers: { ...headers, authorization: undefined, cookie: 'x=y' } });
    if (!headers.authorization) assert.equal(login.status, allowed ? 401 : 403, `login ${what}`);
  }
  const logout = await device.clone().post(`${CA}/portal/logout`, undefined, { headers: { origin: 'https://evil.example' } });
  isProblem(logout, 403);
  isOk(await device.get(`${CA}/portal/profile`));
});

test('GET and HEAD change nothing, on any route, with a session’s cookies (F5)', async () => {
  const device = await signedIn(server, await member(server));
  await mailsSettled(server);
  const tables = ['customer_users', 'customer_user_sessions', 'customer_user_roles', 'customer_user_email_verifications', 'audit_log', 'mail_outbox', 'event_outbox', 'organizations', 'tenants', 'attempt_counters'];
  // Denials of signed-in callers are recorded, whatever the method.
  const where = (table) => (table === 'audit_log' ? " WHERE action <> 'access.denied'" : '');
  const state = async () => Object.fromEntries(await Promise.all(tables.map(async (table) => [table, JSON.stringify(await server.rows(`SELECT * FROM ${table}${where(table)}`))])));
  const before = await state();
  // The two redirect routes of the staff realm may.
  for (const { path } of routes().filter((route) => !/session\/refresh|auth\/locale/.test(route.path))) {
    for (const method of ['GET', 'HEAD']) await device.request(method, filled(path), { keep: false });
  }
  const now = await state();
  assert.deepEqual(tables.filter((table) => now[table] !== before[table]), []);
});

// ── F8, B7 ───────────────────────────────────────────────────────────────

test('an unknown host is refused, loopback and configured ones are not (F8)', async () => {
  const hosted = await start({ vars: { ...RAISED, PLATFORM_DOMAINS: 'id.test, second.test' } });
  const login = (host) => new Client(hosted, { headers: { host } }).post(`${CA}/login`, { ...wrong(), ...hosted.place });
  for (const host of ['127.0.0.1', 'localhost', 'LOCALHOST:99', 'app.localhost', '[::1]', 'id.test', 'ID.TEST', 'second.test:8443', 'id.example.com', 'id.test.']) {
    assert.equal((await login(host)).status, 401, host);
  }
  for (const host of ['evil.example', 'id.test.evil.example', 'evil-id.test', 'xid.test', 'sub.id.test', 'localhost.evil.example', '127.0.0.1.nip.io', '128.0.0.1', '10.0.0.1']) {
    const reply = await login(host);
    isProblem(reply, 404, 'This domain is not configured for any active organization');
  }
  await hosted.stop();
});

test('mailed links carry the configured origin, whatever Host and its kin say (B7)', async () => {
  const evil = 'evil.example';
  const attacks = [
    { 'x-forwarded-host': evil }, { forwarded: `host=${evil};proto=http` }, { 'x-original-host': evil }, { 'x-host': evil }, { 'x-forwarded-server': evil },
    { 'x-forwarded-proto': 'http', 'x-forwarded-port': '1' }, { referer: `https://${evil}/` }, { host: 'evil.localhost' }, { host: '127.0.0.1:1' }, { 'x-original-url': `https://${evil}/` }, { 'x-rewrite-url': '/evil' },
    { 'mf-original-hostname': evil },
  ];
  for (const headers of attacks) {
    const email = freshEmail();
    const reply = await signUp(anonymous(headers), { email });
    assert.equal(reply.status, 202, `${JSON.stringify(headers)}: ${reply.text}`);
    const [mail] = await inbox(server, email);
    assert.ok(mail.links.length > 0 && mail.links.every((link) => new URL(link).origin === APP_URL), JSON.stringify(mail.links));
    assert.ok(!`${mail.text}${mail.html}`.includes(evil) && !mail.html.includes('evil.localhost'), JSON.stringify(headers));
  }
  const email = freshEmail();
  const refused = await signUp(anonymous({ host: evil }), { email });
  isProblem(refused, 404);
  const own = await signUp(anonymous({ host: evil, origin: `http://${evil}` }), { email });
  assert.ok(own.status >= 400);
  assert.equal(await server.count('SELECT count(*) FROM mail_outbox WHERE recipient = ?', email), 0);
});

test('a stranger’s name reaches no header and no markup of a mail (B7)', async () => {
  const names = ['<img src=x onerror=alert(1)>', 'A\r\nBcc: evil@mail.example\r\n\r\nx', '"><script>alert(1)</script>', 'https://evil.example/ click', '</title><a href=//evil.example>', 'x\u202etxt.exe', `{{7*7}} \${7*7}`];
  for (const displayName of names) {
    const email = freshEmail();
    assert.equal((await signUp(anonymous(), { email, displayName })).status, 202);
    const [mail] = await inbox(server, email);
    assert.doesNotMatch(mail.subject + mail.to, /[\r\n]/);
    assert.doesNotMatch(mail.html, /<img src=x|<script|<a href=\/\/evil/i);
    assert.ok(!mail.html.includes('href="https://evil.example'), 'no link is made of a name');
    assert.ok(mail.links.every((link) => link.startsWith(APP_URL)), JSON.stringify(mail.links));
    const page = await anonymous().get(`/dev/inbox?to=${encodeURIComponent(email)}`);
    assert.doesNotMatch(page.text, /<img src=x|<script>alert|<a href=\/\/evil/i);
  }
});

// ── B6 ───────────────────────────────────────────────────────────────────

test('GET and HEAD of a mailed link, as scanners and previews do, use nothing up (B6)', async () => {
  const email = freshEmail();
  await signUp(anonymous(), { email });
  const [mail] = await inbox(server, email);
  const link = new URL(mail.links[0]);
  const token = tokenOf(mail);
  for (const method of ['GET', 'HEAD', 'OPTIONS']) {
    for (const path of [`${link.pathname}${link.search}`, `${CA}/email/verify?token=${token}`, `/api/email/verify?token=${token}`]) {
      const reply = await anonymous().request(method, path);
      assert.ok(reply.status < 500, `${method} ${path}`);
      assert.ok(!reply.text.includes(token), 'and is not echoed');
    }
  }
  assert.equal((await server.row('SELECT email_verified_at AS at FROM customer_users WHERE email = ?', email)).at, null);
  isOk(await anonymous().post(`${CA}/email/verify`, { token }));
});

// ── C7, C1 ───────────────────────────────────────────────────────────────

test('malformed and repeated cookies mean no session, never 500 (C7)', async () => {
  const device = await signedIn(server);
  const [access, session] = [device.cookies.get('customer_auth_token'), device.cookies.get('customer_session_token')];
  const other = await signedIn(server, { email: SEEDED.viewer });
  const ask = (cookie) => anonymous().get(`${CA}/portal/profile`, { headers: { cookie } });
  const refresh = (cookie) => anonymous().post(`${CA}/portal/sessions-refresh`, undefined, { headers: { cookie } });
  const bad = ['', ';', '=', '==', ';;;=;', 'customer_auth_token', 'customer_auth_token=', 'customer_auth_token=""', 'customer_auth_token=%', 'customer_auth_token=%zz', 'customer_auth_token=%00', 'customer_auth_token=%ff%fe', 'customer_auth_token=a.b.c', 'customer_auth_token=..', `customer_auth_token=${'a'.repeat(9000)}`, `customer_auth_token=${'.'.repeat(3000)}`, 'customer_auth_token=\xff\xfe', `Customer_Auth_Token=${access}`, ` =${access}`, `x=customer_auth_token=${access}`, `customer_auth_token=${access}; customer_auth_token=${other.cookies.get('customer_auth_token')}`, `customer_auth_token=x; customer_auth_token=${access}`, `customer_auth_token=${access}; customer_auth_token=`, `customer_session_token=${session}`];
  for (const cookie of bad) {
    const reply = await ask(cookie);
    assert.equal(reply.status, 401, `${cookie.slice(0, 90)}: ${reply.text}`);
    isProblem(reply, 401, 'Authentication required');
  }
  for (const cookie of bad.map((c) => c.replaceAll('customer_auth_token', 'customer_session_token').replaceAll(access, session)).filter((c) => c !== `customer_session_token=${session}`)) {
    const reply = await refresh(cookie);
    assert.equal(reply.status, 401, `${cookie.slice(0, 90)}: ${reply.text}`);
    assert.deepEqual(reply.cookies, []);
  }
  for (const cookie of [`customer_auth_token=${access}`, `a=b; customer_auth_token=${access};`, `customer_auth_token="${access}"`, `customer_auth_token=${access}; customer_auth_token=${access}`, `;;customer_auth_token=${access}`, ['a=b', `customer_auth_token=${access}`]]) {
    assert.equal((await ask(cookie)).status, 200, String(cookie).slice(0, 60));
  }
  assert.equal((await ask([`customer_auth_token=${access}`, 'customer_auth_token=x'])).status, 401, 'planted in a second header');
});

test('planted session and device cookies are never adopted (C1)', async () => {
  const owner = await member(server);
  const client = anonymous();
  client.cookies.set('customer_session_token', 'planted'.repeat(6));
  client.cookies.set('customer_device', 'planted.0.planted~~.~..');
  const reply = await logIn(client, owner);
  isOk(reply);
  assert.notEqual(client.cookies.get('customer_session_token'), 'planted'.repeat(6));
  const first = client.cookies.get('customer_session_token');
  isOk(await logIn(client, owner));
  assert.notEqual(client.cookies.get('customer_session_token'), first, 'a new token at every login');
});

test('unknown and privileged body fields change nothing (D4)', async () => {
  const email = freshEmail();
  const extra = { id: '0190f5fe-7c00-7a00-8000-00000000000a', isPortalAdmin: true, emailVerified: true, email_verified_at: 1, roles: ['portal_admin'], roleIds: ['x'], is_active: true, tenant_id: 'x', locale: 'xx', password_hash: 'x', __proto__: { a: 1 }, constructor: { prototype: 1 } };
  assert.equal((await signUp(anonymous(), { email, ...extra })).status, 202);
  const user = await server.row('SELECT * FROM customer_users WHERE email = ?', email);
  assert.deepEqual([user.email_verified_at, user.password_hash, user.locale, user.tenant_id], [null, null, 'en', server.place.tenantId]);
  assert.notEqual(user.id, extra.id);
  const roles = await server.rows('SELECT r.slug FROM customer_user_roles ur JOIN customer_roles r ON r.id = ur.role_id WHERE ur.user_id = ?', user.id);
  assert.deepEqual(roles, [{ slug: 'buyer' }]);
});

// ── Passwords over the wire ──────────────────────────────────────────────

test('passwords: nothing trimmed, folded or truncated; NFC on both sides; length in UTF-16 (A1, A2)', async () => {
  const kept = ['  leading and trailing  ', 'CaseMatters here', 'ünïcödé pässwörd', '🦀🦀🦀🦀 crabs', 'a'.repeat(127) + 'b', '\tTabs\tare fine\t'];
  for (const password of kept) {
    const { email } = await member(server, { password });
    isOk(await logIn(anonymous(), { email, password }));
    for (const near of [password.trim(), password.toLowerCase(), password.slice(0, 72)].filter((p) => p !== password && p.length > 0)) {
      isProblem(await logIn(anonymous(), { email, password: near }), 401);
    }
  }
  const composed = 'caf\u00e9 au lait, s\u2019il vous pla\u00eet';
  const { email } = await member(server, { password: composed.normalize('NFD') });
  isOk(await logIn(anonymous(), { email, password: composed.normalize('NFC') }));
  isProblem(await signUp(anonymous(), { email: freshEmail(), password: '🦀'.repeat(65) }), 400, 'Validation failed');
  const mark = server.logs.length;
  isProblem(await signUp(anonymous(), { email: freshEmail(), password: 'x'.repeat(60_000) }), 400, 'Validation failed');
  assert.ok(server.logs.slice(mark).every((line) => !line.hash), 'refused before hashing');
});

test('pre-hijacking: a stranger’s sign-up password never opens the owner’s account (B9, product 9)', async () => {
  const email = freshEmail();
  await signUp(anonymous(), { email, password: 'the strangers password', displayName: 'Stranger' });
  const [first] = await inbox(server, email);
  // The owner signs up a little later; a minute has passed, so that a new mail goes out.
  await server.db.prepare('UPDATE customer_user_email_verifications SET created_at = created_at - 61000').run();
  await signUp(anonymous(), { email, password: PASSWORD, displayName: 'Owner' });
  const [second] = await inbox(server, email, { least: 2 });
  isProblem(await anonymous().post(`${CA}/email/verify`, { token: tokenOf(first) }), 400, 'Invalid or expired token');
  isOk(await anonymous().post(`${CA}/email/verify`, { token: tokenOf(second) }));
  isProblem(await logIn(anonymous(), { email, password: 'the strangers password' }), 401);
  assert.equal(isOk(await logIn(anonymous(), { email, password: PASSWORD })).user.displayName, 'Owner');
});

test('/dev exists in development only, and production says nothing about itself', async () => {
  const production = await start({ vars: { ...RAISED, ENVIRONMENT: 'production', MAIL_API_KEY: 'k', BOOTSTRAP_SECRET: 'wk3Fq9Zt0uHn7Lr2Vx8Yb5Md', PLATFORM_DOMAINS: '' }, seeded: false });
  const client = new Client(production, { headers: { host: 'id.example.com' } });
  for (const [method, path] of [['GET', '/dev/inbox'], ['GET', '/dev/inbox.json'], ['POST', '/dev/seed']]) {
    isProblem(await client.request(method, path), 404, 'Not Found');
  }
  const health = await client.get('/api/health');
  assert.ok(!('x-portcullis-operations' in health.headers));
  isOk(health);
  await production.stop();
});

// ── What no client library sends ─────────────────────────────────────────

test('raw requests: broken lines, smuggling attempts and odd framing never get a 5xx of ours', async () => {
  const host = new URL(server.url).host;
  const close = 'Connection: close\r\n';
  const bodies = {
    'no host': `GET /api/health HTTP/1.1\r\n${close}\r\n`,
    'HTTP/1.0': `GET /api/health HTTP/1.0\r\nHost: ${host}\r\n\r\n`,
    'absolute form': `GET http://${host}/api/health HTTP/1.1\r\nHost: ${host}\r\n${close}\r\n`,
    'absolute form of another host': `GET http://evil.example/api/health HTTP/1.1\r\nHost: ${host}\r\n${close}\r\n`,
    'two lengths': `POST ${CA}/login HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 2\r\nContent-Length: 3\r\n${close}\r\n{}x`,
    'length and chunks': `POST ${CA}/login HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n${close}\r\n0\r\n\r\n`,
    'bad chunk': `POST ${CA}/login HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n${close}\r\nzz\r\n`,
    'folded header': `GET /api/health HTTP/1.1\r\nHost: ${host}\r\nX-A: 1\r\n 2\r\n${close}\r\n`,
    'space in the path': `GET /api/ health HTTP/1.1\r\nHost: ${host}\r\n${close}\r\n`,
    'not HTTP': 'hello\r\n\r\n',
  };
  for (const [name, bytes] of Object.entries(bodies)) {
    const answer = await raw(server.url, bytes, 700).catch((error) => `closed: ${error.message}`);
    const status = Number(answer.match(/^HTTP\/1\.[01] (\d{3})/)?.[1] ?? 0);
    // What the runtime itself refuses it answers as it likes; nothing of that may reach our code and break there.
    assert.ok(status < 500 || !/portcullis|"ok":false/.test(answer), `${name}: ${answer.slice(0, 200)}`);
  }
  isOk(await anonymous().get('/api/health'));
});

test('a client that goes away in the middle of its body hurts nobody', async () => {
  const host = new URL(server.url).host;
  for (let i = 0; i < 20; i += 1) {
    await raw(server.url, `POST ${CA}/login HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"email":`, 30).catch(() => {});
  }
  isOk(await logIn(anonymous(), { email: SEEDED.buyer, password: SEED_PASSWORD }));
});
