// Staff look after staff, over HTTP on workerd: an invitation from the mail to the first sign-in, a reset, limits, and
// one mailed link that many use at once.
import { assert, caught, isOk, isProblem } from '../harness/check.mjs';
import { Client, freshIp } from '../harness/client.mjs';
import { PASSWORD, SEED_PASSWORD, freshEmail, inbox, staff, tally, together } from '../harness/people.mjs';
import { note, size, test } from '../harness/runner.mjs';
import { APP_URL, RAISED } from '../harness/secrets.mjs';
import { start } from '../harness/server.mjs';

const AUTH = '/api/auth';
const USERS = `${AUTH}/users`;
const server = await start({ vars: RAISED });

/** The token of the newest link mailed to somebody. */
async function linkOf(where, email, least = 1) {
  const [mail] = await inbox(where, email, { least, where: (one) => one.links.some((link) => link.includes('/reset/')) });
  const link = new URL(mail.links.find((one) => one.includes('/reset/')));
  assert.equal(link.origin, APP_URL, 'mailed links carry the configured origin');
  return { mail, token: decodeURIComponent(link.pathname.slice('/reset/'.length)) };
}

const signIn = (where, email, password) => new Client(where).post(`${AUTH}/login`, { email, password });
const confirm = (where, token, password, options) => new Client(where).post(`${AUTH}/reset/confirm`, { token, password }, options);

/** Somebody new, made by the tenant's administrator. */
async function made(where, more) {
  const admin = await staff(where);
  const email = freshEmail('staff');
  const body = isOk(await admin.post(USERS, { email, organizationId: where.place.organizationId, roles: ['employee'], name: 'Nina New', ...more }), 201);
  return { admin, email, id: body.id };
}

test('an invitation: mail, link, password, sign-in; and the inviter hears of it', async () => {
  const { admin, email, id } = await made(server, { sendInviteEmail: true });
  const { mail, token } = await linkOf(server, email);
  assert.equal(mail.subject, 'You have been invited');
  isProblem(await signIn(server, email, PASSWORD), 401, 'Invalid email or password');
  isOk(await admin.post(`${USERS}/resend-invite`, { id }));
  const { token: newest } = await linkOf(server, email, 2);
  isProblem(await confirm(server, token, PASSWORD), 400, 'Invalid or expired token');
  assert.deepEqual(isOk(await confirm(server, newest, PASSWORD)), { ok: true, redirect: '/login' });
  const { token: access } = isOk(await signIn(server, email, PASSWORD));
  assert.ok(access);
  isProblem(await admin.post(`${USERS}/resend-invite`, { id }), 409, 'User already has a password');
  const told = isOk(await admin.get(`${AUTH}/notifications`));
  assert.ok(told.items.some((one) => one.type === 'auth.invitation.accepted' && one.titleVariables.name === 'Nina New'));
});

test('a forgotten password: the same answer for everybody, a link, and every session over', async () => {
  const { email } = await made(server, { password: PASSWORD });
  const device = new Client(server);
  isOk(await device.post(`${AUTH}/login`, { email, password: PASSWORD }));
  const form = { body: `email=${encodeURIComponent(email)}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } };
  assert.deepEqual(isOk(await new Client(server).request('POST', `${AUTH}/reset`, form)), { ok: true });
  assert.deepEqual(isOk(await new Client(server).post(`${AUTH}/reset`, { email: freshEmail('nobody') })), { ok: true });
  const { token } = await linkOf(server, email);
  assert.equal(await server.count('SELECT count(*) FROM staff_user_password_resets WHERE token = ?', token), 0, 'only its hash is kept');
  isOk(await confirm(server, token, 'another correct horse'));
  isProblem(await device.get(`${AUTH}/profile`), 401, 'Unauthorized');
  isProblem(await signIn(server, email, PASSWORD), 401);
  isOk(await signIn(server, email, 'another correct horse'));
});

test('a new password for oneself ends the other sessions and keeps the caller in', async () => {
  const { email } = await made(server, { password: PASSWORD });
  const [one, two] = [new Client(server), new Client(server)];
  for (const device of [one, two]) isOk(await device.post(`${AUTH}/login`, { email, password: PASSWORD }));
  const wrong = await one.put(`${AUTH}/profile`, { currentPassword: 'wrong password', password: 'another correct horse' });
  assert.deepEqual(isProblem(wrong, 400, 'Current password is incorrect.').issues[0].path, ['currentPassword']);
  isOk(await one.put(`${AUTH}/profile`, { currentPassword: PASSWORD, password: 'another correct horse' }));
  isOk(await one.get(`${AUTH}/profile`));
  isProblem(await two.get(`${AUTH}/profile`), 401);
  assert.equal(isOk(await one.get(`${AUTH}/sessions`)).sessions.filter((session) => session.isCurrent).length, 1);
});

test('suspended, locked, given a one-time password: out at once, and in again as it says', async () => {
  const { admin, email, id } = await made(server, { password: PASSWORD });
  const device = new Client(server);
  isOk(await device.post(`${AUTH}/login`, { email, password: PASSWORD }));
  isOk(await admin.post(`${USERS}/${id}/suspend`));
  isProblem(await device.get(`${AUTH}/profile`), 401);
  isProblem(await signIn(server, email, PASSWORD), 401);
  isOk(await admin.post(`${USERS}/${id}/resume`));
  isOk(await admin.post(`${USERS}/${id}/lock`, {}));
  isProblem(await device.post(`${AUTH}/login`, { email, password: PASSWORD }), 401, 'Invalid email or password');
  isOk(await admin.post(`${USERS}/${id}/unlock`));
  const { oneTimePassword } = isOk(await admin.post(`${USERS}/${id}/one-time-password`));
  assert.equal(isOk(await device.post(`${AUTH}/login`, { email, password: oneTimePassword })).mustChangePassword, true);
  assert.equal(isProblem(await device.get(`${AUTH}/profile`), 403).code, 'PASSWORD_CHANGE_REQUIRED');
  isOk(await device.put(`${AUTH}/profile`, { currentPassword: oneTimePassword, password: 'another correct horse' }));
  isOk(await device.get(`${AUTH}/profile`));
  isOk(await admin.delete(`${USERS}?id=${id}`));
  isProblem(await device.get(`${AUTH}/profile`), 401);
});

test('the list finds people by word, name, role and place, and counts them', async () => {
  const { admin, email, id } = await made(server, { password: PASSWORD, name: 'Zoë Ångström' });
  for (const query of ['search=angstrom', `search=${encodeURIComponent(email)}`, 'name=%C3%A5NGST', `id=${id}`]) {
    const found = isOk(await admin.get(`${USERS}?${query}`));
    assert.deepEqual([found.total, found.items[0].id, found.items[0].roles], [1, id, ['employee']], query);
  }
  const all = isOk(await admin.get(`${USERS}?pageSize=100`));
  const rows = await server.count("SELECT count(*) FROM staff_users WHERE deleted_at IS NULL AND email <> 'superadmin@acme.com'");
  assert.deepEqual([all.total, all.items.some((one) => one.email === 'superadmin@acme.com')], [rows, false]);
  isOk(await admin.get(`${USERS}?search=employee&name=zo&roleId=${all.items.find((one) => one.id === id).roleIds[0]}`));
});

test('TC-AUTH-016: the sixth sign-in and the fourth reset of one address are too many, and others are not concerned', async () => {
  const strict = await start({});
  const limited = (reply, limit) => {
    isProblem(reply, 429, 'Too many requests. Please try again later.');
    assert.deepEqual([reply.headers['x-ratelimit-limit'], reply.headers['x-ratelimit-remaining']], [String(limit), '0']);
    assert.ok(Number(reply.headers['retry-after']) > 0);
  };
  for (let i = 0; i < 5; i += 1) isProblem(await signIn(strict, 'employee@acme.com', 'wrong password'), 401);
  limited(await signIn(strict, 'employee@acme.com', SEED_PASSWORD), 5);
  isOk(await signIn(strict, 'admin@acme.com', SEED_PASSWORD));
  for (let i = 0; i < 3; i += 1) isOk(await new Client(strict).post(`${AUTH}/reset`, { email: 'employee@acme.com' }));
  limited(await new Client(strict).post(`${AUTH}/reset`, { email: 'employee@acme.com' }), 3);
  isOk(await new Client(strict).post(`${AUTH}/reset`, { email: 'admin@acme.com' }));
  const ip = freshIp();
  for (let i = 0; i < 5; i += 1) isProblem(await new Client(strict, { ip }).post(`${AUTH}/reset/confirm`, { token: 'a made-up token', password: PASSWORD }), 400);
  limited(await new Client(strict, { ip }).post(`${AUTH}/reset/confirm`, { token: 'a made-up token', password: PASSWORD }), 5);
  await strict.stop();
});

/** One link, used by fifty at once, each with a password of their own. */
async function oneWinner(where, trials) {
  for (let trial = 0; trial < trials; trial += 1) {
    const { email, id } = await made(where, { password: PASSWORD });
    isOk(await new Client(where).post(`${AUTH}/reset`, { email }));
    const { token } = await linkOf(where, email);
    const replies = await together(where, 50, (i) => confirm(where, token, `a password of number ${i}`, { timeout: 60_000 }));
    const { 200: won = 0, 400: lost = 0 } = tally(replies);
    assert.equal(won + lost, 50, JSON.stringify(tally(replies)));
    const audits = await where.count("SELECT count(*) FROM audit_log WHERE action = 'password.changed' AND target_id = ?", id);
    assert.deepEqual({ won, audits }, { won: 1, audits: 1 }, `trial ${trial + 1}`);
    const winner = replies.findIndex((reply) => reply.status === 200);
    isOk(await signIn(where, email, `a password of number ${winner}`));
  }
  return trials;
}

/** Hashing elsewhere lets all of them read before the first one writes. */
const POOL = { ...RAISED, PASSWORD_HASHER: 'pool', HASHER_POOL_SIZE: '8' };

test('one reset link, 50 at once: one winner, whose password it is (B1); 20 trials with --full', async () => {
  const pool = await start({ vars: POOL });
  note(`${await oneWinner(pool, size(4, 20))} trials, one winner each`);
  await pool.stop();
}, { timeout: 600_000 });

test('… and a link that does not ask who was first is caught (B1 twin)', async () => {
  const twin = await start({ vars: POOL, twin: 'reset-unchecked' });
  note(await caught('reset-unchecked', () => oneWinner(twin, 20)));
  await twin.stop();
}, { timeout: 600_000 });
