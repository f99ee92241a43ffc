// Somebody who has just typed `make dev`: from the address it prints to the audit log, without a word of explanation.
import assert from 'node:assert/strict';
import { PASSWORD, SEED, fresh, open } from './people.mjs';

export const cases = {
  async 'a newcomer: signs up, finds the mail, signs in; as staff finds that user, changes a role, ends the session, reads it all'(tools) {
    const email = fresh('newcomer');
    const name = `Nela ${email.slice(9, 13)}`;

    // 1. The address that make dev prints: it leads to the portal, the back office and the inbox.
    const me = await open(tools);
    const { page } = me;
    await page.goto('/');
    const to = (part) => page.locator(`main a[href*="${part}"]`).first();
    for (const part of ['/acme/portal', '/backend', '/dev/inbox']) await to(part).waitFor();
    await me.picture('newcomer-1-front');
    await to('/acme/portal').click();

    // 2. Signs up, from the landing page of the portal.
    await page.locator('main a[href$="/signup"]').first().click();
    await page.getByLabel('Your name').fill(name);
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.locator('main form [type=submit]').click();
    await page.getByText(email).waitFor();

    // 3. Finds the mail in the inbox, and follows its link.
    await tools.server.mail(email);
    const inbox = await me.context.newPage();
    await inbox.goto(`/dev/inbox?to=${encodeURIComponent(email)}`);
    const mail = inbox.locator('article', { hasText: email }).first();
    const link = await mail.locator('a[href*="/verify?token="]').first().getAttribute('href');
    // Mailed links lead to APP_URL, which is not where this server listens.
    await inbox.goto(new URL(link).pathname + new URL(link).search);
    await inbox.locator('main form [type=submit]:not([aria-disabled])').click();

    // 4. Signs in.
    await inbox.getByRole('link', { name: 'Sign in' }).first().click();
    await inbox.getByLabel('E-mail address').fill(email);
    await inbox.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await inbox.locator('main form [type=submit]').first().click();
    await inbox.getByRole('heading', { name: `Hello, ${name}` }).waitFor();
    await inbox.getByRole('link', { name: 'Profile' }).first().click();
    const roles = inbox.locator('[data-roles]');
    await roles.locator('.badge').first().waitFor();
    const before = await roles.innerText();
    assert.doesNotMatch(before, /Portal Admin/i);
    await me.picture('newcomer-2-portal');

    // 5. As staff, in another browser: finds that user and changes a role.
    const staff = await open(tools);
    const office = staff.page;
    await office.goto('/');
    await office.locator('main a[href="/backend"]').first().click();
    await office.getByLabel('E-mail address').fill('admin@acme.com');
    await office.getByLabel('Password', { exact: true }).fill(SEED);
    await office.getByRole('button', { name: 'Sign in' }).click();
    await office.locator('.tile', { hasText: 'Customer accounts' }).click();
    await office.getByLabel('Search', { exact: true }).first().fill(email);
    await office.keyboard.press('Enter');
    await office.getByRole('link', { name }).click();
    await office.getByRole('button', { name: 'Change roles' }).click();
    await office.getByRole('dialog').getByLabel('Portal Admin').check();
    await office.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await office.getByText('Roles saved.').waitFor();
    await staff.picture('newcomer-3-roles');

    // 6. The portal has changed on the next click.
    await inbox.getByRole('link', { name: 'Overview' }).first().click();
    await inbox.getByRole('link', { name: 'Profile' }).first().click();
    await roles.getByText('Portal Admin').waitFor();
    await inbox.getByRole('navigation').getByRole('link', { name: 'People' }).waitFor();

    // 7. The session is ended, and over on the next click.
    await office.getByRole('button', { name: 'Sign out everywhere' }).click();
    await office.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
    await office.getByText('Signed in nowhere.').waitFor();
    await inbox.getByRole('link', { name: 'Overview' }).first().click();
    await inbox.waitForURL('**/session-expired*');

    // 8. All of it stands in the audit log: what was done by them, and what was done to them.
    const { id } = await tools.server.db.prepare('SELECT id FROM customer_users WHERE email = ?').bind(email).first();
    const read = async (query) => {
      await office.goto(`/backend/audit?${query}`);
      await office.locator('.trail li code').first().waitFor();
      return office.locator('.trail li').allInnerTexts();
    };
    for (const action of ['user.created', 'email.verified', 'login.success', 'user.updated', 'sessions.revoked']) {
      const found = await tools.server.db.prepare('SELECT count(*) AS n FROM audit_log WHERE action = ? AND (actor_id = ? OR target_id = ?)').bind(action, id, id).first();
      assert.ok(found.n > 0, `${action} is not in the trail`);
      const rows = await read(`action=${action}`);
      assert.ok(rows.length > 0, `${action} is not shown`);
    }
    await staff.picture('newcomer-4-trail');
  },
};
