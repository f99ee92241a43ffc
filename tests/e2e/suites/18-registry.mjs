// Companies and people, and how accounts find them and are found.
import { UUID, assert, isOk, isProblem } from '../harness/check.mjs';
import { Client } from '../harness/client.mjs';
import { CA, PASSWORD, freshEmail, member, signUp, signedIn, staff } from '../harness/people.mjs';
import { test } from '../harness/runner.mjs';
import { RAISED } from '../harness/secrets.mjs';
import { start } from '../harness/server.mjs';

const server = await start({ vars: RAISED });
const admin = await staff(server);
const crm = (rest) => `/api/customers/${rest}`;
const UNKNOWN_ID = '0190f5fe-7c00-7a00-8000-000000000001';

async function create(kind, body) {
  const made = isOk(await admin.post(crm(kind), body), 201);
  assert.deepEqual([Object.keys(made).sort(), made.entityId], [['entityId', 'id'], made.id]);
  assert.match(made.id, UUID);
  return made.id;
}

const linksOf = async (email) => {
  const row = await server.row('SELECT person_entity_id AS person, customer_entity_id AS company FROM customer_users WHERE email = ? AND deleted_at IS NULL', email);
  return [row.person, row.company];
};

test('companies are made, found by word, address and external id, changed and deleted', async () => {
  const id = await create('companies', { displayName: 'Nordwind Handel', primaryEmail: 'Desk@Nordwind.example', externalId: 'nw-1' });
  for (const query of ['search=nordw', 'email=desk@nordwind.example', 'externalId=nw-1']) {
    assert.deepEqual(isOk(await admin.get(crm(`companies?${query}`))).items.map((item) => item.id), [id], query);
  }
  isProblem(await admin.post(crm('companies'), { displayName: 'Two', externalId: 'nw-1' }), 409, 'This external id is already in use');
  isProblem(await admin.post(crm('companies'), {}), 400, 'Validation failed');
  isOk(await admin.request('PUT', crm('companies'), { json: { id, displayName: 'Südwind', externalId: null } }));
  assert.equal(isOk(await admin.get(crm('companies?search=sudw'))).items[0].displayName, 'Südwind');
  isOk(await admin.request('DELETE', crm(`companies?id=${id}`)));
  isProblem(await admin.request('DELETE', crm(`companies?id=${id}`)), 404, 'Company not found');
});

test('who signs up finds their person and company; a person made later finds their account; deletion unlinks', async () => {
  const company = await create('companies', { displayName: 'Ostwind' });
  const [early, late] = [freshEmail('early'), freshEmail('late')];
  const person = await create('people', { displayName: 'Early Bird', primaryEmail: early.toUpperCase(), companyId: company });
  await signUp(new Client(server), { email: early });
  assert.deepEqual(await linksOf(early), [person, company]);

  await member(server, { email: late });
  assert.deepEqual(await linksOf(late), [null, null]);
  const browser = await signedIn(server, { email: late, password: PASSWORD });
  const made = await create('people', { displayName: 'Late Bird', primaryEmail: late, companyId: company });
  assert.deepEqual(await linksOf(late), [made, company]);
  const { user } = isOk(await browser.get(`${CA}/portal/profile`));
  assert.deepEqual([user.personEntityId, user.customerEntityId], [made, company], 'seen at once');

  isOk(await admin.request('DELETE', crm(`people?id=${made}`)));
  assert.deepEqual(await linksOf(late), [null, company]);
  isOk(await admin.request('DELETE', crm(`companies?id=${company}`)));
  assert.deepEqual(await linksOf(late), [null, null]);
  assert.deepEqual(await linksOf(early), [person, null]);
});

test('accounts are linked by hand, to what exists and is of the right kind; portal users are refused', async () => {
  const company = await create('companies', { displayName: 'Westwind' });
  const person = await create('people', { displayName: 'Pat' });
  const email = freshEmail();
  isProblem(await admin.post(`${CA}/admin/users`, { email, password: PASSWORD, displayName: 'P', customerEntityId: person }), 400, 'Company not found');
  const { user } = isOk(await admin.post(`${CA}/admin/users`, { email, password: PASSWORD, displayName: 'P', customerEntityId: company }), 201);
  const link = (body) => admin.request('PUT', `${CA}/admin/users/${user.id}`, { json: body });
  isProblem(await link({ customerEntityId: UNKNOWN_ID }), 400, 'Company not found');
  isOk(await link({ personEntityId: person, customerEntityId: null }));
  assert.deepEqual(await linksOf(email), [person, null]);
  isProblem(await (await signedIn(server)).get(crm('companies')), 401, 'Unauthorized');
  isProblem(await (await staff(server, 'employee@acme.com')).get(crm('companies')), 403, 'Forbidden');
});
