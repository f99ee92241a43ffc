// The back office about people who work here: their places, their permissions and why, roles, invitations, notices, one's own account.
import assert from 'node:assert/strict';
import { CA, CANARY, SEED, answer, fresh, member, open, signInStaff } from './people.mjs';
import { office, settled } from './office.mjs';

const STRONG = 'correct horse battery staple 9X';
const short = (tag) => `${tag} ${fresh('x').slice(2, 8)}`;

/** Calls of somebody on the staff, beside the browser: what the cases need done before they can begin. */
async function staff({ server }, email = 'admin@acme.com', password = SEED) {
  const signedIn = await server.post('/api/auth/login', { email, password });
  assert.equal(signedIn.status, 200, await signedIn.clone().text());
  const cookie = signedIn.headers.getSetCookie().map((one) => one.split(';')[0]).join('; ');
  return async (method, path, body) => {
    const reply = await fetch(server.url + path, { method, headers: { cookie, ...(body ? { 'content-type': 'application/json' } : {}) }, body: body && JSON.stringify(body), signal: AbortSignal.timeout(30_000) });
    const json = await reply.json();
    assert.ok(reply.ok, `${method} ${path}: ${reply.status} ${JSON.stringify(json)}`);
    return json;
  };
}

const roleNamed = async (call, slug) => (await call('GET', '/api/auth/roles?pageSize=100')).items.find((role) => role.slug === slug);

/** Somebody who works at Acme, with a password. */
async function clerk(tools, call, { role = 'employee', name = CANARY, tag = 'clerk' } = {}) {
  const email = fresh(tag);
  const { id } = await call('POST', '/api/auth/users', { email, name, password: STRONG, organizationId: tools.server.place.organizationId, roles: [(await roleNamed(call, role)).id] });
  return { id, email, password: STRONG };
}

/** Another organization, with a store. */
async function branch(call) {
  const name = short('Branch');
  const { id } = await call('POST', '/api/directory/organizations', { name });
  await call('POST', '/api/directory/merchants', { name: `${name} Harbour`, organizationId: id });
  return { id, name };
}

const dialog = (page) => page.getByRole('dialog');
const press = (page, name) => page.getByRole('button', { name, exact: true }).click();

export const cases = {
  async 'back office people: places are given with stores, changed and ended; twice is refused'(tools) {
    const call = await staff(tools);
    const [person, place] = [await clerk(tools, call), await branch(call)];
    const me = await office(tools, `/backend/users/${person.id}`, { slow: 150 });
    const { page } = me;
    await page.getByText('employee').first().waitFor();
    await me.inspect('staff-person');
    const give = async (role) => {
      await press(page, 'Give a place');
      await dialog(page).getByLabel('Place').selectOption({ label: place.name });
      await dialog(page).getByLabel('Role').selectOption({ label: role });
      await dialog(page).getByLabel(`${place.name} Harbour`).check();
    };
    await give('cashier');
    assert.ok(await dialog(page).locator('option', { hasText: /^admin$/ }).isDisabled(), 'a role of one’s own height is not offered');
    await dialog(page).getByText('at or above your own cannot be chosen').waitFor();
    await me.inspect('staff-person-give-place', { shift: false });
    await dialog(page).getByRole('button', { name: 'Give', exact: true }).click();
    await page.getByText('The place is given.').waitFor();
    await page.getByText('1 store').waitFor();
    await give('cashier');
    await dialog(page).getByRole('button', { name: 'Give', exact: true }).click();
    await dialog(page).getByText('This person holds the role there already.').waitFor();
    await me.inspect('staff-person-place-twice', { shift: false });
    await dialog(page).getByRole('button', { name: 'Cancel' }).click();
    await press(page, `Change cashier at ${place.name}`);
    assert.ok(await dialog(page).getByLabel(`${place.name} Harbour`).isChecked());
    await dialog(page).getByLabel('Role').selectOption({ label: 'owner' });
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await page.getByText('Changed. It holds').waitFor();
    // The last owner of an organization stays.
    await press(page, `End owner at ${place.name}`);
    await dialog(page).getByRole('button', { name: 'End' }).click();
    await page.getByText('The last owner of an organization has to stay.').waitFor();
    await me.inspect('staff-person-last-owner', { shift: false });
    await press(page, 'End employee at Acme');
    await dialog(page).getByRole('button', { name: 'End' }).click();
    await page.getByText('The place is taken away.').waitFor();
    const { items } = await call('GET', `/api/auth/users/${person.id}/memberships`);
    assert.deepEqual(items.map((one) => [one.role.slug, one.organizationId, one.merchantIds.length]), [['owner', place.id, 1]]);
    await page.goto(`/backend/users?organizationId=${place.id}`);
    await page.getByText('1 entry').waitFor();
    assert.equal(await page.getByLabel('Organization').nth(1).inputValue(), place.id);
    await page.getByLabel('Role', { exact: true }).selectOption({ label: 'cashier' });
    await page.getByText('Nothing matches.').waitFor();
  },

  async 'back office people: who stands as high is looked at only, and the reason stands there'(tools) {
    const root = await staff(tools, 'superadmin@acme.com');
    const peer = await clerk(tools, root, { role: 'admin', name: 'Petra Peer', tag: 'peer' });
    const me = await office(tools, `/backend/users/${peer.id}`);
    const { page } = me;
    const change = page.getByRole('button', { name: 'Change admin at Acme' });
    await change.waitFor();
    assert.equal(await change.getAttribute('aria-disabled'), 'true');
    await page.getByText('stands at or above your own, so you cannot give or take it').waitFor();
    await change.click({ force: true });
    await page.getByRole('button', { name: 'Suspend' }).click({ force: true });
    assert.equal(await dialog(page).count(), 0);
    await me.inspect('staff-person-peer', { shift: false });
    // What the page does not know is refused by the server, and said in words: this one is promoted meanwhile.
    const rising = await clerk(tools, root, { name: 'Rita Rising' });
    await page.goto(`/backend/users/${rising.id}`);
    await page.getByRole('button', { name: 'Suspend' }).waitFor();
    await root('POST', `/api/auth/users/${rising.id}/memberships`, { roleId: (await roleNamed(root, 'admin')).id });
    await press(page, 'Suspend');
    await dialog(page).getByRole('button', { name: 'Suspend' }).click();
    await page.getByText('This person stands at or above you').waitFor();
    await me.inspect('staff-person-refused', { shift: false });
    await page.goto(`/backend/users/${peer.id}/access`);
    await page.getByText('This person stands at or above you').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Save permissions' }).count(), 0);
  },

  async 'back office people: permissions are granted and denied, and the reason of each is read'(tools) {
    const call = await staff(tools);
    const person = await clerk(tools, call, { name: 'Erik Effect' });
    const me = await office(tools, `/backend/users/${person.id}`, { slow: 150 });
    const { page } = me;
    await page.getByRole('link', { name: 'Permissions' }).click();
    await page.getByRole('heading', { name: 'Permissions of Erik Effect' }).waitFor();
    const row = (feature) => page.getByRole('row').filter({ has: page.getByText(feature, { exact: true }) });
    await row('customer_accounts.view').getByText('Nothing grants it.').waitFor();
    await me.inspect('staff-access', { shift: false });
    const [adds, denies] = [page.getByRole('group', { name: 'Granted beside the roles' }), page.getByRole('group', { name: 'Denied, whatever the roles say' })];
    await adds.locator('summary', { hasText: 'Customer accounts' }).click();
    await adds.getByLabel('Everything in “Customer accounts”').check();
    await adds.getByText('Covered by customer_accounts.*').locator('visible=true').first().waitFor();
    await denies.locator('summary', { hasText: 'Customer accounts' }).click();
    await denies.getByLabel('Change customer accounts').check();
    await adds.locator('summary', { hasText: 'Platform' }).click();
    assert.ok(await adds.getByLabel('Rotate and remove signing keys').isDisabled(), 'what one does not hold one cannot give');
    await adds.getByText('You do not hold this yourself').locator('visible=true').first().waitFor();
    await me.inspect('staff-access-ticked', { shift: false });
    // Left and come back to: what was ticked is still there.
    await page.reload();
    await adds.getByText('What you ticked before is here again.').waitFor();
    await adds.getByLabel('Another grant').fill('*');
    await adds.getByRole('button', { name: 'Add', exact: true }).click();
    await press(page, 'Save permissions');
    await page.getByText('Only super admins may grant everything (*).').waitFor();
    await me.inspect('staff-access-refused', { shift: false });
    await adds.getByRole('button', { name: 'Remove *' }).click();
    await press(page, 'Save permissions');
    await page.getByText('Permissions saved.').waitFor();
    await row('customer_accounts.view').getByText('Granted to this account itself: customer_accounts.*.').waitFor();
    await row('customer_accounts.manage').getByText('Denied to this account: customer_accounts.manage. A denial wins.').waitFor();
    await page.getByLabel('Which').selectOption('yes');
    assert.ok(await page.getByRole('row').filter({ hasText: 'customer_accounts.manage' }).count() === 0);
    await me.inspect('staff-access-saved', { shift: false });
    await page.reload();
    await row('customer_accounts.view').waitFor();
    assert.equal(await page.getByText('What you ticked before').count(), 0, 'nothing is left over');
    await press(page, 'Let the roles decide alone');
    await dialog(page).getByRole('button', { name: 'Let the roles decide alone' }).click();
    await page.getByText('The roles decide alone again.').waitFor();
    await row('customer_accounts.view').getByText('Nothing grants it.').waitFor();
    await page.goto(`/backend/users/${(await call('POST', '/api/auth/feature-check', { features: [] })).userId}/access`);
    await page.getByText('Nobody changes their own permissions.').waitFor();
    await me.inspect('staff-access-own', { shift: false });
  },

  async 'back office people: a customer’s own list stands in the place of the roles'(tools) {
    const user = await member(tools, { displayName: 'Karla Kunde' });
    const me = await office(tools, `/backend/customer_accounts/${user.id}`);
    const { page } = me;
    await page.getByRole('link', { name: 'Permissions' }).click();
    const row = (feature) => page.getByRole('row').filter({ has: page.getByText(feature, { exact: true }) });
    await row('portal.orders.view').getByText('The role “Buyer” grants portal.orders.*.').waitFor();
    await me.inspect('staff-customer-access', { shift: false });
    await page.locator('summary', { hasText: 'Customer portal' }).click();
    await page.getByLabel('See invoices').check();
    await answer(page, `/admin/users/${user.id}/acl`, [503, 'UNAVAILABLE']);
    await press(page, 'Put this in the place of the roles');
    await page.getByText('cannot be reached for a moment').waitFor();
    assert.ok(await page.getByLabel('See invoices').isChecked());
    await me.inspect('staff-customer-access-trouble', { shift: false });
    await press(page, 'Put this in the place of the roles');
    await page.getByText('Permissions saved.').waitFor();
    await row('portal.orders.view').getByText('The role “Buyer” would grant it').waitFor();
    await row('portal.invoices.view').getByText('Granted to this account itself').waitFor();
    await me.inspect('staff-customer-access-saved', { shift: false });
  },

  async 'back office people: a role is made below one’s own, given grants, and changed for one organization'(tools) {
    const call = await staff(tools);
    const [name, place] = [short('Shift lead'), await branch(call)];
    const me = await office(tools, '/backend/roles', { slow: 150 });
    const { page } = me;
    await page.getByRole('link', { name: 'employee' }).waitFor();
    await me.inspect('staff-roles');
    await press(page, 'New role');
    await dialog(page).getByLabel('Name', { exact: true }).fill(name);
    await dialog(page).getByLabel('Height').fill('700');
    await dialog(page).getByRole('button', { name: 'Create role' }).click();
    await dialog(page).getByText('This role stands at or above your own').waitFor();
    await me.inspect('staff-role-too-high', { shift: false });
    await dialog(page).getByLabel('Height').fill('9999');
    await dialog(page).getByRole('button', { name: 'Create role' }).click();
    await dialog(page).getByText('A whole number from 1 to 1000.').waitFor();
    await dialog(page).getByLabel('Height').fill('400');
    await dialog(page).getByRole('button', { name: 'Create role' }).click();
    await page.getByRole('heading', { name, level: 1 }).waitFor();
    await settled(page);
    await page.locator('summary', { hasText: 'Directory' }).click();
    assert.ok(await page.getByLabel('Change tenants').isDisabled());
    await page.getByLabel('Change merchants').check();
    assert.ok(await page.getByLabel('See merchants').isChecked(), 'it brings what it needs');
    await me.inspect('staff-role', { shift: false });
    await press(page, 'Save permissions');
    await page.getByText('Permissions saved.').waitFor();
    await press(page, 'Edit');
    await dialog(page).getByLabel('Description').fill(CANARY);
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.', { exact: true }).waitFor();
    await page.getByLabel('Organization', { exact: true }).last().selectOption({ label: place.name });
    await press(page, 'Look at it');
    await page.getByRole('heading', { name: `${name} in ${place.name}` }).waitFor();
    await settled(page);
    const removes = page.getByRole('group', { name: 'Taken from the role' });
    await removes.locator('summary', { hasText: 'Directory' }).click();
    await removes.getByLabel('Change merchants').check();
    await me.inspect('staff-role-override', { shift: false });
    await press(page, 'Save permissions');
    await page.getByText('Saved. It holds from the next click on.').waitFor();
    const role = await roleNamed(call, name.toLowerCase().replaceAll(' ', '_')) ?? (await call('GET', `/api/auth/roles?search=${encodeURIComponent(name)}`)).items[0];
    assert.deepEqual((await call('GET', `/api/auth/roles/${role.id}/overrides/${place.id}`)).removes, ['directory.merchants.manage']);
    // Somebody who holds it there reads why not.
    const { id } = await call('POST', '/api/auth/users', { email: fresh('lead'), password: STRONG, organizationId: place.id, roles: [role.id] });
    await page.goto(`/backend/users/${id}/access`);
    await page.getByLabel('Seen in').selectOption({ label: place.name });
    const row = page.getByRole('row').filter({ has: page.getByText('directory.merchants.manage', { exact: true }) });
    await row.getByText(`The role “${name}” grants it, but the organization takes directory.merchants.manage away.`).waitFor();
    await page.goto(`/backend/roles/${role.id}`);
    await page.getByText('1 person').waitFor();
    await press(page, 'Delete');
    await dialog(page).getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Somebody holds this role').waitFor();
    await me.inspect('staff-role-held', { shift: false });
    const high = await roleNamed(call, 'admin');
    await page.goto(`/backend/roles/${high.id}`);
    await page.getByText('This role stands at or above your own, so you cannot change it.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Save permissions' }).count(), 0);
    await me.inspect('staff-role-looked-at', { shift: false });
  },

  async 'back office people: packs bring roles once; default roles get back what they lack'(tools) {
    const me = await office(tools, '/backend/roles/packs', { slow: 150 });
    const { page } = me;
    await page.getByRole('button', { name: 'Apply: Roles of a sales team' }).waitFor();
    await me.inspect('staff-role-packs', { shift: false });
    await answer(page, '/apply', [503, 'UNAVAILABLE']);
    const apply = async () => {
      await page.getByRole('button', { name: 'Apply: Roles of a sales team' }).click();
      await dialog(page).getByRole('button', { name: 'Apply' }).click();
    };
    await apply();
    await page.getByText('cannot be reached for a moment').waitFor();
    await apply();
    await page.getByText(/Made: |Nothing was missing/).waitFor();
    await apply();
    await page.getByText('Nothing was missing.').waitFor();
    await press(page, 'Repair the default roles');
    await dialog(page).getByRole('button', { name: 'Repair the default roles' }).click();
    await page.getByText(/Nothing was missing|Completed: /).waitFor();
    await me.inspect('staff-role-packs-applied', { shift: false });
  },

  async 'back office people: invitations to a place: sent, sent again, taken back'(tools) {
    const email = fresh('guest');
    const me = await office(tools, '/backend/invitations', { slow: 150 });
    const { page } = me;
    await settled(page);
    await me.inspect('staff-invitations', { shift: false });
    await press(page, 'Invite');
    await dialog(page).getByLabel('E-mail address').fill(email);
    await dialog(page).getByLabel('Place').selectOption({ label: 'Acme' });
    await dialog(page).getByLabel('Role').selectOption({ label: 'cashier' });
    await me.inspect('staff-invitation-new', { shift: false });
    await answer(page, '/memberships/invite', [403, 'FORBIDDEN']);
    await dialog(page).getByRole('button', { name: 'Send invitation' }).click();
    await dialog(page).getByText('You are not allowed to do this.').waitFor();
    await dialog(page).getByRole('button', { name: 'Send invitation' }).click();
    await page.getByText(`Invitation sent to ${email}.`).waitFor();
    const first = await tools.server.mail(email);
    await page.getByRole('row').filter({ hasText: email }).getByText('cashier').waitFor();
    await me.inspect('staff-invitations-pending', { shift: false });
    const after = Date.now();
    await press(page, `Send again: invitation to ${email}`);
    await page.getByText(`Invitation sent to ${email}.`).waitFor();
    const second = await tools.server.mail(email, { after });
    assert.notEqual(first.links[0], second.links[0]);
    await press(page, `Take back the invitation of ${email}`);
    await dialog(page).getByRole('button', { name: 'Take back' }).click();
    await page.getByText(`The invitation of ${email} is taken back.`).waitFor();
    const token = new URL(second.links[0]).pathname.split('/').pop();
    assert.equal((await tools.server.post('/api/auth/memberships/accept', { token, password: STRONG })).status, 400);
    await me.inspect('staff-invitations-taken-back', { shift: false });
  },

  async 'back office people: invitations of customers: sent again, taken back'(tools) {
    const email = fresh('shopper');
    const me = await office(tools, '/backend/customer_accounts/invitations', { slow: 150 });
    const { page } = me;
    await settled(page);
    await press(page, 'Invite');
    await dialog(page).getByLabel('E-mail address').fill(email);
    await dialog(page).getByRole('button', { name: 'Send invitation' }).click();
    await page.getByText(`Invitation sent to ${email}.`).waitFor();
    await me.inspect('staff-customer-invitations', { shift: false });
    await tools.server.mail(email);
    const after = Date.now();
    await press(page, `Send again: invitation to ${email}`);
    await tools.server.mail(email, { after });
    await answer(page, '/admin/invitations/*', [404, 'NOT_FOUND']);
    await press(page, `Take back the invitation of ${email}`);
    await dialog(page).getByRole('button', { name: 'Take back' }).click();
    await page.getByText('This does not exist any more.').waitFor();
    await press(page, `Take back the invitation of ${email}`);
    await dialog(page).getByRole('button', { name: 'Take back' }).click();
    await page.getByText(`The invitation of ${email} is taken back.`).waitFor();
  },

  async 'back office people: the bell counts, notices are read and dismissed, and lead on'(tools) {
    const call = await staff(tools);
    const person = await clerk(tools, call, { name: 'Nora Notice' });
    const rolesOf = async (...slugs) => call('PUT', '/api/auth/users', { id: person.id, roles: await Promise.all(slugs.map(async (slug) => (await roleNamed(call, slug)).id)) });
    await rolesOf('employee', 'cashier');
    await rolesOf('employee');
    const me = await open(tools, { slow: 150 });
    const { page } = me;
    await signInStaff(me, tools.server, person.email, person.password);
    await page.goto('/backend');
    const bell = page.locator('[data-bell]');
    await bell.locator('.count').waitFor();
    assert.match(await bell.innerText(), /2/);
    await bell.click();
    await page.getByText('You were given a role: cashier').waitFor();
    await page.getByText('A role was taken from you: cashier').waitFor();
    await me.inspect('staff-notices', { shift: false });
    await answer(page, '/dismiss', [503, 'UNAVAILABLE']);
    await page.getByRole('button', { name: /Dismiss/ }).first().click();
    await page.getByText('cannot be reached for a moment').waitFor();
    await page.getByRole('button', { name: 'Mark as read: You were given a role: cashier' }).click();
    await bell.getByText('1 unread message').waitFor({ state: 'attached' });
    await press(page, 'Mark all as read');
    await bell.locator('.count').waitFor({ state: 'hidden' });
    for (const left of [1, 0]) {
      await page.getByRole('button', { name: /Dismiss/ }).first().click();
      await page.waitForFunction((n) => document.querySelectorAll('main .list > li').length === n || (n === 0 && document.querySelector('main .list').hidden), left);
    }
    await page.getByRole('heading', { name: 'Nothing new' }).waitFor();
    await me.inspect('staff-notices-none', { shift: false });
    await page.goto('/backend/auth/profile');
    await page.getByRole('heading', { name: 'Own account' }).waitFor();
  },

  async 'back office people: one’s own account: address, password, devices, places'(tools) {
    const call = await staff(tools);
    const [person, place] = [await clerk(tools, call, { name: 'Olga Own' }), await branch(call)];
    await call('POST', `/api/auth/users/${person.id}/memberships`, { roleId: (await roleNamed(call, 'cashier')).id, organizationId: place.id });
    const [me, other] = [await open(tools, { slow: 150 }), await open(tools)];
    const { page } = me;
    for (const one of [other, me]) await signInStaff(one, tools.server, person.email, person.password);
    await page.goto('/backend/profile');
    await page.getByText('This device').waitFor();
    await me.inspect('staff-profile');
    await page.getByLabel('Current password').fill('not this one at all');
    await page.getByLabel('New password').fill(`${STRONG} again`);
    await press(page, 'Change password');
    await page.getByText('The current password is not right.').waitFor();
    await me.inspect('staff-profile-wrong', { shift: false });
    await press(page, 'Sign out everywhere else');
    await dialog(page).getByRole('button', { name: 'Sign out everywhere else' }).click();
    await page.getByText('Only this device is signed in now.').waitFor();
    assert.equal((await other.context.request.get(`${tools.server.url}/api/auth/sessions`)).status(), 401);
    await press(page, 'Change the address');
    await dialog(page).getByLabel('E-mail address').fill('admin@acme.com');
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await dialog(page).getByText('This address is in use already').waitFor();
    await me.inspect('staff-profile-address', { shift: false });
    const email = fresh('renamed');
    await dialog(page).getByLabel('E-mail address').fill(email);
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await page.getByText('Your address is changed.').waitFor();
    await press(page, `Leave Acme · ${place.name} as cashier`);
    await dialog(page).getByRole('button', { name: 'Leave' }).click();
    await page.getByText(`You are no longer cashier at Acme · ${place.name}.`).waitFor();
    await page.getByLabel('Current password').fill(person.password);
    await page.getByLabel('New password').fill(`${STRONG} again`);
    await press(page, 'Change password');
    await page.getByText('Password changed.').waitFor();
    await signInStaff(other, tools.server, email, `${STRONG} again`);
  },

  async 'back office people: another tenant is gone to from the top of the page; a place that is lost leads to the others'(tools) {
    const { server } = tools;
    const root = await staff(tools, 'superadmin@acme.com');
    const call = await staff(tools);
    const person = await clerk(tools, call, { name: 'Two Tenants' });
    const tenant = short('Second');
    const { id: tenantId } = await root('POST', '/api/directory/tenants', { name: tenant });
    const role = (await root('GET', `/api/auth/roles?tenantId=${tenantId}&pageSize=100`)).items.find((one) => one.slug === 'admin' && one.tenantId === tenantId);
    await root('POST', `/api/auth/users/${person.id}/memberships`, { tenantId, roleId: role.id });
    const me = await open(tools, { slow: 100 });
    const { page } = me;
    await signInStaff(me, server, person.email, person.password);
    await page.goto('/backend');
    const where = page.locator('[data-place]');
    await page.getByText('There is nothing here that you may open.').waitFor();
    await where.locator('option', { hasText: tenant }).waitFor({ state: 'attached' });
    await me.inspect('staff-places', { shift: false });
    await where.selectOption({ label: tenant });
    await page.locator('.tile', { hasText: 'People' }).first().waitFor();
    await me.inspect('staff-other-tenant', { shift: false });
    await server.run('UPDATE staff_memberships SET deleted_at = 1 WHERE user_id = ? AND tenant_id = ?', person.id, tenantId);
    await page.goto('/backend/users');
    await page.getByRole('heading', { name: 'No access' }).waitFor();
    await page.getByRole('button', { name: 'Go there: Acme · Acme' }).waitFor();
    await me.inspect('staff-stranded', { shift: false });
    await page.getByRole('button', { name: 'Go there: Acme · Acme' }).click();
    await page.getByText('There is nothing here that you may open.').waitFor();
  },

  async 'back office people: a session that ends under a long form or a dialog takes nothing with it'(tools) {
    const call = await staff(tools);
    const [boss, name] = [await clerk(tools, call, { role: 'owner', name: 'Berta Boss', tag: 'boss' }), short('Kept')];
    await call('POST', `/api/auth/users/${boss.id}/memberships`, { roleId: (await roleNamed(call, 'owner')).id });
    const person = await clerk(tools, call, { name: 'Erik Edited' });
    const me = await open(tools);
    const { page } = me;
    await signInStaff(me, tools.server, boss.email, boss.password);
    const end = () => tools.server.run('UPDATE staff_user_sessions SET deleted_at = 1 WHERE user_id = ?', boss.id);
    const again = async () => {
      const box = page.getByRole('dialog', { name: 'Please sign in again' });
      await box.getByLabel('Password').fill('wrong wrong wrong');
      await page.keyboard.press('Enter');
      await box.getByText('That did not work').waitFor();
      await box.getByLabel('Password').fill(boss.password);
      await page.keyboard.press('Enter');
    };
    await page.goto('/backend/roles');
    await press(page, 'New role');
    await dialog(page).getByLabel('Name', { exact: true }).fill(name);
    await dialog(page).getByLabel('Description').fill('Written before the end');
    await end();
    await dialog(page).getByRole('button', { name: 'Create role' }).click();
    await page.getByRole('dialog', { name: 'Please sign in again' }).waitFor();
    await me.inspect('staff-again', { shift: false });
    await again();
    await page.getByRole('heading', { name, level: 1 }).waitFor();
    await page.getByText('Written before the end').waitFor();
    await page.goto(`/backend/users/${person.id}/access`);
    const adds = page.getByRole('group', { name: 'Granted beside the roles' });
    await adds.locator('summary', { hasText: 'Directory' }).click();
    await adds.getByLabel('See merchants').check();
    await end();
    await press(page, 'Save permissions');
    await page.getByRole('dialog', { name: 'Please sign in again' }).getByRole('button', { name: 'Cancel' }).click();
    assert.ok(await adds.getByLabel('See merchants').isChecked());
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.getByLabel('E-mail address').fill(boss.email);
    await page.getByLabel('Password', { exact: true }).fill(boss.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await adds.getByText('What you ticked before is here again.').waitFor();
    // An access token alone that ran out is renewed without a word.
    await me.context.clearCookies({ name: 'auth_token' });
    await press(page, 'Save permissions');
    await page.getByText('Permissions saved.').waitFor();
    assert.deepEqual((await call('GET', `/api/auth/users/acl?userId=${person.id}`)).features, ['directory.merchants.view']);
  },
};
