// The main job as a person lives it, over HTTP on workerd, each step with its wrong answers.
import { setTimeout as sleep } from 'node:timers/promises';
import { ISO, UUID, assert, claimsOf, hasSecurityHeaders, isOk, isProblem, limitOf } from '../harness/check.mjs';
import { Client, parseSetCookie } from '../harness/client.mjs';
import { CA, PASSWORD, SEEDED, freshEmail, inbox, logIn, mailsSettled, member, signUp, signedIn, tokenOf } from '../harness/people.mjs';
import { test } from '../harness/runner.mjs';
import { APP_URL, RAISED } from '../harness/secrets.mjs';
import { start } from '../harness/server.mjs';

const server = await start({ vars: RAISED });
const anonymous = () => new Client(server);
const AUTH = 'customer_auth_token';
const SESSION = 'customer_session_token';
const UNKNOWN_ID = '0190f5fe-7c00-7a00-8000-000000000001';

test('health says what works and that migrations are applied', async () => {
  const body = isOk(await anonymous().get('/api/health'));
  assert.equal(body.status, 'healthy');
  for (const service of body.services) assert.deepEqual([typeof service.name, service.status, typeof service.latencyMs], ['string', 'healthy', 'number']);
  assert.equal(body.migrations.behind, false);
});

test('organization look-up by slug, in any case, and its wrong answers', async () => {
  const client = anonymous();
  const found = isOk(await client.get('/api/directory/organizations/lookup?slug=acme'));
  assert.deepEqual(found, { ok: true, organization: { id: server.place.organizationId, name: 'Acme', slug: 'acme' } });
  assert.deepEqual(isOk(await client.get('/api/directory/organizations/lookup?slug=ACME')), found);
  assert.deepEqual(isOk(await client.get('/api/directory/organizations/lookup?slug=acme')), found, 'from KV too');
  isProblem(await client.get('/api/directory/organizations/lookup?slug=nobody'), 404, 'Organization not found.');
  for (const query of ['', '?slug=', '?slug=a%20b', '?slug=a!', `?slug=${'x'.repeat(151)}`, '?slug=%00']) {
    isProblem(await client.get(`/api/directory/organizations/lookup${query}`), 400, 'Invalid slug.');
  }
  const tenant = isOk(await client.get(`/api/directory/tenants/lookup?tenantId=${server.place.tenantId}`));
  assert.deepEqual(tenant, { ok: true, tenant: { id: server.place.tenantId, name: 'Acme' } });
  isProblem(await client.get('/api/directory/tenants/lookup?tenantId=x'), 400, 'Invalid tenant id.');
  isProblem(await client.get(`/api/directory/tenants/lookup?tenant=${UNKNOWN_ID}`), 404, 'Tenant not found.');
});

test('sign-up refuses what does not fit and names each field (A.1)', async () => {
  const client = anonymous();
  const good = { email: freshEmail(), password: PASSWORD, displayName: 'Pat', ...server.place };
  const named = async (body, fields) => {
    const problem = isProblem(await client.post(`${CA}/signup`, body), 400, 'Validation failed');
    assert.deepEqual(Object.keys(problem.details).sort(), fields, JSON.stringify(problem.details));
    for (const messages of Object.values(problem.details)) assert.ok(Array.isArray(messages) && messages.every((m) => typeof m === 'string'));
  };
  await named({ ...good, email: 'not an address' }, ['email']);
  await named({ ...good, email: ' padded@mail.example ' }, ['email']);
  await named({ ...good, password: 'short' }, ['password']);
  await named({ ...good, password: 'x'.repeat(129) }, ['password']);
  await named({ ...good, password: 'password123' }, ['password']);
  await named({ ...good, displayName: '' }, ['displayName']);
  await named({ ...good, displayName: null }, ['displayName']);
  await named({ ...good, displayName: 'x'.repeat(256) }, ['displayName']);
  await named({}, ['displayName', 'email', 'password']);
  await named([], []);
  await named({ ...good, organizationId: 'nope' }, ['organizationId']);
  isProblem(await client.request('POST', `${CA}/signup`, { body: '{', headers: { 'content-type': 'application/json' } }), 400, 'Invalid request body');
  isProblem(await client.post(`${CA}/signup`, { ...good, organizationId: undefined, tenantId: undefined }), 400, 'organizationId or tenantId is required for platform-domain logins');
  isProblem(await client.post(`${CA}/signup`, { ...good, organizationId: undefined }), 400, 'organizationId is required');
  isProblem(await client.post(`${CA}/signup`, { ...good, organizationId: UNKNOWN_ID, tenantId: undefined }), 400, 'Organization not found');
  isProblem(await client.post(`${CA}/signup`, { ...good, tenantId: UNKNOWN_ID }), 400, 'tenantId in request body does not match the resolved organization');
  assert.equal(await server.count('SELECT count(*) FROM customer_users WHERE email = ?', good.email), 0);
});

test('sign-up → inbox → verify → login; fresh and repeated sign-up both 202 {ok:true} (TC-AUTH-026, TC-AUTH-028)', async () => {
  const email = freshEmail();
  const client = anonymous();
  const first = await signUp(client, { email, displayName: 'Fresh Face' });
  assert.equal(first.status, 202, first.text);
  assert.equal(first.text, '{"ok":true}');
  assert.deepEqual(first.cookies, [], 'no session from a sign-up');
  const again = await signUp(client, { email });
  assert.deepEqual([again.status, again.text, again.cookies.length], [202, '{"ok":true}', 0]);

  isProblem(await logIn(client, { email }), 401, 'Invalid email or password');
  const [mail] = await inbox(server, email);
  assert.equal(mail.subject, 'Verify your portal account');
  assert.ok(mail.links[0].startsWith(`${APP_URL}/acme/portal/verify?token=`), mail.links[0]);

  isProblem(await client.post(`${CA}/email/verify`, { token: 'made-up' }), 400, 'Invalid or expired token');
  isProblem(await client.post(`${CA}/email/verify`, { token: '' }), 400, 'Invalid token');
  isProblem(await client.post(`${CA}/email/verify`, { token: 'x'.repeat(513) }), 400, 'Invalid token');
  isProblem(await client.post(`${CA}/email/verify`, {}), 400, 'Invalid token');
  isProblem(await client.request('POST', `${CA}/email/verify`, { body: 'x', headers: { 'content-type': 'application/json' } }), 400, 'Invalid request body');
  const verified = await client.post(`${CA}/email/verify`, { token: tokenOf(mail) });
  assert.deepEqual([verified.status, verified.text, verified.cookies.length], [200, '{"ok":true}', 0]);
  isProblem(await client.post(`${CA}/email/verify`, { token: tokenOf(mail) }), 400, 'Invalid or expired token');

  const login = isOk(await logIn(client, { email }));
  assert.match(login.user.id, UUID);
  assert.deepEqual({ ...login.user, id: '' }, { id: '', email, displayName: 'Fresh Face', emailVerified: true });
  assert.ok(login.resolvedFeatures.includes('portal.account.manage'), 'the default role is buyer');
});

test('a repeated sign-up of a verified address: 202, a mail that says so, the old password stays (TC-AUTH-026)', async () => {
  const { email, password } = await member(server);
  const probe = await signUp(anonymous(), { email, password: 'another long password' });
  assert.deepEqual([probe.status, probe.text], [202, '{"ok":true}']);
  const [newest] = await inbox(server, email, { least: 2 });
  assert.equal(newest.subject, 'You already have a portal account');
  assert.ok(!newest.links.some((link) => link.includes('token=')), 'a reminder opens nothing');
  isProblem(await logIn(anonymous(), { email, password: 'another long password' }), 401, 'Invalid email or password');
  isOk(await logIn(anonymous(), { email, password }));
});

test('login: wrong answers in their order (A.1)', async () => {
  const client = anonymous();
  const good = { email: SEEDED.buyer, password: 'wrong password', ...server.place };
  isProblem(await client.request('POST', `${CA}/login`, { body: 'nope', headers: { 'content-type': 'application/json' } }), 400, 'Invalid request body');
  for (const body of [{}, { ...good, email: 'x' }, { ...good, password: '' }, { ...good, password: 'x'.repeat(129) }, { ...good, tenantId: null }, [], 'text', null]) {
    const problem = isProblem(await client.post(`${CA}/login`, body), 400, 'Invalid credentials');
    assert.ok(!('details' in problem), 'login names no fields');
  }
  isProblem(await client.post(`${CA}/login`, { email: good.email, password: good.password }), 400, 'organizationId or tenantId is required for platform-domain logins');
  isProblem(await client.post(`${CA}/login`, { ...good, organizationId: UNKNOWN_ID }), 400, 'Organization not found');
  const wrong = await client.post(`${CA}/login`, good);
  isProblem(wrong, 401, 'Invalid email or password');
  assert.deepEqual(wrong.cookies, []);
  isProblem(await client.post(`${CA}/login`, { ...good, email: freshEmail() }), 401, 'Invalid email or password');
});

test('the two cookies and the device cookie: names, flags, order, life (0.5, C3)', async () => {
  const client = anonymous();
  const reply = await logIn(client, await member(server));
  isOk(reply);
  const cookies = Object.fromEntries(reply.cookies.map(parseSetCookie).map((cookie) => [cookie.name, cookie]));
  assert.deepEqual(Object.keys(cookies), [AUTH, SESSION, 'customer_device']);
  const lives = { [AUTH]: 28_800, [SESSION]: 2_592_000, customer_device: 15_552_000 };
  for (const [name, cookie] of Object.entries(cookies)) {
    assert.deepEqual(cookie.order, ['Path', 'Expires', 'Max-Age', 'HttpOnly', 'SameSite'], name);
    assert.deepEqual({ ...cookie.attributes, expires: '' }, { path: '/', expires: '', 'max-age': String(lives[name]), httponly: true, samesite: 'lax' });
    const end = Date.parse(cookie.attributes.expires) - Date.now();
    assert.ok(Math.abs(end / 1000 - lives[name]) < 30, `${name} expires ${cookie.attributes.expires}`);
  }
  assert.match(cookies[SESSION].value, /^[A-Za-z0-9_-]{43}$/, '32 bytes, base64url');
  const claims = claimsOf(cookies[AUTH].value);
  assert.equal(claims.exp - claims.iat, 28_800);
  assert.deepEqual([claims.aud, claims.type, claims.iss, claims.tenantId, claims.orgId], ['customer', 'customer', APP_URL, server.place.tenantId, server.place.organizationId]);
  assert.ok(cookies[AUTH].value.length < 3072);
  const stored = await server.rows('SELECT token_hash FROM customer_user_sessions');
  assert.ok(!JSON.stringify(stored).includes(cookies[SESSION].value), 'a session token is stored hashed (B3)');
});

test('cookies carry Secure on every host but plain-http loopback (C3)', async () => {
  const away = await start({ vars: { ...RAISED, PLATFORM_DOMAINS: 'id.test' } });
  const reply = await logIn(new Client(away, { headers: { host: 'id.test' } }), { email: SEEDED.viewer, password: 'Portcullis-dev-1' });
  isOk(reply);
  for (const cookie of reply.cookies.map(parseSetCookie)) assert.ok(cookie.attributes.secure, cookie.name);
  const prefixed = await start({ vars: { ...RAISED, PLATFORM_DOMAINS: 'id.test', COOKIE_PREFIX: '__Host-', COOKIE_SAMESITE: 'strict' } });
  const client = new Client(prefixed, { headers: { host: 'id.test' } });
  const strict = await logIn(client, { email: SEEDED.viewer, password: 'Portcullis-dev-1' });
  for (const cookie of strict.cookies.map(parseSetCookie)) {
    assert.match(cookie.name, /^__Host-/);
    assert.deepEqual([cookie.attributes.secure, cookie.attributes.samesite, cookie.attributes.path, cookie.attributes.domain], [true, 'strict', '/', undefined]);
  }
  isOk(await client.get(`${CA}/portal/profile`));
  await away.stop();
  await prefixed.stop();
});

test('refresh: another token a second later, the session cookie stays, features are fresh (TC-AUTH-029, D7)', async () => {
  const { email, password } = await member(server);
  const client = await signedIn(server, { email, password });
  const [before, session] = [client.cookies.get(AUTH), client.cookies.get(SESSION)];
  await sleep(1_050);
  const user = claimsOf(before).sub;
  await server.db.prepare("INSERT INTO customer_user_acls (id, user_id, tenant_id, features_json, created_at) VALUES (?, ?, ?, ?, ?)").bind(UNKNOWN_ID, user, server.place.tenantId, '["portal.orders.*"]', Date.now()).run();
  const reply = await client.post(`${CA}/portal/sessions-refresh`);
  assert.deepEqual(isOk(reply), { ok: true, resolvedFeatures: ['portal.orders.*'] });
  assert.deepEqual(reply.cookies.map((c) => parseSetCookie(c).name), [AUTH], 'the session token is not rotated');
  assert.notEqual(client.cookies.get(AUTH), before);
  assert.equal(client.cookies.get(SESSION), session);
  assert.deepEqual(claimsOf(client.cookies.get(AUTH)).resolvedFeatures, ['portal.orders.*']);
  assert.equal(claimsOf(client.cookies.get(AUTH)).sid, claimsOf(before).sid);
  assert.equal(isOk(await client.get(`${CA}/portal/sessions`)).sessions.length, 1);

  const cookieAlone = anonymous();
  cookieAlone.cookies.set(SESSION, session);
  isOk(await cookieAlone.post(`${CA}/portal/sessions-refresh`));
  isProblem(await anonymous().post(`${CA}/portal/sessions-refresh`), 401, 'No session token');
  const madeUp = anonymous();
  madeUp.cookies.set(SESSION, 'x'.repeat(43));
  isProblem(await madeUp.post(`${CA}/portal/sessions-refresh`), 401, 'Invalid or expired session');
  await server.db.prepare('UPDATE customer_users SET is_active = 0 WHERE id = ?').bind(user).run();
  isProblem(await client.post(`${CA}/portal/sessions-refresh`), 401, 'Account not active');
  isProblem(await client.get(`${CA}/portal/profile`), 401, 'Authentication required');
});

test('profile: shape, change, wrong answers (TC-PORTAL-001, TC-PORTAL-002)', async () => {
  isProblem(await anonymous().get(`${CA}/portal/profile`), 401, 'Authentication required');
  const { email, password } = await member(server);
  const client = await signedIn(server, { email, password });
  const profile = isOk(await client.get(`${CA}/portal/profile`));
  assert.deepEqual(Object.keys(profile).sort(), ['isPortalAdmin', 'ok', 'resolvedFeatures', 'roles', 'user']);
  assert.deepEqual(Object.keys(profile.user).sort(), ['createdAt', 'customerEntityId', 'displayName', 'email', 'emailVerified', 'id', 'isActive', 'lastLoginAt', 'personEntityId']);
  assert.deepEqual([profile.user.email, profile.user.emailVerified, profile.user.isActive, profile.isPortalAdmin], [email, true, true, false]);
  assert.match(profile.user.createdAt, ISO);
  assert.match(profile.user.lastLoginAt, ISO);
  assert.deepEqual(profile.roles.map((role) => [typeof role.id, role.name, role.slug]), [['string', 'Buyer', 'buyer']]);

  const changed = isOk(await client.put(`${CA}/portal/profile`, { displayName: 'Öther Näme 🦀', isActive: false, email: 'evil@mail.example', isPortalAdmin: true }));
  assert.deepEqual(changed, { ok: true, user: { id: profile.user.id, email, displayName: 'Öther Näme 🦀' } });
  const after = isOk(await client.get(`${CA}/portal/profile`));
  assert.deepEqual(after, { ...profile, user: { ...profile.user, displayName: 'Öther Näme 🦀' } }, 'D4: nothing else changed');
  assert.deepEqual(isOk(await client.put(`${CA}/portal/profile`, {})).user.displayName, 'Öther Näme 🦀', 'an empty object changes nothing');
  isProblem(await client.put(`${CA}/portal/profile`, { displayName: '' }), 400, 'Validation failed');
  isProblem(await client.request('PUT', `${CA}/portal/profile`, { body: '[', headers: { 'content-type': 'application/json' } }), 400, 'Invalid request body');

  await server.db.prepare("INSERT INTO customer_user_acls (id, user_id, tenant_id, features_json, created_at) VALUES (?, ?, ?, '[]', 1)").bind(profile.user.id, profile.user.id, server.place.tenantId).run();
  isProblem(await client.put(`${CA}/portal/profile`, { displayName: 'x' }), 403, 'Insufficient permissions');
  isProblem(await client.put(`${CA}/portal/profile`, { displayName: '' }), 403, 'Insufficient permissions');
});

test('feature-check: exact, wildcard, portal admin, 0/100/101 (TC-PORTAL-007)', async () => {
  const check = (client, features) => client.post(`${CA}/portal/feature-check`, { features });
  isProblem(await check(anonymous(), ['x']), 401, 'Authentication required');
  const buyer = await signedIn(server);
  const asked = ['portal.users.view', 'portal.orders.create', 'portal.ordersx', 'portal.orders', 'portal.account.manage', 'portal.orders.create'];
  const { granted } = isOk(await check(buyer, asked));
  assert.deepEqual(granted, ['portal.orders.create', 'portal.orders', 'portal.account.manage', 'portal.orders.create'], 'request order; portal.orders.* grants portal.orders and not portal.ordersx');
  const admin = await signedIn(server, { email: SEEDED.admin });
  assert.deepEqual(isOk(await check(admin, ['anything.at.all', 'x'])).granted, ['anything.at.all', 'x']);
  isProblem(await check(buyer, []), 400, 'Invalid request body');
  isOk(await check(buyer, Array(100).fill('a.b')));
  isProblem(await check(buyer, Array(101).fill('a.b')), 400, 'Invalid request body');
  for (const features of ['x', null, [1], [''], { 0: 'x' }]) isProblem(await check(buyer, features), 400, 'Invalid request body');
});

test('sessions: shape, one is current, revoking another kills its cookies at once (TC-PORTAL-006)', async () => {
  isProblem(await anonymous().get(`${CA}/portal/sessions`), 401, 'Authentication required');
  const { email, password } = await member(server);
  const [here, there] = [await signedIn(server, { email, password }), await signedIn(server, { email, password })];
  const { sessions } = isOk(await here.get(`${CA}/portal/sessions`, { headers: { 'user-agent': 'e2e' } }));
  assert.equal(sessions.length, 2);
  for (const session of sessions) {
    assert.deepEqual(Object.keys(session).sort(), ['createdAt', 'expiresAt', 'id', 'ipAddress', 'isCurrent', 'lastUsedAt', 'userAgent']);
    for (const time of ['createdAt', 'expiresAt', 'lastUsedAt']) assert.match(session[time], ISO);
  }
  assert.deepEqual(sessions.map((s) => s.ipAddress), [there.ip, here.ip], 'newest first, each with its address');
  assert.deepEqual(sessions.map((s) => s.isCurrent), [false, true]);
  const [other, current] = sessions;
  isProblem(await here.delete(`${CA}/portal/sessions/${current.id}`), 400, 'Cannot revoke current session. Use logout instead.');
  for (const id of [UNKNOWN_ID, 'x', '%00', current.id.replace(/.$/, 'g')]) isProblem(await here.delete(`${CA}/portal/sessions/${id}`), 404, 'Session not found');
  const stranger = await signedIn(server);
  isProblem(await stranger.delete(`${CA}/portal/sessions/${other.id}`), 404, 'Session not found');
  isOk(await there.get(`${CA}/portal/profile`));
  assert.deepEqual(isOk(await here.delete(`${CA}/portal/sessions/${other.id}`)), { ok: true });
  isProblem(await there.get(`${CA}/portal/profile`), 401, 'Authentication required');
  isProblem(await there.post(`${CA}/portal/sessions-refresh`), 401, 'Invalid or expired session');
  isProblem(await here.delete(`${CA}/portal/sessions/${other.id}`), 404, 'Session not found');
});

test('six logins leave exactly five sessions, the oldest goes (TC-AUTH-030)', async () => {
  const { email, password } = await member(server);
  const clients = [];
  for (let i = 0; i < 6; i += 1) clients.push(await signedIn(server, { email, password }));
  assert.equal(isOk(await clients[5].get(`${CA}/portal/sessions`)).sessions.length, 5);
  isProblem(await clients[0].get(`${CA}/portal/profile`), 401, 'Authentication required');
  isProblem(await clients[0].post(`${CA}/portal/sessions-refresh`), 401, 'Invalid or expired session');
  for (const client of clients.slice(1)) isOk(await client.get(`${CA}/portal/profile`));
});

test('password change: proves the old one, ends every session, opens a new one (A6, C1)', async () => {
  const { email, password } = await member(server);
  const [here, there] = [await signedIn(server, { email, password }), await signedIn(server, { email, password })];
  const change = (body) => here.post(`${CA}/portal/password-change`, body);
  isProblem(await anonymous().post(`${CA}/portal/password-change`, { currentPassword: password, newPassword: 'a new long password' }), 401, 'Authentication required');
  isProblem(await change({ currentPassword: 'wrong wrong', newPassword: 'a new long password' }), 400, 'Current password is incorrect');
  isProblem(await change({ currentPassword: password, newPassword: 'short' }), 400, 'Validation failed');
  isProblem(await change({ currentPassword: password, newPassword: 'password123' }), 400, 'Validation failed');
  isProblem(await change({ newPassword: 'a new long password' }), 400, 'Validation failed');
  isOk(await there.get(`${CA}/portal/profile`));

  const before = here.clone();
  const reply = await change({ currentPassword: password, newPassword: 'a new long password' });
  assert.deepEqual(isOk(reply), { ok: true });
  assert.deepEqual(reply.cookies.map((c) => parseSetCookie(c).name).sort(), [AUTH, 'customer_device', SESSION]);
  for (const old of [before, there]) {
    isProblem(await old.get(`${CA}/portal/profile`), 401, 'Authentication required');
    isProblem(await old.post(`${CA}/portal/sessions-refresh`), 401, 'Invalid or expired session');
  }
  isOk(await here.get(`${CA}/portal/profile`));
  assert.equal(isOk(await here.get(`${CA}/portal/sessions`)).sessions.length, 1);
  isProblem(await logIn(anonymous(), { email, password }), 401, 'Invalid email or password');
  isOk(await logIn(anonymous(), { email, password: 'a new long password' }));
  await inbox(server, email, { where: (mail) => /password/i.test(mail.subject) });
});

test('logout: both cookies cleared, session and access token dead at once, and again is polite (C2, C8)', async () => {
  const client = await signedIn(server, await member(server));
  const kept = client.clone();
  const reply = await client.post(`${CA}/portal/logout`);
  assert.deepEqual(isOk(reply), { ok: true });
  assert.equal(reply.headers['clear-site-data'], '"cache"');
  const cleared = reply.cookies.map(parseSetCookie);
  assert.deepEqual(cleared.map((c) => [c.name, c.raw, c.attributes['max-age'], c.attributes.path]), [[AUTH, '', '0', '/'], [SESSION, '', '0', '/']]);
  for (const cookie of cleared) assert.ok(!('expires' in cookie.attributes), 'Max-Age=0 without Expires');
  isProblem(await kept.get(`${CA}/portal/profile`), 401, 'Authentication required');
  isProblem(await kept.post(`${CA}/portal/sessions-refresh`), 401, 'Invalid or expired session');
  assert.equal(isOk(await anonymous().post(`${CA}/portal/logout`)).ok, true);
  assert.equal(isOk(await kept.post(`${CA}/portal/logout`)).ok, true);

  const bearer = await signedIn(server, await member(server));
  const token = bearer.cookies.get(AUTH);
  isOk(await anonymous().post(`${CA}/portal/logout`, undefined, { headers: { authorization: `Bearer ${token}` } }));
  isProblem(await bearer.post(`${CA}/portal/sessions-refresh`), 401, 'Invalid or expired session');
});

test('a bearer token works alone, and a bad one does not fall back to the cookie (B.2)', async () => {
  const client = await signedIn(server);
  const token = client.cookies.get(AUTH);
  for (const scheme of ['Bearer', 'bearer', 'BEARER']) isOk(await anonymous().get(`${CA}/portal/profile`, { headers: { authorization: `${scheme} ${token}` } }));
  isProblem(await client.get(`${CA}/portal/profile`, { headers: { authorization: 'Bearer nonsense' } }), 401, 'Authentication required');
  isOk(await client.get(`${CA}/portal/profile`, { headers: { authorization: 'Bearer ' } }));
});

test('the short spelling reaches the same routes', async () => {
  const client = anonymous();
  isOk(await client.post('/api/login', { email: SEEDED.buyer, password: 'Portcullis-dev-1', ...server.place }));
  isOk(await client.get('/api/portal/profile'));
  isOk(await client.get('/API/Customer_Accounts/Portal/Profile'));
  isOk(await client.post('/api/portal/logout'));
  isProblem(await client.get('/api/loginx'), 404, 'Not Found');
});

test('a suspended tenant: 403 before any credential check, refresh 401, look-up 404', async () => {
  const own = await start({ vars: RAISED });
  const client = await signedIn(own);
  await own.db.prepare('UPDATE tenants SET is_active = 0').run();
  const refused = await logIn(new Client(own), { email: SEEDED.buyer, password: 'wrong' });
  assert.equal(isProblem(refused, 403).code, 'tenant_suspended');
  assert.match(refused.headers['x-portcullis-operations'], /hash=0/);
  isProblem(await client.post(`${CA}/portal/sessions-refresh`), 401, 'Account not active');
  assert.equal(isProblem(await client.get(`${CA}/portal/profile`), 403).code, 'tenant_suspended');
  isProblem(await client.get('/api/directory/organizations/lookup?slug=acme'), 404, 'Organization not found.');
  await own.stop();
});

test('limits are announced on success too, and every answer so far was no-store (0.4, C8)', async () => {
  const client = anonymous();
  const reply = await logIn(client, { email: SEEDED.viewer, password: 'Portcullis-dev-1' });
  const first = limitOf(reply);
  assert.ok(first.limit > 0 && first.remaining < first.limit && first.reset >= 1);
  hasSecurityHeaders(reply);
  const profile = await client.get(`${CA}/portal/profile`);
  limitOf(profile);
  hasSecurityHeaders(profile);
});

test('no state change without its audit row; every mail left the outbox', async () => {
  await mailsSettled(server);
  const actions = new Set((await server.rows('SELECT DISTINCT action FROM audit_log')).map((row) => row.action));
  for (const action of ['user.created', 'signup.repeated', 'email.verified', 'login.success', 'login.failed', 'password.changed', 'session.revoked', 'profile.updated', 'logout']) {
    assert.ok(actions.has(action), `${action} in ${[...actions]}`);
  }
  const orphans = await server.count("SELECT count(*) FROM customer_users u WHERE NOT EXISTS (SELECT 1 FROM audit_log a WHERE a.target_id = u.id) AND u.email NOT LIKE '%@portal.acme.com'");
  assert.equal(orphans, 0);
  const gaps = await server.row('SELECT count(*) AS n, max(seq) AS top FROM audit_log WHERE tenant_id = ?', server.place.tenantId);
  assert.equal(gaps.n, gaps.top, 'sequence numbers without gaps');
});
