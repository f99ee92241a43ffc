// Two who would each take away the other's standing, at once: one super admin, and one owner, is always left.
import { assert } from '../harness/check.mjs';
import { Client } from '../harness/client.mjs';
import { freshEmail, staff } from '../harness/people.mjs';
import { note, size, test } from '../harness/runner.mjs';
import { RAISED } from '../harness/secrets.mjs';
import { start } from '../harness/server.mjs';

const TRIALS = size(100, 300);
const PASSWORD = 'Succession-of-two-1';

/** Somebody of staff with a password and one role, signed in. */
async function person(server, root, role) {
  const email = freshEmail(role);
  const made = await root.post('/api/auth/users', { email, organizationId: server.place.organizationId, password: PASSWORD, roles: [role] });
  assert.equal(made.status, 201, made.text);
  const client = new Client(server);
  const login = await client.post('/api/auth/login', { email, password: PASSWORD });
  assert.equal(login.status, 200, login.text);
  return { client, id: made.json.id };
}

/** Two super admins by their own flag, and no other on the platform. */
async function superAdmins(server) {
  const root = await staff(server, 'superadmin@acme.com');
  const pair = [await person(server, root, 'employee'), await person(server, root, 'employee')];
  for (const { id } of pair) assert.equal((await root.put('/api/auth/users/acl', { userId: id, isSuperAdmin: true, features: [] })).status, 200);
  await server.db.prepare("UPDATE staff_users SET is_active = 0 WHERE email = 'superadmin@acme.com'").run();
  return pair;
}

const flags = (server, pair) => server.count(`SELECT count(*) FROM staff_user_acls WHERE deleted_at IS NULL AND is_super_admin = 1 AND user_id IN ('${pair[0].id}', '${pair[1].id}')`);

/** Trials in which nobody was left, and in which somebody lost the flag. */
async function trials(server, pair, count) {
  let nobody = 0;
  let taken = 0;
  for (let n = 0; n < count; n += 1) {
    const answers = await Promise.all(pair.map(({ client }, i) => client.put('/api/auth/users/acl', { userId: pair[1 - i].id, isSuperAdmin: false, features: ['auth.users.list'] })));
    for (const answer of answers) assert.ok([200, 400, 401, 403, 404, 409].includes(answer.status), `${answer.status} ${answer.text}`);
    const left = await flags(server, pair);
    if (left === 0) nobody += 1;
    if (left < 2) taken += 1;
    // As it was, behind everybody's back.
    for (const { id } of pair) {
      await server.db
        .prepare("UPDATE staff_user_acls SET is_super_admin = 1, features_json = '[]', deleted_at = NULL, updated_at = updated_at + 1 WHERE id = (SELECT id FROM staff_user_acls WHERE user_id = ? ORDER BY created_at DESC LIMIT 1)")
        .bind(id)
        .run();
    }
  }
  return { nobody, taken };
}

test(`of two super admins who take the flag from each other one is left, ${TRIALS} times (D5)`, async () => {
  const server = await start({ vars: RAISED });
  const pair = await superAdmins(server);
  const { nobody, taken } = await trials(server, pair, TRIALS);
  note(`somebody lost the flag in ${taken} of ${TRIALS} trials`);
  assert.equal(nobody, 0);
  assert.ok(taken > TRIALS / 2, `only ${taken} trials changed anything`);
}, { timeout: 240_000 });

test('… and a server that only looks first is caught (D5 twin)', async () => {
  const server = await start({ vars: RAISED, twin: 'last-admin-by-look' });
  const pair = await superAdmins(server);
  let nobody = 0;
  for (let n = 0; n < 8 && nobody === 0; n += 1) ({ nobody } = await trials(server, pair, 25));
  assert.ok(nobody > 0, 'the twin always left somebody');
}, { timeout: 240_000 });

test(`of an owner who is removed and one who leaves at that moment one is left, ${TRIALS} times (D5)`, async () => {
  const server = await start({ vars: RAISED });
  const root = await staff(server, 'superadmin@acme.com');
  const owners = [await person(server, root, 'owner'), await person(server, root, 'owner')];
  const memberships = await Promise.all(owners.map(({ id }) => server.row("SELECT m.id FROM staff_memberships m JOIN staff_roles r ON r.id = m.role_id WHERE m.user_id = ? AND r.slug = 'owner' AND m.deleted_at IS NULL", id)));
  assert.ok(memberships.every(Boolean), 'both are owners');
  const admin = await staff(server, 'admin@acme.com');
  let changed = 0;
  for (let n = 0; n < TRIALS; n += 1) {
    const [removed, left] = await Promise.all([
      admin.request('DELETE', `/api/auth/users/${owners[0].id}/memberships/${memberships[0].id}`),
      owners[1].client.request('DELETE', `/api/auth/memberships/${memberships[1].id}`),
    ]);
    for (const answer of [removed, left]) assert.ok([200, 400, 401, 403, 404, 409].includes(answer.status), `${answer.status} ${answer.text}`);
    const owning = await server.count(`SELECT count(*) FROM staff_memberships WHERE id IN ('${memberships[0].id}', '${memberships[1].id}') AND deleted_at IS NULL`);
    assert.ok(owning >= 1, `trial ${n}: no owner left (${removed.status}, ${left.status})`);
    if (owning < 2) changed += 1;
    await server.db.prepare(`UPDATE staff_memberships SET deleted_at = NULL WHERE id IN ('${memberships[0].id}', '${memberships[1].id}')`).run();
  }
  note(`somebody went in ${changed} of ${TRIALS} trials`);
  assert.ok(changed > TRIALS / 2, `only ${changed} trials changed anything`);
}, { timeout: 240_000 });

