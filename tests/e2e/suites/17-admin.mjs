// Staff look after customers: accounts, roles and what they grant, with two administrators at the same record.
import { ISO, UUID, assert, isOk, isProblem } from '../harness/check.mjs';
import { Client } from '../harness/client.mjs';
import { CA, PASSWORD, SEEDED, freshEmail, inbox, logIn, mailsSettled, signedIn, staff } from '../harness/people.mjs';
import { test } from '../harness/runner.mjs';
import { RAISED } from '../harness/secrets.mjs';
import { start } from '../harness/server.mjs';

const server = await start({ vars: RAISED });
const admin = await staff(server);
const EXPECTED = 'x-om-ext-optimistic-lock-expected-updated-at';
const UNKNOWN_ID = '0190f5fe-7c00-7a00-8000-000000000001';
const users = (rest = '') => `${CA}/admin/users${rest}`;
const roles = (rest = '') => `${CA}/admin/roles${rest}`;
const put = (path, json, headers = {}) => admin.request('PUT', path, { json, headers });
const del = (path, headers = {}) => admin.request('DELETE', path, { headers });
const roleId = async (slug) => isOk(await admin.get(roles(`?search=${slug}`))).items[0].id;

async function account(more = {}) {
  const email = freshEmail('a');
  const { user } = isOk(await admin.post(users(), { email, password: PASSWORD, displayName: 'Alba Account', ...more }), 201);
  return { id: user.id, email };
}

/** 409 with both versions, and nothing else. */
function isStale(reply, expected) {
  const problem = isProblem(reply, 409, 'record_modified');
  assert.equal(problem.code, 'optimistic_lock_conflict');
  assert.match(problem.currentUpdatedAt, ISO);
  assert.equal(problem.expectedUpdatedAt, expected);
}

test('an account made by staff: found by search and filter, read, changed, signed in, deleted and gone (A.6, TC-CACC-CRUDFORM-002)', async () => {
  const viewer = await roleId('viewer');
  const { id, email } = await account({ roleIds: [viewer] });
  assert.match(id, UUID);
  isProblem(await admin.post(users(), { email, password: PASSWORD, displayName: 'Twice' }), 409, 'A user with this email already exists');
  isProblem(await admin.post(users(), { email: freshEmail(), password: PASSWORD, displayName: 'R', roleIds: [UNKNOWN_ID] }), 400, `Role ${UNKNOWN_ID} not found`);
  for (const query of [`?search=${encodeURIComponent(email)}`, `?search=alba&roleId=${viewer}`, `?status=active&search=${encodeURIComponent(email)}`]) {
    assert.ok(isOk(await admin.get(users(query))).items.some((item) => item.id === id), query);
  }
  for (const query of [`?status=locked&search=${encodeURIComponent(email)}`, `?roleId=${UNKNOWN_ID}`, '?search=lba']) {
    assert.ok(!isOk(await admin.get(users(query))).items.some((item) => item.id === id), query);
  }
  const person = await signedIn(server, { email, password: PASSWORD });
  const read = isOk(await admin.get(users(`/${id}`)));
  assert.deepEqual([read.email, read.displayName, read.isActive, read.roles.map((role) => role.slug), read.sessions.length], [email, 'Alba Account', true, ['viewer'], 1]);

  const { updatedAt } = isOk(await put(users(`/${id}`), { displayName: 'Alba B.', roleIds: [await roleId('buyer')] }));
  assert.match(updatedAt, ISO);
  assert.deepEqual(isOk(await person.get(`${CA}/portal/profile`)).roles.map((role) => role.slug), ['buyer'], 'on the next request');
  isOk(await put(users(`/${id}`), { isActive: false }));
  isProblem(await person.get(`${CA}/portal/profile`), 401);
  isOk(await put(users(`/${id}`), { isActive: true }));
  isOk(await del(users(`/${id}`)));
  isProblem(await person.post(`${CA}/portal/sessions-refresh`), 401);
  isProblem(await admin.get(users(`/${id}`)), 404, 'User not found');
  isProblem(await del(users(`/${id}`)), 404, 'User not found');
});

test('a password set, one-time and by link; locked, unlocked, verified and signed out by staff (TC-AUTH-023, -024, -027)', async () => {
  const { id, email } = await account();
  const person = await signedIn(server, { email, password: PASSWORD });
  isOk(await admin.post(users(`/${id}/reset-password`), { newPassword: 'chosen by staff, long' }));
  isProblem(await person.post(`${CA}/portal/sessions-refresh`), 401);
  isProblem(await person.post(`${CA}/portal/feature-check`, { features: ['portal.orders.view'] }), 401);
  isOk(await logIn(new Client(server), { email, password: 'chosen by staff, long' }));

  const { resetLink } = isOk(await admin.post(users(`/${id}/send-reset-link`)));
  const token = new URL(resetLink, 'https://x.example').searchParams.get('token');
  isOk(await new Client(server).post(`${CA}/password/reset-confirm`, { token, password: PASSWORD }));
  const again = await signedIn(server, { email, password: PASSWORD });

  const sessions = isOk(await admin.get(users(`/${id}/sessions`))).sessions;
  assert.equal(sessions.length, 1, 'the reset ended the others');
  isOk(await del(users(`/${id}/sessions/${sessions[0].id}`)));
  isProblem(await again.get(`${CA}/portal/profile`), 401);
  const third = await signedIn(server, { email, password: PASSWORD });
  isOk(await admin.post(users(`/${id}/force-logout`)));
  isProblem(await third.get(`${CA}/portal/profile`), 401);

  isOk(await put(users(`/${id}`), { lockedUntil: new Date(Date.now() + 3_600_000).toISOString() }));
  isProblem(await logIn(new Client(server), { email }), 401, 'Invalid email or password');
  isOk(await admin.post(users(`/${id}/unlock`)));
  isOk(await logIn(new Client(server), { email }));
  assert.deepEqual(isOk(await admin.post(users(`/${id}/verify-email`))), { ok: true, alreadyVerified: true });

  const { oneTimePassword: password } = isOk(await admin.post(users(`/${id}/one-time-password`)));
  const once = new Client(server);
  assert.equal(isOk(await logIn(once, { email, password })).mustChangePassword, true);
  isProblem(await once.get(`${CA}/portal/profile`), 403);
  isOk(await once.post(`${CA}/portal/password-change`, { currentPassword: password, newPassword: 'my own choice again' }));
  isOk(await once.get(`${CA}/portal/profile`));
  await mailsSettled(server);
  assert.ok((await inbox(server, email)).length > 0);
});

test('two administrators at one account: the second is told, and nobody without the header is stopped (TC-LOCK-OSS-013)', async () => {
  const { id } = await account();
  const first = isOk(await put(users(`/${id}`), { displayName: 'One' }, { [EXPECTED]: '2020-01-01T00:00:00Z' })).updatedAt;
  const second = isOk(await put(users(`/${id}`), { displayName: 'Two' }, { [EXPECTED]: first })).updatedAt;
  assert.ok(second > first);
  isStale(await put(users(`/${id}`), { displayName: 'Late' }, { [EXPECTED]: first }), first);
  isStale(await del(users(`/${id}`), { [EXPECTED]: first }), first);
  for (const blank of ['', ' ', 'no date']) isOk(await put(users(`/${id}`), { displayName: 'Two' }, { [EXPECTED]: blank }));
  const { updatedAt, displayName } = isOk(await admin.get(users(`/${id}`)));
  assert.equal(displayName, 'Two');
  // In any spelling of the same instant; and of twenty at once with one version, one gets through.
  const spelled = updatedAt.replace('Z', '+00:00');
  const replies = await Promise.all(Array.from({ length: 20 }, (_, n) => put(users(`/${id}`), { displayName: `Racer ${n}` }, { [EXPECTED]: spelled })));
  assert.deepEqual(replies.map((reply) => reply.status).filter((status) => status !== 409), [200]);
  isOk(await del(users(`/${id}`), { [EXPECTED]: replies.find((reply) => reply.status === 200).json.updatedAt }));
});

test('roles: made, changed, granted, in force on the next request, not lost from under anybody (TC-CACC-CRUDFORM-001, TC-LOCK-OSS-014, -033, D7)', async () => {
  const slug = `r_${Date.now().toString(36)}`;
  const made = isOk(await admin.post(roles(), { name: 'Auditor', slug, description: 'Looks', customerAssignable: true }), 201).role;
  isProblem(await admin.post(roles(), { name: 'Again', slug }), 409, 'A role with this slug already exists');
  assert.deepEqual(isOk(await admin.get(roles(`/${made.id}`))).features, []);
  const { email } = await account({ roleIds: [made.id] });
  const person = await signedIn(server, { email, password: PASSWORD });
  const granted = async () => isOk(await person.post(`${CA}/portal/feature-check`, { features: ['portal.orders.view', 'any.name.at.all'] })).granted;
  assert.deepEqual(await granted(), []);
  const { updatedAt } = isOk(await put(roles(`/${made.id}/acl`), { features: ['portal.orders.*', 'any.name.at.all'] }));
  assert.deepEqual(await granted(), ['portal.orders.view', 'any.name.at.all']);
  isStale(await put(roles(`/${made.id}`), { name: 'Late' }, { [EXPECTED]: '2020-01-01T00:00:00.000Z' }), '2020-01-01T00:00:00.000Z');
  isStale(await put(roles(`/${made.id}/acl`), { features: [] }, { [EXPECTED]: '2020-01-01T00:00:00.000Z' }), '2020-01-01T00:00:00.000Z');
  const after = isOk(await put(roles(`/${made.id}`), { name: 'Inspector', slug: 'other' }, { [EXPECTED]: updatedAt })).updatedAt;
  const read = isOk(await admin.get(roles(`/${made.id}`)));
  assert.deepEqual([read.name, read.slug, read.description, read.features], ['Inspector', slug, 'Looks', ['portal.orders.*', 'any.name.at.all']]);
  isProblem(await del(roles(`/${made.id}`), { [EXPECTED]: after }), 400, 'Cannot delete role with 1 assigned user(s). Reassign users first.');
  isProblem(await put(roles(`/${await roleId('buyer')}`), { name: 'Renamed' }), 400, 'Cannot change name of a system role');
  isProblem(await del(roles(`/${await roleId('buyer')}`)), 400);
});

test('a person’s own ACL replaces what the roles grant until it is deleted (decision 7, user ACL)', async () => {
  const { id, email } = await account({ roleIds: [await roleId('buyer')] });
  const person = await signedIn(server, { email, password: PASSWORD });
  const features = async () => isOk(await person.get(`${CA}/portal/profile`)).resolvedFeatures;
  assert.ok((await features()).includes('portal.account.manage'));
  isOk(await put(users(`/${id}/acl`), { features: ['portal.invoices.view'] }));
  assert.deepEqual(await features(), ['portal.invoices.view']);
  isOk(await put(users(`/${id}/acl`), { features: [] }));
  assert.deepEqual(await features(), [], 'present and empty means nothing');
  isOk(await del(users(`/${id}/acl`)));
  assert.ok((await features()).includes('portal.account.manage'));
});

test('the short spelling reaches the very same routes (decision 1)', async () => {
  const client = new Client(server);
  isOk(await client.post('/api/login', { email: SEEDED.buyer, password: 'Portcullis-dev-1', ...server.place }));
  assert.deepEqual(isOk(await client.get('/api/portal/profile')), isOk(await client.get(`${CA}/portal/profile`)));
  assert.deepEqual(isOk(await admin.get('/api/admin/roles')), isOk(await admin.get(roles())));
  const { id } = await account();
  assert.deepEqual(isOk(await admin.get(`/api/admin/users/${id}`)), isOk(await admin.get(users(`/${id}`))));
  isOk(await admin.request('PUT', `/api/admin/users/${id}`, { json: { displayName: 'Short' } }));
  isProblem(await client.get('/api/admin/users'), 401, 'Unauthorized');
  for (const [path, body] of [['/api/email/verify', { token: 'x' }], ['/api/magic-link/verify', { token: 'x' }], ['/api/password/reset-confirm', { token: 'x', password: 'a long password' }], ['/api/invitations/accept', { token: 'x', password: 'a long password', displayName: 'X' }]]) {
    const [short, long] = [await client.post(path, body), await client.post(path.replace('/api/', `${CA}/`), body)];
    assert.deepEqual([short.status, short.json.error], [400, long.json.error], path);
    assert.equal(long.status, 400);
  }
  isProblem(await client.get('/api/users'), 404);
  isProblem(await client.get('/api/loginx'), 404);
});
