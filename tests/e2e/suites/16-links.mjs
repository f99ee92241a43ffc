// The links that mails carry: a new password, signing in, an invitation; each with what must not work.
import { ISO, UUID, assert, claimsOf, isOk, isProblem } from '../harness/check.mjs';
import { Client } from '../harness/client.mjs';
import { CA, PASSWORD, freshEmail, inbox, logIn, mailsSettled, member, signUp, signedIn, staff, tokenOf } from '../harness/people.mjs';
import { test } from '../harness/runner.mjs';
import { APP_URL, RAISED } from '../harness/secrets.mjs';
import { start } from '../harness/server.mjs';

const server = await start({ vars: RAISED });
const anonymous = () => new Client(server);
const { tenantId } = server.place;
const linkTo = (page) => (mail) => mail.links.some((link) => link.startsWith(`${APP_URL}/acme/portal/${page}?token=`));
const REFUSED = 'Invalid or expired token';

/** The newest mail of a kind to an address. */
async function mailed(email, page) {
  const [mail] = await inbox(server, email, { where: linkTo(page) });
  return mail;
}

/** All rows that a link could change, to compare. */
const everything = async (email) => ({
  user: await server.row('SELECT password_hash, email_verified_at, credential_epoch, sessions_revoked_at FROM customer_users WHERE email = ?', email),
  sessions: await server.rows('SELECT s.id, s.deleted_at FROM customer_user_sessions s JOIN customer_users u ON u.id = s.user_id WHERE u.email = ? ORDER BY s.id', email),
  links: await server.rows('SELECT v.id, v.used_at, v.voided_at FROM customer_user_email_verifications v JOIN customer_users u ON u.id = v.user_id WHERE u.email = ? ORDER BY v.id', email),
  resets: await server.rows('SELECT p.id, p.used_at, p.voided_at FROM customer_user_password_resets p JOIN customer_users u ON u.id = p.user_id WHERE u.email = ? ORDER BY p.id', email),
  invitations: await server.rows('SELECT id, accepted_at, cancelled_at FROM customer_user_invitations WHERE email = ? ORDER BY id', email),
});

/** What scanners and previews do with a link and with the route behind it. */
async function looksAt(mail, routes) {
  const link = new URL(mail.links.find((one) => one.includes('token=')));
  for (const path of [`${link.pathname}${link.search}`, ...routes.map((route) => `${CA}/${route}${link.search}`), ...routes.map((route) => `/api/${route}${link.search}`)]) {
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      const reply = await anonymous().request(method, path);
      assert.ok(reply.status < 500, `${method} ${path}: ${reply.status}`);
      assert.deepEqual(reply.cookies, [], 'nobody is signed in by looking');
      assert.ok(!reply.text.includes(tokenOf(mail)), 'the token is not echoed');
    }
  }
}

test('a forgotten password: mail, link, new password; every session ends, and the link works once (A6, B5, B6)', async () => {
  const { email } = await member(server);
  const device = await signedIn(server, { email, password: PASSWORD });
  for (const body of [{ email, tenantId }, { email: freshEmail(), tenantId }, { email }, { email: 'x' }, [], {}]) {
    const asked = await anonymous().post(`${CA}/password/reset-request`, body);
    assert.deepEqual([asked.status, asked.text], [200, '{"ok":true}'], JSON.stringify(body));
  }
  const mail = await mailed(email, 'reset-password');
  const before = await everything(email);
  await looksAt(mail, ['password/reset-confirm']);
  const inspected = isOk(await anonymous().post(`${CA}/links/inspect`, { token: tokenOf(mail), purpose: 'password_reset' }));
  assert.ok(inspected.link.email.endsWith('@mail.example') && inspected.link.email !== email, 'shown, and not in full');
  assert.deepEqual(await everything(email), before, 'looking changes nothing');
  const confirm = (token, password) => anonymous().post(`${CA}/password/reset-confirm`, { token, password });
  isProblem(await confirm(tokenOf(mail), 'short'), 400, 'Validation failed');
  isProblem(await confirm('made-up', 'a brand new password'), 400, REFUSED);

  isOk(await anonymous().post(`${CA}/password/reset-request`, { email, tenantId }));
  const [newest] = await inbox(server, email, { least: 2, where: linkTo('reset-password') });
  isProblem(await confirm(tokenOf(mail), 'a brand new password'), 400, REFUSED);
  const changed = await confirm(tokenOf(newest), 'a brand new password');
  assert.deepEqual([changed.status, changed.text, changed.cookies.length], [200, '{"ok":true}', 0]);
  isProblem(await confirm(tokenOf(newest), 'another new password'), 400, REFUSED);
  isProblem(await device.get(`${CA}/portal/profile`), 401);
  isProblem(await device.post(`${CA}/portal/sessions-refresh`), 401);
  isProblem(await logIn(anonymous(), { email }), 401, 'Invalid email or password');
  isOk(await logIn(anonymous(), { email, password: 'a brand new password' }));
});

test('a magic link: looking spends nothing, another browser sees which account and presses, and the link works once (B6)', async () => {
  const { email } = await member(server);
  for (const address of [email, freshEmail()]) {
    const asked = await anonymous().post('/api/magic-link/request', { email: address, tenantId });
    assert.deepEqual([asked.status, asked.text, asked.cookies.length], [200, '{"ok":true}', 0]);
  }
  const mail = await mailed(email, 'magic-link');
  const before = await everything(email);
  for (let n = 0; n < 3; n += 1) await looksAt(mail, ['magic-link/verify']);
  const other = anonymous();
  const shown = isOk(await other.post(`${CA}/links/inspect`, { token: tokenOf(mail), purpose: 'magic_link' }));
  assert.deepEqual([shown.link.purpose, shown.link.organization.slug], ['magic_link', 'acme']);
  assert.ok(shown.link.email.endsWith('@mail.example') && shown.link.email !== email);
  assert.deepEqual(await everything(email), before, 'looking changes nothing, however often');
  isProblem(await other.post(`${CA}/links/inspect`, { token: tokenOf(mail), purpose: 'password_reset' }), 400, REFUSED);
  isProblem(await other.post(`${CA}/password/reset-confirm`, { token: tokenOf(mail), password: 'a brand new password' }), 400, REFUSED);

  const signed = isOk(await other.post(`${CA}/magic-link/verify`, { token: tokenOf(mail) }));
  assert.deepEqual([signed.user.email, signed.user.emailVerified], [email, true]);
  assert.equal(isOk(await other.get(`${CA}/portal/profile`)).user.email, email);
  isProblem(await anonymous().post(`${CA}/magic-link/verify`, { token: tokenOf(mail) }), 400, REFUSED);
  isProblem(await anonymous().post(`${CA}/links/inspect`, { token: tokenOf(mail), purpose: 'magic_link' }), 400, REFUSED);
  isProblem(await anonymous().post(`${CA}/magic-link/verify`, { token: 'x'.repeat(513) }), 400, 'Invalid token');
});

test('a magic link proves an unverified address and makes the waiting password void (B9, product 9)', async () => {
  const email = freshEmail();
  await signUp(anonymous(), { email, password: 'the stranger’s password' });
  isOk(await anonymous().post(`${CA}/magic-link/request`, { email, tenantId }));
  isOk(await anonymous().post(`${CA}/magic-link/verify`, { token: tokenOf(await mailed(email, 'magic-link')) }));
  isProblem(await anonymous().post(`${CA}/email/verify`, { token: tokenOf(await mailed(email, 'verify')) }), 400, REFUSED);
  isProblem(await logIn(anonymous(), { email, password: 'the stranger’s password' }), 401);
});

test('an invitation by an administrator: mail, name and password, signed in with what was granted; once (TC-AUTH-032, B1, B8)', async () => {
  const admin = await staff(server);
  const { items } = isOk(await admin.get(`${CA}/admin/roles`));
  const role = (slug) => items.find((one) => one.slug === slug);
  const email = freshEmail();
  const invited = isOk(await admin.post(`${CA}/admin/users-invite`, { email, roleIds: [role('viewer').id], displayName: 'Ina Invited' }), 201);
  assert.deepEqual(Object.keys(invited.invitation).sort(), ['email', 'expiresAt', 'id']);
  assert.match(invited.invitation.id, UUID);
  assert.match(invited.invitation.expiresAt, ISO);
  assert.ok(Date.parse(invited.invitation.expiresAt) > Date.now() + 71 * 3_600_000);
  const mail = await mailed(email, 'invitation');
  const before = await everything(email);
  await looksAt(mail, ['invitations/accept']);
  const shown = isOk(await anonymous().post(`${CA}/links/inspect`, { token: tokenOf(mail), purpose: 'invitation' }));
  assert.equal(shown.link.displayName, 'Ina Invited');
  assert.deepEqual(await everything(email), before);

  const accept = (client, token, more = {}) => client.post(`${CA}/invitations/accept`, { token, password: PASSWORD, displayName: 'Ina I.', ...more });
  isProblem(await accept(anonymous(), 'made-up'), 400, 'Invalid or expired invitation');
  isProblem(await accept(anonymous(), tokenOf(mail), { password: 'short' }), 400, 'Validation failed');
  const client = anonymous();
  const accepted = isOk(await accept(client, tokenOf(mail)), 201);
  assert.deepEqual([accepted.user.email, accepted.user.displayName, accepted.user.emailVerified], [email, 'Ina I.', true]);
  assert.deepEqual(isOk(await client.get(`${CA}/portal/profile`)).roles.map((one) => one.slug), ['viewer']);
  isProblem(await accept(anonymous(), tokenOf(mail)), 400, 'Invalid or expired invitation');
  isOk(await logIn(anonymous(), { email }));
});

test('an invitation renewed voids the older link, and one accepted by twenty at once makes one account (B1, B5)', async () => {
  const admin = await staff(server);
  const role = isOk(await admin.get(`${CA}/admin/roles?search=viewer`)).items[0].id;
  const email = freshEmail();
  const invite = async () => isOk(await admin.post(`${CA}/admin/users-invite`, { email, roleIds: [role] }), 201).invitation.id;
  const first = await invite();
  const old = await mailed(email, 'invitation');
  assert.equal(await invite(), first, 'the same invitation, renewed');
  const [mail] = await inbox(server, email, { least: 2, where: linkTo('invitation') });
  const accept = (token) => anonymous().post(`${CA}/invitations/accept`, { token, password: PASSWORD, displayName: 'Ina' });
  isProblem(await accept(tokenOf(old)), 400, 'Invalid or expired invitation');
  const replies = await Promise.all(Array.from({ length: 20 }, () => accept(tokenOf(mail))));
  assert.deepEqual(replies.map((reply) => reply.status).sort().filter((status) => status !== 400), [201]);
  assert.equal(await server.count('SELECT count(*) FROM customer_users WHERE email = ?', email), 1);
  await mailsSettled(server);
});

test('the token of a signed-in person names their place; a mailed one is found nowhere in the database (B3)', async () => {
  const { email } = await member(server);
  isOk(await anonymous().post(`${CA}/magic-link/request`, { email, tenantId }));
  const token = tokenOf(await mailed(email, 'magic-link'));
  const client = anonymous();
  isOk(await client.post(`${CA}/magic-link/verify`, { token }));
  assert.equal(claimsOf(decodeURIComponent(client.cookies.get('customer_auth_token'))).tenantId, tenantId);
  for (const { name } of await server.rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf%' AND name <> 'development_inbox'")) {
    assert.ok(!JSON.stringify(await server.rows(`SELECT * FROM ${name}`)).includes(token), name);
  }
});
