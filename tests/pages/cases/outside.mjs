// Pages of people who are not signed in.
import assert from 'node:assert/strict';
import { CA, CANARY, PASSWORD, SEED, answer, company, fresh, member, open, signIn } from './people.mjs';

export const cases = {
  async 'front page says what this is and where to go'(tools) {
    const me = await open(tools);
    await me.page.goto('/');
    await me.page.getByRole('heading', { level: 1 }).waitFor();
    await me.inspect('front');
    await me.page.getByRole('link', { name: 'Portal of the seeded' }).click();
    await me.page.getByText('Acme').first().waitFor();
  },

  async 'landing greets in the organization’s name; a wrong address is told so'(tools) {
    const me = await open(tools, { slow: 300 });
    await me.page.goto('/acme/portal');
    await me.page.locator('[data-organization]', { hasText: 'Acme' }).waitFor();
    await me.inspect('landing');
    await me.page.goto('/nobody-here/portal/login');
    await me.page.getByRole('heading', { name: 'There is no portal here' }).waitFor();
    await me.inspect('nowhere', { shift: false });
  },

  async 'login: wrong password, then the right one; typed address kept; on to where one was going'(tools) {
    const me = await open(tools, { slow: 200 });
    const { page } = me;
    await page.goto('/acme/portal/login?next=%2Facme%2Fportal%2Fsecurity');
    await page.locator('[data-organization]', { hasText: 'Acme' }).waitFor();
    await me.inspect('login');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('Please fill this in.').first().waitFor();
    assert.equal(await me.focused(), 'email');
    await page.getByLabel('E-mail address').fill('buyer@portal.acme.com');
    await page.reload();
    await assertValue(page, 'E-mail address', 'buyer@portal.acme.com');
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('That did not work').waitFor();
    assert.match(await me.focused(), /data-error/);
    await me.inspect('login-wrong', { shift: false });
    await assertValue(page, 'E-mail address', 'buyer@portal.acme.com');
    await page.getByLabel('Password', { exact: true }).fill(SEED);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/acme/portal/security');
  },

  async 'login: no return address leads away from here'(tools) {
    const me = await open(tools);
    const { page } = me;
    for (const next of ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/api/customer_accounts/portal/profile', '/%09/evil.example', '/\t/evil.example', ' /x']) {
      await page.goto(`/acme/portal/login?next=${encodeURIComponent(next)}`);
      const path = await page.evaluate(async () => (await import('/assets/js/portal/place.js')).wantedNext());
      assert.ok(path === null || path === '/%09/evil.example', `${next} → ${path}`);
    }
    await page.getByLabel('E-mail address').fill('viewer@portal.acme.com');
    await page.getByLabel('Password', { exact: true }).fill(SEED);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/acme/portal/dashboard');
  },

  async 'login: pressed before its script has come, it is sent once it has'(tools) {
    const me = await open(tools);
    const { page } = me;
    await me.context.route('**/portal/login.js', async (route) => {
      await new Promise((done) => setTimeout(done, 1500));
      await route.continue();
    });
    await page.goto('/acme/portal/login', { waitUntil: 'commit' });
    await page.getByRole('button', { name: 'E-mail me a sign-in link' }).click();
    await page.getByText('Please enter your e-mail address first.').waitFor();
    await page.goto('/acme/portal/login', { waitUntil: 'commit' });
    await page.getByLabel('E-mail address').fill('buyer@portal.acme.com');
    await page.getByLabel('Password', { exact: true }).fill(SEED);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/dashboard');
  },

  async 'login: a wait is shown and ends; trouble and being offline keep what was typed'(tools) {
    const me = await open(tools);
    const { page } = me;
    await page.goto('/acme/portal/login');
    await answer(page, `${CA}/login`, [429, 'RATE_LIMITED', { 'retry-after': '3' }], [503, 'UNAVAILABLE']);
    await page.getByLabel('E-mail address').fill('buyer@portal.acme.com');
    await page.getByLabel('Password', { exact: true }).fill(SEED);
    await page.keyboard.press('Enter');
    await page.getByText(/Please wait [123] second/).first().waitFor();
    await me.inspect('login-wait', { shift: false });
    await page.getByText('You can try again now.').waitFor();
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('cannot be reached for a moment').waitFor();
    await me.context.setOffline(true);
    await page.getByText('You are offline.', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('You are offline. What you typed is kept').waitFor();
    await me.inspect('login-offline', { shift: false });
    await me.context.setOffline(false);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.waitForURL('**/dashboard');
  },

  async 'sign-up, mail, link, confirmation, sign-in; a weak password is refused'(tools) {
    const me = await open(tools);
    const { page } = me;
    const email = fresh('newcomer');
    await page.goto('/acme/portal/signup');
    await me.inspect('signup');
    await page.getByLabel('Your name').fill(CANARY);
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password', { exact: true }).fill('short');
    await page.keyboard.press('Enter');
    await page.getByText('This password is too short.').waitFor();
    await page.getByLabel('Password', { exact: true }).fill('password1');
    await page.keyboard.press('Enter');
    await page.getByText('too easy to guess').waitFor();
    assert.equal(await me.focused(), 'password');
    await me.inspect('signup-weak', { shift: false });
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
    await page.getByText(email).waitFor();
    assert.equal(await me.focused(), 'h1');
    await me.inspect('signup-sent', { shift: false });

    const { path } = await tools.server.mail(email);
    // Scanners open links too, and often: nothing is spent by it.
    for (let i = 0; i < 3; i += 1) await page.goto(path);
    await page.locator('[data-link-organization]', { hasText: 'Acme' }).waitFor();
    assert.doesNotMatch(page.url(), /token/);
    await me.inspect('verify');
    await page.reload();
    await page.getByRole('button', { name: 'Confirm address' }).click();
    await page.getByRole('heading', { name: 'Address confirmed' }).waitFor();
    await me.inspect('verify-done', { shift: false });
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/dashboard');
    await page.getByText(`Hello, ${CANARY}`).waitFor();
    // A name of a hundred characters takes the lines it needs, and moves what is below.
    await me.inspect('dashboard-canary', { shift: false });

    await page.goto(path);
    await page.getByRole('heading', { name: 'does not work any more' }).waitFor();
    await me.inspect('verify-expired', { shift: false });
  },

  async 'sign-in by a mailed link in another browser; used links lead on'(tools) {
    const asker = await open(tools);
    const { email } = await member(tools);
    await asker.page.goto('/acme/portal/login');
    await asker.page.getByRole('button', { name: 'E-mail me a sign-in link' }).click();
    await asker.page.getByText('Please enter your e-mail address first.').waitFor();
    await asker.page.getByLabel('E-mail address').fill(email);
    const since = Date.now() - 1000;
    await asker.page.getByRole('button', { name: 'E-mail me a sign-in link' }).click();
    await asker.page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
    await asker.inspect('login-sent', { shift: false });

    const { path } = await tools.server.mail(email, { after: since });
    const me = await open(tools, { slow: 300 });
    await me.page.goto(path);
    await me.page.getByText(`${email[0]}***@mail.example`).waitFor();
    await me.inspect('magic-link');
    await me.page.getByRole('button', { name: 'Sign in' }).click();
    await me.page.waitForURL('**/dashboard');
    await asker.page.goto(path);
    await asker.page.getByRole('heading', { name: 'does not work any more' }).waitFor();
    await asker.inspect('magic-link-expired', { shift: false });
    await asker.page.getByRole('link', { name: 'Go to the sign-in page' }).click();
    await asker.page.waitForURL('**/login');
  },

  async 'forgotten password: mail, link, new password; the link works once'(tools) {
    const me = await open(tools);
    const { page } = me;
    const { email } = await member(tools);
    await page.goto('/acme/portal/forgot-password');
    await me.inspect('forgot-password');
    await page.getByLabel('E-mail address').fill('no address');
    await page.keyboard.press('Enter');
    await page.getByText('complete e-mail address').waitFor();
    const since = Date.now() - 1000;
    await page.getByLabel('E-mail address').fill(email);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
    await me.inspect('forgot-password-sent', { shift: false });
    const { path } = await tools.server.mail(email, { after: since });
    await page.goto(path);
    await page.locator('[data-link-organization]', { hasText: 'Acme' }).waitFor();
    await me.inspect('reset-password');
    await page.getByLabel('New password').fill(email);
    await page.keyboard.press('Enter');
    await page.getByText('too easy to guess').waitFor();
    await page.getByLabel('New password').fill('another good password');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Password changed' }).waitFor();
    await me.inspect('reset-password-done', { shift: false });
    await signIn(me, tools.server, { email, password: 'another good password' });
    await page.goto(path);
    await page.getByRole('heading', { name: 'does not work any more' }).waitFor();
    await me.inspect('reset-password-expired', { shift: false });
  },

  async 'invitation: name and password, and one is in; an accepted one leads on'(tools) {
    const { boss } = await company(tools, 0);
    const [host, me] = [await open(tools), await open(tools)];
    await signIn(host, tools.server, boss);
    const email = fresh('invited');
    const role = await tools.server.db.prepare("SELECT id FROM customer_roles WHERE slug = 'buyer' AND organization_id = ?").bind(tools.server.place.organizationId).first();
    const invited = await host.context.request.post(`${tools.server.url}${CA}/portal/users-invite`, { data: { email, roleIds: [role.id], displayName: 'Ines Invited' } });
    assert.equal(invited.status(), 201, await invited.text());
    const { path } = await tools.server.mail(email);
    const { page } = me;
    await page.goto(path);
    await page.locator('[data-link-organization]', { hasText: 'Acme' }).waitFor();
    await assertValue(page, 'Your name', 'Ines Invited');
    await me.inspect('invitation');
    await page.getByLabel('Password', { exact: true }).fill('acmeacme');
    await page.getByLabel('Password', { exact: true }).fill('tiny');
    await page.keyboard.press('Enter');
    await page.getByText('This password is too short.').waitFor();
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/dashboard');
    await page.getByText('Hello, Ines Invited').waitFor();
    await page.goto(path);
    await page.getByRole('heading', { name: 'does not work any more' }).waitFor();
    await me.inspect('invitation-expired', { shift: false });
  },

  async 'a suspended organization says so after the password, and nothing before'(tools) {
    const me = await open(tools);
    const { page } = me;
    await page.goto('/acme/portal/login');
    await page.locator('[data-organization]', { hasText: 'Acme' }).waitFor();
    await answer(page, `${CA}/login`, [403, 'tenant_suspended']);
    await page.getByLabel('E-mail address').fill('buyer@portal.acme.com');
    await page.getByLabel('Password', { exact: true }).fill(SEED);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'This organization is suspended' }).waitFor();
    await me.inspect('suspended', { shift: false });
  },

  async 'link pages: when the service is away, they wait and try again'(tools) {
    const me = await open(tools);
    const { page } = me;
    await answer(page, `${CA}/links/inspect`, [503, 'UNAVAILABLE']);
    const { email } = await member(tools);
    const since = Date.now() - 1000;
    await tools.server.post(`${CA}/magic-link/request`, { email, organizationId: tools.server.place.organizationId });
    const { path } = await tools.server.mail(email, { after: since });
    await page.goto(path);
    await page.getByText('cannot be reached for a moment').waitFor();
    await me.inspect('link-unavailable', { shift: false });
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText(`${email[0]}***@mail.example`).waitFor();
  },
};

async function assertValue(page, label, value) {
  const field = page.getByLabel(label, { exact: true });
  for (const until = Date.now() + 5000; Date.now() < until; await page.waitForTimeout(30)) if ((await field.inputValue()) === value) return;
  assert.equal(await field.inputValue(), value);
}
