// The back office about people who work here: their places, their permissions and what decided them, invitations.
import assert from 'node:assert/strict';
import { STRONG, answer, branch, clerk, dialog, fresh, member, press, roleNamed, staff } from './people.mjs';
import { office, settled } from './office.mjs';

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
    // The mail may be there before the list is.
    await page.waitForFunction(() => !document.querySelector('[data-busy]'));
    await settled(page);
    await answer(page, '/admin/invitations/*', [404, 'NOT_FOUND']);
    await press(page, `Take back the invitation of ${email}`);
    await dialog(page).getByRole('button', { name: 'Take back' }).click();
    await page.getByText('This does not exist any more.').waitFor();
    await press(page, `Take back the invitation of ${email}`);
    await dialog(page).getByRole('button', { name: 'Take back' }).click();
    await page.getByText(`The invitation of ${email} is taken back.`).waitFor();
  },
};
