// Pages of people who are signed in.
import assert from 'node:assert/strict';
import { CA, CANARY, PASSWORD, SEED, adminOfNothing, answer, company, endSessions, fresh, member, open, signIn, signInStaff } from './people.mjs';

const nav = (page) => page.locator('.inside > nav');
/** The page knows who is there and has shown what it fetched. */
const settled = (page) => page.waitForFunction(() => !document.querySelector('main .waiting'));

export const cases = {
  async 'dashboard: who am I, what is new; trouble is told with a way on'(tools) {
    const me = await open(tools, { slow: 300 });
    const { page } = me;
    await signIn(me, tools.server, { email: 'admin@portal.acme.com' });
    await page.goto('/acme/portal/dashboard');
    await page.getByRole('heading', { name: 'Hello, Ada Admin' }).waitFor();
    await settled(page);
    await nav(page).getByRole('link', { name: 'People' }).waitFor();
    await me.inspect('dashboard');
    await answer(page, `${CA}/portal/profile`, [503, 'UNAVAILABLE']);
    await page.reload();
    await page.getByText('cannot be reached for a moment').waitFor();
    await me.inspect('dashboard-trouble', { shift: false });
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'Hello, Ada Admin' }).waitFor();
  },

  async 'sign out ends the session, and a failed one does not look like it'(tools) {
    const me = await open(tools);
    const { page } = me;
    await signIn(me, tools.server, { email: 'viewer@portal.acme.com' });
    await page.goto('/acme/portal/dashboard');
    await settled(page);
    await answer(page, `${CA}/portal/logout`, [503, 'UNAVAILABLE']);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('you are still signed in').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are signed out.').waitFor();
    await me.inspect('login-signed-out', { shift: false });
    const reply = await me.context.request.get(`${tools.server.url}${CA}/portal/profile`);
    assert.equal(reply.status(), 401);
  },

  async 'profile: a new name; an expired token is renewed silently'(tools) {
    const me = await open(tools, { slow: 200 });
    const { page } = me;
    const user = await member(tools);
    await signIn(me, tools.server, user);
    await page.goto('/acme/portal/profile');
    await settled(page);
    await me.inspect('profile');
    await page.getByLabel('Your name').fill('');
    await page.keyboard.press('Enter');
    await page.getByText('Please fill this in.').waitFor();
    await me.context.clearCookies({ name: 'customer_auth_token' });
    await page.getByLabel('Your name').fill(CANARY);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    await me.inspect('profile-saved', { shift: false });
    const row = await tools.server.db.prepare('SELECT display_name FROM customer_users WHERE id = ?').bind(user.id).first();
    assert.equal(row.display_name, CANARY);
  },

  async 'profile: the session ends while typing, and nothing typed is lost'(tools) {
    const me = await open(tools);
    const { page } = me;
    const user = await member(tools);
    await signIn(me, tools.server, user);
    await page.goto('/acme/portal/profile');
    await settled(page);
    await page.getByLabel('Your name').fill('Typed Before The End');
    await endSessions(tools.server, user);
    await page.getByRole('button', { name: 'Save' }).click();
    const dialog = page.getByRole('dialog', { name: 'Please sign in again' });
    await dialog.waitFor();
    await me.inspect('signed-in-again', { shift: false });
    await dialog.getByLabel('Password').fill('wrong one');
    await page.keyboard.press('Enter');
    await dialog.getByText('That did not work').waitFor();
    await dialog.getByLabel('Password').fill(user.password);
    await page.keyboard.press('Enter');
    await page.getByText('Saved.').waitFor();
    const row = await tools.server.db.prepare('SELECT display_name FROM customer_users WHERE id = ?').bind(user.id).first();
    assert.equal(row.display_name, 'Typed Before The End');

    // And when they say no: it is still there, also after the page was left.
    await page.getByLabel('Your name').fill('Typed And Cancelled');
    await endSessions(tools.server, user);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('What you typed is still here').waitFor();
    await page.reload();
    await page.waitForURL('**/session-expired?next=*');
    await me.inspect('session-expired', { shift: false });
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('E-mail address').fill(user.email);
    await page.getByLabel('Password', { exact: true }).fill(user.password);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/acme/portal/profile');
    await settled(page);
    assert.equal(await page.getByLabel('Your name').inputValue(), 'Typed And Cancelled');
  },

  async 'security: change the password, with the wrong current one first'(tools) {
    const me = await open(tools, { slow: 200 });
    const { page } = me;
    const user = await member(tools);
    await signIn(me, tools.server, user);
    await page.goto('/acme/portal/security');
    await page.getByText('This device').waitFor();
    await me.inspect('security');
    await page.getByLabel('Current password').fill('not this one');
    await page.getByLabel('New password').fill('a new and better one');
    await page.keyboard.press('Enter');
    await page.getByText('The current password is not right.').waitFor();
    await me.inspect('security-wrong', { shift: false });
    await page.getByLabel('Current password').fill(user.password);
    await page.keyboard.press('Enter');
    await page.getByText('Password changed.').waitFor();
    await page.getByText('This device').waitFor();
    const again = await tools.server.post(`${CA}/login`, { email: user.email, password: 'a new and better one', organizationId: tools.server.place.organizationId });
    assert.equal(again.status, 200);
  },

  async 'security: sign out one device, then all others'(tools) {
    const me = await open(tools);
    const others = [await open(tools), await open(tools), await open(tools)];
    const { page } = me;
    const user = await member(tools);
    for (const one of [...others, me]) await signIn(one, tools.server, user);
    await page.goto('/acme/portal/security');
    await page.getByText('This device').waitFor();
    assert.equal(await page.locator('[data-devices] > li').count(), 4);
    const end = page.locator('[data-devices]').getByRole('button', { name: /Sign out/ }).first();
    await end.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    assert.equal(await page.locator('[data-devices] > li').count(), 4);
    await end.click();
    await me.inspect('security-confirm', { shift: false });
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('The device is signed out.').waitFor();
    assert.equal(await page.locator('[data-devices] > li').count(), 3);
    await page.getByRole('button', { name: 'Sign out everywhere else' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere else' }).click();
    await page.getByText('Only this device is signed in now.').waitFor();
    await me.inspect('security-alone', { shift: false });
    const left = await tools.server.db.prepare('SELECT count(*) AS n FROM customer_user_sessions WHERE user_id = ? AND deleted_at IS NULL').bind(user.id).first();
    assert.equal(left.n, 1);
  },

  async 'security: a one-time password has to be changed before anything else'(tools) {
    const me = await open(tools);
    const { page } = me;
    const user = await member(tools);
    await tools.server.run('UPDATE customer_users SET must_change_password = 1 WHERE id = ?', user.id);
    await page.goto('/acme/portal/login');
    await page.getByLabel('E-mail address').fill(user.email);
    await page.getByLabel('Password', { exact: true }).fill(user.password);
    await page.keyboard.press('Enter');
    await page.getByText('one-time password').waitFor();
    await me.inspect('security-must-change', { shift: false });
    await page.getByLabel('Current password').fill(user.password);
    await page.getByLabel('New password').fill('my own from now on');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/dashboard');
    await page.getByRole('heading', { name: /Hello/ }).waitFor();
  },

  async 'notifications: read, dismiss, nothing left; trouble changes nothing'(tools) {
    const me = await open(tools, { slow: 200 });
    const { page } = me;
    const user = await member(tools);
    await signIn(me, tools.server, user);
    const now = Date.now();
    const add = (i, key, variables, severity) =>
      tools.server.run(
        `INSERT INTO customer_notifications (id, tenant_id, organization_id, recipient_user_id, type, group_key, title, title_key, title_variables_json, severity, link_href, created_at, expires_at)
         VALUES (?, ?, ?, ?, 't', ?, ?, ?, ?, ?, '/acme/portal/security', ?, ?)`,
        `01a1fcca-4c6a-79fe-ab33-${(now % 1e8).toString().padStart(8, '0')}${String(i).padStart(4, '0')}`, tools.server.place.tenantId, tools.server.place.organizationId, user.id, String(i), `${CANARY} ${i}`, key, JSON.stringify(variables), severity, now - i * 60_000, now + 1e9,
      );
    await add(1, 'notifications.newDevice', { device: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120 Safari/537.36' }, 'info');
    await add(2, 'notifications.rolesChanged', { roles: CANARY }, 'warning');
    await add(3, 'something.unknown', {}, 'success');
    await page.goto('/acme/portal/notifications');
    await page.getByText('New sign-in to your account: Chrome on Linux').waitFor();
    await nav(page).locator('.count', { hasText: '3' }).waitFor();
    await me.inspect('notifications');
    await answer(page, '/dismiss', [503, 'UNAVAILABLE']);
    await page.locator('[data-list]').getByRole('button', { name: /Dismiss/ }).first().click();
    await page.getByText('cannot be reached for a moment').waitFor();
    assert.equal(await page.locator('[data-list] > li').count(), 3);
    await page.getByRole('button', { name: /Mark as read/ }).first().click();
    await page.waitForFunction(() => document.querySelectorAll('[data-list] .unread').length === 2);
    await page.getByRole('button', { name: 'Mark all as read' }).click();
    await page.waitForFunction(() => document.querySelectorAll('[data-list] .unread').length === 0);
    for (let left = 3; left > 0; left -= 1) {
      await page.getByRole('button', { name: /Dismiss/ }).first().click();
      await page.waitForFunction((n) => document.querySelectorAll('[data-list] > li').length === n || (n === 0 && !document.querySelector('[data-empty]').hidden), left - 1);
    }
    await page.getByRole('heading', { name: 'Nothing new' }).waitFor();
    await me.inspect('notifications-empty', { shift: false });
  },

  async 'a notification appears by itself, at the bell and in the list; so does a new customer in the back office'(tools) {
    const me = await open(tools, { slow: 50 });
    const { page } = me;
    const user = await member(tools);
    await signIn(me, tools.server, user);
    await page.goto('/acme/portal/notifications');
    await page.getByRole('heading', { name: 'Nothing new' }).waitFor();
    // Two pages of one browser share a stream.
    const beside = await me.context.newPage();
    await beside.goto('/acme/portal/profile');
    await settled(beside);
    await page.waitForTimeout(500);
    const reply = await tools.server.post(`${CA}/login`, { email: user.email, password: user.password, organizationId: tools.server.place.organizationId });
    assert.equal(reply.status, 200);
    await page.getByText('New sign-in to your account').waitFor({ timeout: 5_000 });
    for (const one of [page, beside]) await nav(one).locator('.count', { hasText: '1' }).waitFor({ timeout: 5_000 });
    await page.locator('#announcer', { hasText: 'A new message has arrived.' }).waitFor();

    const office = await open(tools, { slow: 50 });
    await signInStaff(office, tools.server, 'admin@acme.com');
    await office.page.goto('/backend/customer_accounts');
    await office.page.locator('tbody a').first().waitFor();
    await office.page.waitForTimeout(500);
    const { email } = await member(tools);
    await office.page.getByText(email).waitFor({ timeout: 5_000 });
  },

  async 'people: invite, change roles, remove; a role is needed'(tools) {
    const { boss } = await company(tools, 3);
    const me = await open(tools, { slow: 200 });
    const { page } = me;
    await signIn(me, tools.server, boss);
    await page.goto('/acme/portal/users');
    await page.getByText('4 people of your company').waitFor();
    await page.getByText(CANARY).first().waitFor();
    await me.inspect('users');

    await page.getByRole('button', { name: 'Invite' }).click();
    const dialog = page.getByRole('dialog', { name: 'Invite a person' });
    const email = fresh('colleague');
    await dialog.getByLabel('E-mail address').fill(email);
    await dialog.getByRole('button', { name: 'Send invitation' }).click();
    await dialog.getByText('Please choose at least one role.').waitFor();
    await me.inspect('users-invite', { shift: false });
    await dialog.getByLabel('Buyer').check();
    await dialog.getByRole('button', { name: 'Send invitation' }).click();
    await page.getByText(`An invitation to ${email} is on its way`).waitFor();
    assert.ok((await tools.server.mail(email)).path.includes('/invitation?token='));

    await page.getByRole('button', { name: 'Roles of Colleague 3' }).click();
    const roles = page.getByRole('dialog', { name: 'Roles of Colleague 3' });
    await roles.getByLabel('Buyer').uncheck();
    await roles.getByRole('button', { name: 'Save' }).click();
    await roles.getByText('Please choose at least one role.').waitFor();
    await roles.getByLabel('Buyer').check();
    await me.inspect('users-roles', { shift: false });
    await roles.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The roles of Colleague 3 are changed.').waitFor();

    await page.getByRole('button', { name: 'Remove Colleague 2' }).click();
    await me.inspect('users-remove', { shift: false });
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Colleague 2 is removed.').waitFor();
    await page.getByText('3 people of your company').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Remove Bea Boss' }).count(), 0, 'nobody removes themselves');
  },

  async 'people: who is invited is shown, and taken back'(tools) {
    const { boss } = await company(tools, 1);
    const me = await open(tools, { slow: 200 });
    const { page } = me;
    await signIn(me, tools.server, boss);
    await page.goto('/acme/portal/users');
    await page.getByText('2 people of your company').waitFor();
    assert.equal(await page.getByRole('heading', { name: 'Invited, no answer yet' }).isVisible(), false);
    const email = fresh('guest');
    await page.getByRole('button', { name: 'Invite' }).click();
    const dialog = page.getByRole('dialog', { name: 'Invite a person' });
    assert.deepEqual(await dialog.locator('.choice').allInnerTexts(), ['Buyer', 'Viewer'], 'the roles on offer, whether or not anybody holds them');
    await dialog.getByLabel('E-mail address').fill(email);
    await dialog.getByLabel('Viewer').check();
    await dialog.getByRole('button', { name: 'Send invitation' }).click();
    await page.getByRole('heading', { name: 'Invited, no answer yet' }).waitFor();
    const mail = await tools.server.mail(email);
    await page.locator('[data-invitations] > li').getByText('Viewer').waitFor();
    await page.getByText('expires in 3 days').waitFor();
    await me.inspect('users-invited', { shift: false });
    await answer(page, '/portal/invitations/*', [503, 'UNAVAILABLE']);
    const takeBack = page.getByRole('button', { name: `Take back the invitation of ${email}` });
    await takeBack.click();
    await me.inspect('users-take-back', { shift: false });
    await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click();
    await page.getByText('cannot be reached for a moment').waitFor();
    await takeBack.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click();
    await page.getByText(`The invitation of ${email} is taken back.`).waitFor();
    assert.equal(await page.locator('[data-invited]').isVisible(), false);
    const token = new URLSearchParams(mail.path.split('?')[1]).get('token');
    const accepted = await tools.server.post(`${CA}/invitations/accept`, { token, password: PASSWORD, displayName: 'Too Late' });
    assert.equal(accepted.status, 400);
  },

  async 'two hundred grants do not fit the token, and every page still knows them'(tools) {
    const { boss, people } = await company(tools, 1);
    const { server } = tools;
    const user = people[1];
    const features = ['portal.users.view', 'portal.account.manage'];
    while (features.length < 200) features.push(`area.${'long.'.repeat(18)}n${String(features.length).padStart(4, '0')}`);
    const staff = await server.post('/api/auth/login', { email: 'admin@acme.com', password: SEED });
    const cookie = staff.headers.getSetCookie().map((one) => one.split(';')[0]).join('; ');
    const slug = fresh('wide').split('@')[0];
    const made = await (await server.post(`${CA}/admin/roles`, { name: 'Wide', slug }, { cookie })).json();
    const granted = await fetch(`${server.url}${CA}/admin/roles/${made.role.id}/acl`, { method: 'PUT', headers: { 'content-type': 'application/json', cookie }, body: JSON.stringify({ features }) });
    assert.deepEqual([granted.status, (await granted.json()).warning], [200, 'features_omitted'], 'the administrator is warned');
    await server.run('UPDATE customer_user_roles SET role_id = ? WHERE user_id = ?', made.role.id, user.id);

    const me = await open(tools);
    const { page } = me;
    await page.goto('/acme/portal/login');
    await page.getByLabel('E-mail address').fill(user.email);
    await page.getByLabel('Password', { exact: true }).fill(user.password);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/dashboard');
    const token = async () => (await me.context.cookies()).find((one) => one.name === 'customer_auth_token').value;
    const claims = JSON.parse(Buffer.from((await token()).split('.')[1], 'base64url'));
    assert.ok((await token()).length < 3 * 1024 && claims.featuresOmitted === true && !('resolvedFeatures' in claims));
    await nav(page).getByRole('link', { name: 'People' }).click();
    await page.getByText('2 people of your company').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Invite' }).isVisible(), false, 'what is not granted is not offered');
    await page.getByText(boss.email).waitFor();
    // A refresh in the middle of it, and on.
    await me.context.clearCookies({ name: 'customer_auth_token' });
    await page.goto('/acme/portal/profile');
    await settled(page);
    assert.ok((await token()).length < 3 * 1024);
    await page.getByLabel('Your name').fill('Wide Wanda');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
  },

  async 'people: pages; a session that ends keeps the invitation that was typed'(tools) {
    const { boss, id } = await company(tools, 1);
    // Many more, without accounts that work.
    for (let i = 0; i < 30; i += 1) {
      await tools.server.run(
        `INSERT INTO customer_users SELECT ${(await columns(tools.server)).map((name) => ({ id: '?', email: '?', email_hash: '?', display_name: '?', created_at: 'created_at - 1000' })[name] ?? name).join(', ')} FROM customer_users WHERE id = ?`,
        ...(await values(tools.server, i, id)), boss.id,
      );
    }
    const me = await open(tools);
    const { page } = me;
    await signIn(me, tools.server, boss);
    await page.goto('/acme/portal/users');
    await page.getByText('32 people of your company').waitFor();
    await page.getByText('Page 1 of 2').waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Page 2 of 2').waitFor();
    assert.equal(await page.locator('[data-list] > li').count(), 7);
    await me.inspect('users-second-page', { shift: false });
    await page.getByRole('button', { name: 'Previous' }).click();
    await page.getByText('Page 1 of 2').waitFor();

    await page.getByRole('button', { name: 'Invite' }).click();
    const dialog = page.getByRole('dialog', { name: 'Invite a person' });
    const email = fresh('kept');
    await dialog.getByLabel('E-mail address').fill(email);
    await dialog.getByLabel('Buyer').check();
    await endSessions(tools.server, boss);
    await dialog.getByRole('button', { name: 'Send invitation' }).click();
    const again = page.getByRole('dialog', { name: 'Please sign in again' });
    await again.getByLabel('Password').fill(boss.password);
    await page.keyboard.press('Enter');
    await page.getByText(`An invitation to ${email} is on its way`).waitFor();
  },

  async 'people: not for everybody, and not without a company'(tools) {
    const me = await open(tools);
    const { page } = me;
    await signIn(me, tools.server, await adminOfNothing(tools));
    await page.goto('/acme/portal/users');
    await page.getByRole('heading', { name: 'No company yet' }).waitFor();
    await me.inspect('users-no-company', { shift: false });
    const viewer = await open(tools);
    await signIn(viewer, tools.server, { email: 'viewer@portal.acme.com', password: SEED });
    await viewer.page.goto('/acme/portal/users');
    await viewer.page.getByRole('heading', { name: 'No access' }).waitFor();
    await viewer.inspect('no-access', { shift: false });
  },

  async 'another organization’s portal leads back to one’s own'(tools) {
    const me = await open(tools);
    const { page } = me;
    await signIn(me, tools.server, { email: 'viewer@portal.acme.com' });
    await page.goto('/other/portal/dashboard');
    await page.waitForURL('**/other/portal/no-access?own=acme');
  },
};

async function columns(server) {
  const { results } = await server.db.prepare("SELECT name FROM pragma_table_info('customer_users')").all();
  return results.map((row) => row.name);
}

async function values(server, i, id) {
  const made = { id: `01a1fcca-4c6a-79fe-8${id.slice(0, 3)}-${String(i).padStart(12, '0')}`, email: `many${i}-${id}@mail.example`, email_hash: `hash-${i}-${id}`, display_name: `Person ${i}` };
  return (await columns(server)).filter((name) => name in made).map((name) => made[name]);
}
