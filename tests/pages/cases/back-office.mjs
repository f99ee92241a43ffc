// The back office beyond customers: the trail, staff, the directory, and invitations to work elsewhere.
import assert from 'node:assert/strict';
import { fresh, open, PASSWORD } from './people.mjs';
import { office } from './office.mjs';

export const cases = {
  async 'the audit trail: filtered, unfolded, checked for tampering'(tools) {
    const me = await office(tools, '/backend/audit?action=login.success', { slow: 200 });
    const { page } = me;
    await page.locator('.trail li code', { hasText: 'login.success' }).first().waitFor();
    await me.inspect('staff-audit', { shift: false });
    await page.getByText('Details').first().click();
    await page.getByText('Request').first().waitFor();
    await page.getByLabel('Action').fill('no.such.thing');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText('Nothing matches.').waitFor();
    await page.getByRole('button', { name: 'Check for tampering' }).click();
    await page.getByText('The trail is whole').waitFor();
    await me.inspect('staff-audit-sound', { shift: false });
  },

  async 'staff: somebody is invited, sets a password by the mailed link, and signs in; suspended, they cannot'(tools) {
    const email = fresh('clerk');
    const me = await office(tools, '/backend/users', { slow: 200 });
    const { page } = me;
    await page.getByRole('link', { name: 'admin@acme.com' }).or(page.getByText('admin@acme.com')).first().waitFor();
    await me.inspect('staff-people');
    await page.getByRole('button', { name: 'New person' }).click();
    await page.getByRole('dialog').getByLabel('E-mail address').fill(email);
    await page.getByRole('dialog').getByLabel('employee').check();
    await me.inspect('staff-person-new', { shift: false });
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
    await page.getByText(`Invitation sent to ${email}`).waitFor();
    const mail = await tools.server.mail(email);
    const them = await open(tools);
    await them.page.goto(new URL(mail.links[0]).pathname);
    await them.page.getByLabel('New password').fill(`${PASSWORD} 9X`);
    await them.inspect('staff-set-password', { shift: false });
    await them.page.getByRole('button', { name: 'Set password' }).click();
    await them.page.getByText('Password changed').waitFor();
    await them.page.getByRole('link', { name: 'Sign in' }).click();
    await them.page.getByLabel('E-mail address').fill(email);
    await them.page.getByLabel('Password', { exact: true }).fill(`${PASSWORD} 9X`);
    await them.page.getByRole('button', { name: 'Sign in' }).click();
    await them.page.getByText('There is nothing here that you may open.').waitFor();
    await page.getByLabel('Search', { exact: true }).first().fill(email);
    await page.keyboard.press('Enter');
    await page.getByText('1 entry').waitFor();
    await page.getByRole('link', { name: email }).click();
    await page.getByRole('button', { name: 'Suspend' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click();
    await page.getByText('Suspended.').waitFor();
    await me.inspect('staff-person-suspended', { shift: false });
    await them.page.reload();
    await them.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  },

  async 'organizations: one is made under another, suspended and resumed'(tools) {
    const name = `Branch ${fresh('x').slice(2, 8)}`;
    const me = await office(tools, '/backend/directory/organizations', { slow: 200 });
    const { page } = me;
    await page.locator('.org', { hasText: 'acme' }).first().waitFor();
    await me.inspect('staff-organizations', { shift: false });
    await page.getByRole('button', { name: 'New organization' }).click();
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByLabel('Belongs to').selectOption({ index: 1 });
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByText(`${name} is saved.`).waitFor();
    await page.getByRole('button', { name: `Suspend ${name}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click();
    await page.getByText(`${name} is suspended.`).waitFor();
    await me.inspect('staff-organization-suspended', { shift: false });
    await page.getByRole('button', { name: `Resume ${name}` }).click();
    await page.getByText(`${name} is active again.`).waitFor();
  },

  async 'tenants are for operators of the platform'(tools) {
    const me = await office(tools, '/backend/directory/tenants', { as: 'superadmin@acme.com', slow: 200 });
    const { page } = me;
    await page.locator('.table', { hasText: 'acme' }).waitFor();
    await me.inspect('staff-tenants', { shift: false });
  },

  async 'a link to work elsewhere that works no more says so'(tools) {
    const me = await open(tools);
    await me.page.goto('/backend/join/made-up-token-that-nobody-was-ever-given-000');
    await me.page.getByRole('heading', { name: 'An invitation' }).waitFor();
    assert.ok(!me.page.url().includes('made-up'), 'no token in the address bar');
    await me.inspect('staff-join');
    await me.page.getByRole('button', { name: 'Accept' }).click();
    await me.page.getByText('This link does not work any more').waitFor();
    await me.inspect('staff-join-expired', { shift: false });
  },
};

