// One's own part of the back office: notices, account, places, and a session that ends under one's hands.
import assert from 'node:assert/strict';
import { CANARY, STRONG, answer, branch, clerk, dialog, fresh, member, open, press, roleNamed, short, signInStaff, staff } from './people.mjs';
import { office, settled } from './office.mjs';

/**
 * The next call of a path, held up on its way: `sent` resolves when the page has sent it, and `arrive()` lets it reach the
 * server with the cookies of then, and its answer the page. Resolves to the status of that answer.
 */
async function late(me, server, path) {
  const [sent, gone, answered] = [1, 2, 3].map(() => {
    const one = {};
    one.promise = new Promise((resolve) => (one.resolve = resolve));
    return one;
  });
  await me.page.route(`**${path}`, async (route) => {
    const request = route.request();
    const cookie = (await me.context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    sent.resolve();
    await gone.promise;
    const reply = await fetch(server.url + new URL(request.url()).pathname, { method: request.method(), headers: { ...request.headers(), cookie }, body: request.postData() ?? undefined });
    const headers = { 'content-type': reply.headers.get('content-type'), 'set-cookie': reply.headers.getSetCookie().join('\n') };
    await route.fulfill({ status: reply.status, headers: headers['set-cookie'] ? headers : { 'content-type': headers['content-type'] }, body: await reply.text() });
    answered.resolve(reply.status);
  }, { times: 1 });
  const arrive = () => {
    gone.resolve();
    return answered.promise;
  };
  return { sent: sent.promise, arrive };
}

export const cases = {
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

  async 'back office people: one’s own account: name, address, password, devices, places'(tools) {
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
    await press(page, 'Change the name');
    const ownName = dialog(page).getByLabel('Your name');
    assert.equal(await ownName.inputValue(), 'Olga Own');
    await ownName.fill('   ');
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await dialog(page).getByText('Please fill this in.').waitFor();
    await me.inspect('staff-profile-name', { shift: false });
    await ownName.fill(CANARY);
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await page.getByText('Your name is changed.').waitFor();
    await page.locator('main .facts dd', { hasText: CANARY }).waitFor();
    await me.inspect('staff-profile-renamed', { shift: false });
    assert.equal((await call('GET', `/api/auth/users?id=${person.id}`)).items[0].name, CANARY);
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
    await root('POST', `/api/directory/tenants/${tenantId}/suspend`);
    await page.goto('/backend/users');
    await page.getByRole('heading', { name: 'This place is suspended' }).waitFor();
    await page.getByRole('button', { name: 'Go there: Acme · Acme' }).waitFor();
    await me.inspect('staff-suspended-place', { shift: false });
    await root('POST', `/api/directory/tenants/${tenantId}/resume`);
    await server.run('UPDATE staff_memberships SET deleted_at = 1 WHERE user_id = ? AND tenant_id = ?', person.id, tenantId);
    await page.goto('/backend/users');
    await page.getByRole('heading', { name: 'No access' }).waitFor();
    await page.getByRole('button', { name: 'Go there: Acme · Acme' }).waitFor();
    await me.inspect('staff-stranded', { shift: false });
    await page.getByRole('button', { name: 'Go there: Acme · Acme' }).click();
    await page.getByText('There is nothing here that you may open.').waitFor();
  },

  async 'back office people: what is on its way while the place changes is done where it was meant, and nobody is signed out'(tools) {
    const { server } = tools;
    const call = await staff(tools);
    const [boss, person, place] = [await clerk(tools, call, { role: 'owner', name: 'Berta Boss', tag: 'boss' }), await clerk(tools, call, { name: 'Erik Edited' }), await branch(call)];
    await call('POST', `/api/auth/users/${boss.id}/memberships`, { roleId: (await roleNamed(call, 'owner')).id });
    const me = await open(tools);
    const { page } = me;
    await signInStaff(me, server, boss.email, boss.password);
    await page.goto(`/backend/users/${person.id}/access`);
    const where = page.locator('[data-place]');
    const goTo = async (option) => {
      const moved = page.waitForResponse('**/api/auth/switch');
      await where.selectOption(option);
      assert.equal((await moved).status(), 200);
      await settled(page);
    };
    await where.locator('option', { hasText: place.name }).waitFor({ state: 'attached' });
    const home = await where.inputValue();
    const adds = page.getByRole('group', { name: 'Granted beside the roles' });
    await adds.locator('summary', { hasText: 'Directory' }).click();
    await adds.getByLabel('See merchants').check();
    const save = await late(me, server, '/api/auth/users/acl');
    await press(page, 'Save permissions');
    await save.sent;
    await goTo({ label: place.name });
    const again = page.waitForResponse((reply) => reply.url().endsWith('/api/auth/users/acl') && reply.request().method() === 'PUT' && reply.status() === 200);
    assert.equal(await save.arrive(), 401);
    await again;
    assert.deepEqual((await call('GET', `/api/auth/users/acl?userId=${person.id}`)).features, ['directory.merchants.view']);
    const { organization_id: meant } = await server.db.prepare("SELECT organization_id FROM audit_log WHERE actor_id = ? AND action = 'staff_user.acl_replaced'").bind(boss.id).first();
    assert.equal(meant, server.place.organizationId, 'where it was ticked');
    // Something that is only read, on the way back.
    const count = await late(me, server, '/api/auth/notifications/unread-count');
    await page.evaluate(() => document.dispatchEvent(new Event('portcullis:news')));
    await count.sent;
    await goTo(home);
    const counted = page.waitForResponse((reply) => reply.url().endsWith('/unread-count') && reply.status() === 200);
    assert.equal(await count.arrive(), 401);
    await counted;
    assert.equal(await page.getByRole('dialog', { name: 'Please sign in again' }).count(), 0);
    assert.ok((await me.context.cookies()).some((cookie) => cookie.name === 'session_token'), 'still there to renew with');
    await page.goto('/backend/roles');
    await page.getByRole('heading', { name: 'Staff roles' }).waitFor();
  },

  async 'back office people: a session that ends under a long form or a dialog takes nothing with it'(tools) {
    const call = await staff(tools);
    const [boss, name] = [await clerk(tools, call, { role: 'owner', name: 'Berta Boss', tag: 'boss' }), short('Kept')];
    await call('POST', `/api/auth/users/${boss.id}/memberships`, { roleId: (await roleNamed(call, 'owner')).id });
    const [person, place] = [await clerk(tools, call, { name: 'Erik Edited' }), await branch(call)];
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
    await page.locator('[data-place] option', { hasText: place.name }).waitFor({ state: 'attached' });
    await page.locator('[data-place]').selectOption({ label: place.name });
    await settled(page);
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
    // Where it was, and not where a sign-in starts.
    const here = await (await me.context.request.get(`${tools.server.url}/api/auth/memberships`)).json();
    assert.equal(here.organizationId, place.id);
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

  async 'back office people: every page says everything in every language, and fits the screen down to 320 px'(tools) {
    const call = await staff(tools);
    const [person, place, user, role] = [await clerk(tools, call), await branch(call), await member(tools, { displayName: CANARY }), await roleNamed(call, 'owner')];
    await call('POST', `/api/auth/users/${person.id}/memberships`, { roleId: role.id, organizationId: place.id });
    await call('POST', '/api/auth/memberships/invite', { email: fresh('very.long.address.of.somebody.who.is.invited'), roleId: role.id, organizationId: place.id });
    const me = await office(tools, '/backend');
    const { page } = me;
    const paths = ['', 'profile', 'notifications', 'users', `users/${person.id}`, `users/${person.id}/access`, 'roles', 'roles/packs', `roles/${role.id}`, `roles/${role.id}/organizations/${place.id}`, 'invitations', 'customer_accounts/invitations', `customer_accounts/${user.id}/access`];
    for (const path of paths) {
      await page.goto(`/backend/${path}`);
      await page.locator('main h1').waitFor();
      await settled(page);
      await page.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)));
      for (const lang of ['de', 'es', 'pl', 'en']) {
        await page.locator('.language select').selectOption(lang);
        await page.waitForFunction((wanted) => document.documentElement.lang === wanted, lang);
        const mute = await page.evaluate(() => [...document.querySelectorAll('[data-t]')].map((node) => [node.dataset.t, node.textContent]).filter(([key, text]) => key === text || /\{\w+\}/.test(text)));
        assert.deepEqual(mute, [], `${path} in ${lang}`);
        for (const width of tools.view.startsWith('phone') ? [320, 390] : [768, 1280]) {
          await page.setViewportSize({ width, height: 844 });
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          assert.ok(wide <= 0, `${path} in ${lang} at ${width} px: ${wide} px too wide`);
          const cut = await page.evaluate(() => [...document.querySelectorAll('main .button')].filter((node) => node.offsetParent && node.scrollWidth > node.clientWidth + 1).map((node) => node.textContent));
          assert.deepEqual(cut, [], `${path} in ${lang} at ${width} px`);
        }
      }
    }
  },
};
