// Somebody who has just typed `make dev`: from what it prints on the screen to the audit log, without a word of explanation.
import assert from 'node:assert/strict';
import { Dev, scratch } from '../../e2e/harness/dev.mjs';
import { freePort } from '../../e2e/harness/ports.mjs';
import { PASSWORD, SEED, fresh, open } from './people.mjs';

/**
 * What a person is told is all there is to go by: an address, where mails show, and how staff sign in. Nothing is looked
 * up behind the pages.
 */
async function newcomer(tools, { url, inbox, staff, password, follow = (link) => link.click() }) {
  const email = fresh('newcomer');
  const name = `Nela ${email.slice(9, 13)}`;

  // 1. The printed address leads to the portal, the back office and the inbox.
  const me = await open(tools);
  const { page } = me;
  await page.goto(url);
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

  // 3. Finds the mail in the inbox, looking until it is there, and follows its link.
  const portal = await me.context.newPage();
  portal.setDefaultTimeout(10_000);
  const link = portal.locator('article', { hasText: email }).first().locator('a[href*="/verify?token="]').first();
  for (let looks = 0; looks < 50 && (await link.count()) === 0; looks += 1) {
    if (looks > 0) await portal.waitForTimeout(200);
    await portal.goto(inbox);
  }
  await follow(link);
  await portal.locator('main form [type=submit]:not([aria-disabled])').click();

  // 4. Signs in.
  await portal.getByRole('link', { name: 'Sign in' }).first().click();
  await portal.getByLabel('E-mail address').fill(email);
  await portal.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await portal.locator('main form [type=submit]').first().click();
  await portal.getByRole('heading', { name: `Hello, ${name}` }).waitFor();
  await portal.getByRole('link', { name: 'Profile' }).first().click();
  const roles = portal.locator('[data-roles]');
  await roles.locator('.badge').first().waitFor();
  assert.doesNotMatch(await roles.innerText(), /Portal Admin/i);
  await me.picture('newcomer-2-portal');

  // 5. As staff, in another browser: finds that user and changes a role.
  const colleague = await open(tools);
  const office = colleague.page;
  await office.goto(url);
  await office.locator('main a[href="/backend"]').first().click();
  await office.getByLabel('E-mail address').fill(staff);
  await office.getByLabel('Password', { exact: true }).fill(password);
  await office.getByRole('button', { name: 'Sign in' }).click();
  await office.locator('.tile', { hasText: 'Customer accounts' }).click();
  await office.getByLabel('Search', { exact: true }).first().fill(email);
  await office.keyboard.press('Enter');
  await office.getByRole('link', { name }).click();
  await office.getByRole('button', { name: 'Change roles' }).click();
  const id = new URL(office.url()).pathname.split('/').pop();
  await office.getByRole('dialog').getByLabel('Portal Admin').check();
  await office.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await office.getByText('Roles saved.').waitFor();
  await colleague.picture('newcomer-3-roles');

  // 6. The portal has changed on the next click.
  await portal.getByRole('link', { name: 'Overview' }).first().click();
  await portal.getByRole('link', { name: 'Profile' }).first().click();
  await roles.getByText('Portal Admin').waitFor();
  await portal.getByRole('navigation').getByRole('link', { name: 'People' }).waitFor();

  // 7. The session is ended, and over on the next click.
  await office.getByRole('button', { name: 'Sign out everywhere' }).click();
  await office.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
  await office.getByText('Signed in nowhere.').waitFor();
  await portal.getByRole('link', { name: 'Overview' }).first().click();
  await portal.waitForURL('**/session-expired*');

  // 8. All of it stands in the audit log, under this person's id: what they did, and what was done to them.
  await office.goto(url);
  await office.locator('main a[href="/backend"]').first().click();
  await office.locator('.tile', { hasText: 'Audit' }).click();
  const person = office.locator('.trail li', { hasText: id });
  for (const action of ['user.created', 'email.verified', 'login.success', 'user.updated', 'sessions.revoked']) {
    await office.getByLabel('Action', { exact: true }).fill(action);
    await office.getByRole('main').getByRole('button', { name: 'Search' }).click();
    await person.filter({ has: office.locator('code.title', { hasText: action }) }).first().waitFor();
  }
  await colleague.picture('newcomer-4-trail');
}

export const cases = {
  async 'a newcomer at make dev: signs up, finds the mail, signs in; as staff finds that user, changes a role, ends the session, reads it all'(tools) {
    const { folder, remove } = scratch();
    const dev = new Dev(await freePort(), folder);
    try {
      await dev.ready(180_000);
      const { url, inbox, password, staff } = dev.screen();
      await newcomer({ ...tools, server: { url } }, { url, inbox, password, staff: staff.find((one) => one.startsWith('admin@')) });
      await dev.interrupt();
    } finally {
      dev.signal('SIGTERM');
      await dev.ended;
      remove();
    }
  },

  async 'a newcomer: signs up, finds the mail, signs in; as staff finds that user, changes a role, ends the session, reads it all'(tools) {
    const { url } = tools.server;
    // Mailed links lead to APP_URL, which is not where this server listens.
    const follow = async (link) => {
      const { pathname, search } = new URL(await link.getAttribute('href'));
      await link.page().goto(url + pathname + search);
    };
    await newcomer(tools, { url, inbox: `${url}/dev/inbox`, password: SEED, staff: 'admin@acme.com', follow });
  },
};

// One real server a run: what it shows at the other size, the built Worker shows too.
const [atMakeDev, onTheWorker] = Object.values(cases);
atMakeDev.views = ['wide-dark'];
onTheWorker.views = ['phone-light'];
