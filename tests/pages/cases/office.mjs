// The back office: signing in, and what staff do about customers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { CA, CANARY, SEED, answer, fresh, member, open, signInStaff } from './people.mjs';

/** The view has shown what it fetched. */
export const settled = (page) => page.waitForFunction(() => !document.querySelector('main .waiting') && !document.querySelector('main[aria-busy], main [aria-busy=true]'));
const ADMIN = 'admin@acme.com';

export async function office(tools, path, { as = ADMIN, slow = 0 } = {}) {
  const me = await open(tools, { slow });
  await signInStaff(me, tools.server, as);
  await me.page.goto(path);
  await settled(me.page);
  return me;
}

export const cases = {
  async 'staff sign-in: in, wrong password, on to where one wanted'(tools) {
    const me = await open(tools, { slow: 200 });
    const { page } = me;
    await page.goto('/backend/customer_accounts?status=locked');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await me.inspect('staff-login');
    await page.getByLabel('E-mail address').fill(ADMIN);
    await page.getByLabel('Password', { exact: true }).fill('wrong-wrong-wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('That did not work.').waitFor();
    await me.inspect('staff-login-wrong', { shift: false });
    await page.getByLabel('Password', { exact: true }).fill(SEED);
    await page.getByLabel('Keep me signed in').check();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Customer accounts' }).waitFor();
    assert.equal(new URL(page.url()).search, '?status=locked');
    const cookie = (await me.context.cookies()).find((one) => one.name === 'session_token');
    assert.ok(cookie.expires > Date.now() / 1000 + 29 * 86_400, 'remembered');
  },

  async 'staff without a feature are told so, and offered only what they may open'(tools) {
    const me = await office(tools, '/backend', { as: 'employee@acme.com' });
    const { page } = me;
    await page.getByText('There is nothing here that you may open.').waitFor();
    await me.inspect('staff-home-empty', { shift: false });
    await page.goto('/backend/customer_accounts');
    await page.getByRole('heading', { name: 'Not allowed' }).waitFor();
    assert.equal(await page.locator('#office-nav a').count(), 0);
    await me.inspect('staff-not-allowed', { shift: false });
    await page.goto('/backend/nonsense');
    await page.getByRole('heading', { name: 'Not here' }).waitFor();
  },

  async 'staff home: tiles of what one may open; sign-out ends the session'(tools) {
    const me = await open(tools, { slow: 300 });
    const { page } = me;
    await signInStaff(me, tools.server, ADMIN);
    await page.goto('/backend');
    await page.locator('.tile', { hasText: 'Customer accounts' }).waitFor();
    await me.inspect('staff-home');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are signed out.').waitFor();
    assert.equal((await me.context.request.get(`${tools.server.url}/api/auth/profile`)).status(), 401);
  },

  async 'customer accounts: found, filtered, carried away; nothing found; trouble'(tools) {
    const user = await member(tools, { email: fresh('needle'), displayName: CANARY });
    const me = await office(tools, '/backend/customer_accounts', { slow: 200 });
    const { page } = me;
    await me.inspect('staff-accounts');
    await page.getByLabel('Search', { exact: true }).first().fill(user.email);
    await page.keyboard.press('Enter');
    await page.getByText('1 entry').waitFor();
    assert.match(page.url(), /search=needle/);
    await me.inspect('staff-accounts-found', { shift: false });
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as CSV' }).click()]);
    const csv = readFileSync(await download.path(), 'utf8');
    assert.match(csv, new RegExp(`^\\ufeffid,email.*\\r\\n${user.id},${user.email}`));
    await page.getByLabel('Status').selectOption('locked');
    await page.getByText('Nothing matches.').waitFor();
    await me.inspect('staff-accounts-nothing', { shift: false });
    await page.goBack();
    await page.getByText('1 entry').waitFor();
    await answer(page, `${CA}/admin/users?*`, [503, 'UNAVAILABLE']);
    await page.getByLabel('Status').selectOption('inactive');
    await page.getByText('cannot be reached for a moment').waitFor();
    await me.inspect('staff-accounts-trouble', { shift: false });
  },

  async 'a customer account: locked, unlocked, roles, sessions ended, one-time password, deleted'(tools) {
    const user = await member(tools, { displayName: CANARY });
    const theirs = await tools.server.post(`${CA}/login`, { email: user.email, password: user.password, organizationId: tools.server.place.organizationId });
    assert.equal(theirs.status, 200);
    const me = await office(tools, `/backend/customer_accounts/${user.id}`, { slow: 200 });
    const { page } = me;
    await page.getByRole('heading', { level: 1 }).waitFor();
    await me.inspect('staff-account');
    await page.getByRole('button', { name: 'Lock', exact: true }).click();
    await page.getByLabel('For how long').selectOption('24');
    await me.inspect('staff-account-lock', { shift: false });
    await page.getByRole('dialog').getByRole('button', { name: 'Lock' }).click();
    await page.getByText('Locked until').waitFor();
    await page.getByRole('button', { name: 'Unlock' }).click();
    await page.getByText('Unlocked.').waitFor();
    await page.getByRole('button', { name: 'Change roles' }).click();
    await page.getByRole('dialog').getByLabel('Viewer').check();
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByText('Roles saved.').waitFor();
    await page.locator('.badge', { hasText: 'Viewer' }).waitFor();
    await page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
    await page.getByText('Signed in nowhere.').waitFor();
    await page.getByRole('button', { name: 'One-time password' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'One-time password' }).click();
    await page.getByRole('button', { name: 'Done' }).waitFor();
    assert.ok((await page.locator('#revealed').inputValue()).length >= 12);
    await me.inspect('staff-account-one-time', { shift: false });
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('is deleted.').waitFor();
    await page.goto(`/backend/customer_accounts/${user.id}`);
    await page.getByRole('heading', { name: 'Not here' }).waitFor();
  },

  async 'somebody else changed the account meanwhile: said, and nothing lost'(tools) {
    const user = await member(tools);
    const me = await office(tools, `/backend/customer_accounts/${user.id}`);
    const { page } = me;
    await tools.server.run('UPDATE customer_users SET updated_at = ? WHERE id = ?', Date.now(), user.id);
    await page.reload();
    await settled(page);
    await tools.server.run('UPDATE customer_users SET updated_at = ? WHERE id = ?', Date.now() + 5, user.id);
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Name').fill('Another name');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Somebody else changed this meanwhile.').waitFor();
    assert.equal(await page.getByLabel('Name').inputValue(), 'Another name');
  },

  async 'customer roles: created, its grants chosen in a tree that shows what wildcards cover'(tools) {
    const name = `Clerk ${fresh('x').slice(2, 8)}`;
    const me = await office(tools, '/backend/customer_accounts/roles', { slow: 200 });
    const { page } = me;
    await me.inspect('staff-customer-roles');
    await page.getByRole('button', { name: 'New role' }).click();
    await page.getByLabel('Name', { exact: true }).fill(name);
    await me.inspect('staff-customer-role-new', { shift: false });
    await page.getByRole('button', { name: 'Create role' }).click();
    await page.getByRole('heading', { name }).waitFor();
    await page.locator('summary', { hasText: 'Customer portal' }).click();
    await page.getByLabel('See orders').check();
    await page.getByLabel('Everything in “Customer portal”').check();
    await page.getByText('Covered by portal.*').first().waitFor();
    assert.ok(await page.getByLabel('See invoices').isDisabled());
    await page.getByLabel('Another grant').fill('shop.cart.*');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await me.inspect('staff-customer-role', { shift: false });
    await page.getByRole('button', { name: 'Save permissions' }).click();
    await page.getByText('Permissions saved.').waitFor();
    const acl = await tools.server.db.prepare('SELECT a.features_json FROM customer_role_acls a JOIN customer_roles r ON r.id = a.role_id WHERE r.name = ?').bind(name).first();
    assert.deepEqual(JSON.parse(acl.features_json).sort(), ['portal.*', 'portal.orders.view', 'shop.cart.*']);
  },
};
