// What can happen to somebody in the portal while they are at it: the organization is suspended, access is taken, a session
// or only its token ends under a dialog or a form.
import assert from 'node:assert/strict';
import { CA, CANARY, PASSWORD, branch, company, dialog, endSessions, open, press, signIn, staff } from './people.mjs';

/** A customer of an organization of their own, so that others are left in peace. */
async function customerElsewhere(tools) {
  const call = await staff(tools);
  const place = await branch(call);
  const { items } = await call('GET', '/api/directory/organizations?view=manage&pageSize=100');
  const { slug } = items.find((one) => one.id === place.id);
  const email = `guest-${slug}@mail.example`;
  const made = await fetch(`${tools.server.url}${CA}/signup`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ email, password: PASSWORD, displayName: CANARY, organizationId: place.id }) });
  assert.equal(made.status, 202);
  const mail = await tools.server.mail(email);
  assert.equal((await tools.server.post(`${CA}/email/verify`, { token: new URLSearchParams(mail.path.split('?')[1]).get('token') })).status, 200);
  return { call, place: { ...place, slug }, email };
}

export const cases = {
  async 'portal states: an organization that is suspended under one’s hands says so, and lets one in again'(tools) {
    const { call, place, email } = await customerElsewhere(tools);
    const me = await open(tools);
    const { page } = me;
    await page.goto(`/${place.slug}/portal/login`);
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/dashboard');
    await page.getByRole('heading', { name: /Hello/ }).waitFor();
    await page.goto(`/${place.slug}/portal/profile`);
    await page.waitForFunction(() => !document.querySelector('main .waiting'));
    await page.getByLabel('Your name').fill('Typed Before The Suspension');
    await call('POST', `/api/directory/organizations/${place.id}/suspend`);
    await press(page, 'Save');
    await page.getByText('This organization is suspended.').waitFor();
    assert.equal(await page.getByLabel('Your name').inputValue(), 'Typed Before The Suspension');
    await page.reload();
    await page.getByRole('heading', { name: 'This organization is suspended' }).waitFor();
    await me.inspect('portal-suspended', { shift: false });
    await call('POST', `/api/directory/organizations/${place.id}/resume`);
    await page.reload();
    await page.getByRole('button', { name: 'Save' }).waitFor();
    await page.waitForFunction(() => document.querySelector('#displayName').value === 'Typed Before The Suspension');
    await press(page, 'Save');
    await page.getByText('Saved.').waitFor();
  },

  async 'portal states: a token that runs out under a dialog is renewed without a word; a session that ends asks, and nothing is lost'(tools) {
    const { boss } = await company(tools, 2);
    const me = await open(tools);
    const { page } = me;
    await signIn(me, tools.server, boss);
    await page.goto('/acme/portal/users');
    await page.getByText('3 people of your company').waitFor();
    await press(page, 'Roles of Colleague 2');
    await dialog(page).getByLabel('Viewer').check();
    await me.context.clearCookies({ name: 'customer_auth_token' });
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await page.getByText('The roles of Colleague 2 are changed.').waitFor();
    // Cancelled, the dialog stays with what it holds; sent once more, it goes through.
    await press(page, 'Roles of Colleague 2');
    await dialog(page).getByLabel('Viewer').uncheck();
    await endSessions(tools.server, boss);
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    const again = page.getByRole('dialog', { name: 'Please sign in again' });
    await again.getByRole('button', { name: 'Cancel' }).click();
    const roles = page.getByRole('dialog', { name: 'Roles of Colleague 2' });
    await roles.getByText('What you typed is still here').waitFor();
    assert.equal(await roles.getByLabel('Viewer').isChecked(), false);
    await me.inspect('portal-dialog-not-saved', { shift: false });
    await roles.getByRole('button', { name: 'Save' }).click();
    await again.getByLabel('Password').fill(boss.password);
    await page.keyboard.press('Enter');
    await page.getByText('The roles of Colleague 2 are changed.').waitFor();
    // A long form: the password's, whose fields are never written down anywhere.
    await page.goto('/acme/portal/security');
    await page.getByText('This device').waitFor();
    await page.getByLabel('Current password').fill(boss.password);
    await page.getByLabel('New password').fill('one that was typed with care');
    await endSessions(tools.server, boss);
    await press(page, 'Change password');
    await again.getByLabel('Password').fill(boss.password);
    await page.keyboard.press('Enter');
    await page.getByText('Password changed.').waitFor();
    const kept = await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]));
    assert.doesNotMatch(kept, /typed with care/);
  },

  async 'portal states: many pages’ calls find the token run out at once, and one refresh goes out'(tools) {
    const { boss } = await company(tools, 1);
    const me = await open(tools);
    const { page } = me;
    await signIn(me, tools.server, boss);
    await me.context.clearCookies({ name: 'customer_auth_token' });
    let refreshes = 0;
    page.on('request', (request) => (refreshes += request.url().endsWith('/sessions-refresh') ? 1 : 0));
    await page.goto('/acme/portal/dashboard');
    await page.getByRole('heading', { name: /Hello/ }).waitFor();
    assert.equal(refreshes, 1);
  },

  async 'portal states: what is typed before the page is ready is kept as well'(tools) {
    const { boss } = await company(tools, 1);
    const me = await open(tools, { slow: 700 });
    const { page } = me;
    await signIn(me, tools.server, boss);
    await page.goto('/acme/portal/profile', { waitUntil: 'commit' });
    await page.getByLabel('Your name').fill('Typed Too Early');
    await page.waitForFunction(() => !document.querySelector('main .waiting'));
    assert.equal(await page.getByLabel('Your name').inputValue(), 'Typed Too Early');
    await page.reload();
    await page.waitForFunction(() => document.querySelector('#displayName').value === 'Typed Too Early');
  },
};
