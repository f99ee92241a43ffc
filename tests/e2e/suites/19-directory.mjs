// The directory on workerd and D1: a tenant and an organization are founded, people sign up, everything is suspended and
// resumed, and the tree stays a tree however many move it at once.
import { UUID, assert, isOk, isProblem } from '../harness/check.mjs';
import { Client } from '../harness/client.mjs';
import { CA, PASSWORD, SEED_PASSWORD, freshEmail, inbox, parallel, staff, tokenOf } from '../harness/people.mjs';
import { test } from '../harness/runner.mjs';
import { RAISED } from '../harness/secrets.mjs';
import { start } from '../harness/server.mjs';

const server = await start({ vars: RAISED });
const root = await staff(server, 'superadmin@acme.com');
const admin = await staff(server);
const DIR = '/api/directory';
const UNKNOWN_ID = '0190f5fe-7c00-7a00-8000-000000000001';
const EXPECTED = 'x-om-ext-optimistic-lock-expected-updated-at';

async function made(client, path, body) {
  const reply = await client.post(`${DIR}/${path}`, body);
  assert.equal(reply.status, 201, reply.text);
  assert.match(reply.json.id, UUID);
  return reply.json.id;
}

const done = async (reply) => assert.deepEqual((await reply).json, { ok: true });
const lookup = async (slug) => (await new Client(server).get(`${DIR}/organizations/lookup?slug=${slug}`)).status;

test('a tenant, an organization in it, a customer; suspended, the next request is refused; resumed, it is answered', async () => {
  const tenantId = await made(root, 'tenants', { name: 'Initech' });
  const organizationId = await made(root, 'organizations', { name: 'Initech West', tenantId });
  assert.equal(await lookup('initech-west'), 200);
  const email = freshEmail('d');
  const client = new Client(server);
  const logIn = () => client.post(`${CA}/login`, { email, password: PASSWORD, organizationId });
  assert.equal((await client.post(`${CA}/signup`, { email, password: PASSWORD, displayName: 'Dora', organizationId })).status, 202);
  const [mail] = await inbox(server, email);
  isOk(await client.post(`${CA}/email/verify`, { token: tokenOf(mail) }));
  const session = isOk(await logIn());
  assert.ok(session.resolvedFeatures.includes('portal.orders.*'), 'the default role of the pack');

  for (const what of [`tenants/${tenantId}`, `organizations/${organizationId}`]) {
    await done(root.post(`${DIR}/${what}/suspend`));
    const refused = await client.get(`${CA}/portal/profile`);
    assert.deepEqual([refused.status, refused.json.code], [403, 'tenant_suspended'], what);
    assert.deepEqual([(await logIn()).json.code, await lookup('initech-west')], ['tenant_suspended', 404], what);
    assert.equal((await client.post(`${CA}/portal/sessions-refresh`)).status, 401, what);
    await done(root.post(`${DIR}/${what}/resume`));
    assert.deepEqual([(await client.get(`${CA}/portal/profile`)).status, await lookup('initech-west')], [200, 200], what);
  }
  await done(root.delete(`${DIR}/tenants?id=${tenantId}`));
  assert.equal((await client.get(`${CA}/portal/profile`)).status, 401);
  isProblem(await logIn(), 400, 'Organization not found');
  isProblem(await root.post(`${DIR}/tenants/${tenantId}/resume`), 404, 'Tenant not found');
});

test('look-ups answer anybody: 200, 404 and 400 (F.3)', async () => {
  const anybody = new Client(server);
  for (const [path, status] of [
    ['organizations/lookup?slug=ACME', 200],
    ['organizations/lookup?slug=nobody-here', 404],
    ['organizations/lookup?slug=a%20b', 400],
    [`tenants/lookup?tenantId=${server.place.tenantId}`, 200],
    [`tenants/lookup?tenantId=${UNKNOWN_ID}`, 404],
    ['tenants/lookup?tenantId=x', 400],
  ]) {
    assert.equal((await anybody.get(`${DIR}/${path}`)).status, status, path);
  }
});

test('an employee writes nothing, and a tenant’s administrator nothing of the platform’s (F.3)', async () => {
  const employee = await staff(server, 'employee@acme.com');
  const id = server.place.organizationId;
  for (const [method, path, json] of [
    ['POST', 'organizations', { name: 'x' }],
    ['PUT', 'organizations', { id, name: 'x' }],
    ['DELETE', `organizations?id=${id}`, undefined],
    ['POST', `organizations/${id}/suspend`, undefined],
    ['PUT', 'organization-branding', { logoUrl: null }],
    ['POST', 'merchants', { name: 'x' }],
  ]) {
    isProblem(await employee.request(method, `${DIR}/${path}`, { json }), 403, 'Forbidden');
  }
  for (const client of [employee, admin]) {
    isProblem(await client.post(`${DIR}/tenants`, { name: 'x' }), 403, 'Forbidden');
    isProblem(await client.post(`${DIR}/partners`, { name: 'x' }), 403, 'Forbidden');
    isProblem(await client.post(`${DIR}/tenants/${server.place.tenantId}/suspend`), 403, 'Forbidden');
  }
});

test('a stale edit is refused with both versions (F.3)', async () => {
  const id = await made(admin, 'organizations', { name: 'Stale' });
  await done(admin.put(`${DIR}/organizations`, { id, name: 'Fresh' }));
  const old = '2020-01-01T00:00:00.000Z';
  const refused = await admin.request('PUT', `${DIR}/organizations`, { json: { id, name: 'Late' }, headers: { [EXPECTED]: old } });
  assert.equal(isProblem(refused, 409, 'record_modified').expectedUpdatedAt, old);
  const tenant = await made(root, 'tenants', { name: 'Stale' });
  await done(root.put(`${DIR}/tenants`, { id: tenant, name: 'Fresh' }));
  isProblem(await root.request('DELETE', `${DIR}/tenants?id=${tenant}`, { headers: { [EXPECTED]: old } }), 409, 'record_modified');
});

test('slugs are never shared, however many ask at once', async () => {
  const ids = await parallel(8, () => made(admin, 'organizations', { name: 'Twin Peaks' }));
  const slugs = await server.rows(`SELECT slug FROM organizations WHERE name = 'Twin Peaks'`);
  assert.equal(new Set(slugs.map((row) => row.slug)).size, ids.length);
});

test('of two moves that would close a circle one wins, every time', async () => {
  const browsers = [admin, await staff(server)];
  for (let round = 0; round < 20; round += 1) {
    const [a, b] = await parallel(2, (i) => made(admin, 'organizations', { name: `Ring ${round} ${i}` }));
    const replies = await parallel(2, (i) => browsers[i].put(`${DIR}/organizations`, i === 0 ? { id: a, parentId: b } : { id: b, parentId: a }));
    assert.deepEqual(replies.map((reply) => reply.status).sort(), [200, 400], replies.map((reply) => reply.text).join('\n'));
    isProblem(replies.find((reply) => reply.status === 400), 400, 'Cannot assign descendant as parent');
  }
  const circles = `SELECT count(*) FROM organization_paths p JOIN organization_paths q ON q.ancestor_id = p.descendant_id
    AND q.descendant_id = p.ancestor_id WHERE p.depth > 0`;
  assert.equal(await server.count(circles), 0);
});

test('a strict tenant: cookies stay at home, five sign-ins in a quarter of an hour', async () => {
  const tenantId = await made(root, 'tenants', { name: 'Fort', policy: 'strict' });
  const organizationId = await made(root, 'organizations', { name: 'Fort Knox', tenantId });
  const email = freshEmail('f');
  const client = new Client(server);
  const fine = 'Correct Horse Battery 9';
  assert.equal((await client.post(`${CA}/signup`, { email, password: fine, displayName: 'Flo', organizationId })).status, 202);
  const [mail] = await inbox(server, email);
  isOk(await client.post(`${CA}/email/verify`, { token: tokenOf(mail) }));
  const logIn = (password) => new Client(server).post(`${CA}/login`, { email, password, organizationId });
  const reply = await logIn(fine);
  isOk(reply);
  assert.ok(reply.cookies.every((line) => /SameSite=strict$/.test(line)), reply.cookies.join('\n'));
  const statuses = [];
  for (let n = 0; n < 7; n += 1) statuses.push((await logIn('wrong password')).status);
  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429]);
  isOk(await new Client(server).post('/api/auth/login', { email: 'admin@acme.com', password: SEED_PASSWORD, tenantId: server.place.tenantId }));
});
