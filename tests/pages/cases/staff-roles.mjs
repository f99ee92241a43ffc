// Roles of staff in the back office: made, given grants, changed for one organization, brought by packs.
import assert from 'node:assert/strict';
import { CANARY, STRONG, answer, branch, dialog, fresh, press, roleNamed, short, staff } from './people.mjs';
import { office, settled } from './office.mjs';

export const cases = {
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
    await dialog(page).getByText('A role at or above your own height').waitFor();
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
    await page.getByText('A role at or above your own height').waitFor();
    await page.getByRole('heading', { name: 'What the role grants' }).waitFor();
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
};
