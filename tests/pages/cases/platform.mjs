// The platform's part of the back office: keys, apps and their path rules, partners, health and the outbox.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CANARY, answer, fresh, member } from './people.mjs';
import { office, settled } from './office.mjs';

const ROOT = 'superadmin@acme.com';
const root = (tools, path, options = {}) => office(tools, path, { as: ROOT, slow: 200, ...options });
const tag = () => randomUUID().slice(0, 8);

/** Calls the API as whoever is signed in in that browser. */
async function call(me, server, method, path, data) {
  const reply = await me.context.request.fetch(server.url + path, { method, data });
  assert.ok(reply.ok(), `${method} ${path}: ${reply.status()} ${await reply.text()}`);
  return reply.json();
}

/** A mail in the outbox that nobody is sending. */
async function mail({ server }, { abandoned = false, recipient = fresh('stuck') } = {}) {
  const id = randomUUID().replace(/^(.{14})./, '$17');
  const { tenantId, organizationId } = server.place;
  await server.run(
    "INSERT INTO mail_outbox (id, tenant_id, organization_id, recipient, recipient_hash, template, locale, payload, created_at, due_at, attempts, abandoned_at, last_error) VALUES (?, ?, ?, ?, 'x', 'existing_account', 'en', '{}', ?, ?, ?, ?, ?)",
    id, tenantId, organizationId, recipient, Date.now() - 7_200_000, Date.now() - 3_600_000, abandoned ? 10 : 0, abandoned ? Date.now() - 60_000 : null, abandoned ? '550 no such mailbox' : null,
  );
  return { id, recipient };
}

async function newApp(me, server, more = {}) {
  const name = `Shop ${tag()}`;
  const { app } = await call(me, server, 'POST', '/api/apps', { name, audience: `https://${tag()}.example.com`, features: ['portal.*'], returnHosts: [`${tag()}.example.com`], ...more });
  return app;
}

export const cases = {
  async 'signing keys: rotated when verifiers know the next one, refused before; one removed with its name typed'(tools) {
    await tools.server.run('DELETE FROM signing_keys');
    await tools.server.cron();
    const me = await root(tools, '/backend/keys');
    const { page } = me;
    await page.getByText('Signs', { exact: true }).waitFor();
    await page.getByText('Waiting', { exact: true }).waitFor();
    await me.inspect('staff-keys');
    await page.getByRole('button', { name: 'Rotate now' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate now' }).click();
    await page.getByText('Not yet: the waiting key was published too recently').waitFor();
    await me.inspect('staff-keys-too-early', { shift: false });
    await tools.server.run("UPDATE signing_keys SET since = 0 WHERE state = 'next'");
    await page.getByRole('button', { name: 'Rotate now' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate now' }).click();
    await page.getByText('The keys are rotated.').waitFor();
    const retiring = page.locator('.cards > li', { has: page.getByText('Retiring', { exact: true }) }).last();
    const kid = await retiring.locator('code').textContent();
    await retiring.getByRole('button', { name: /Remove/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('Found in a backup');
    await dialog.getByLabel(/Type .* to confirm/).fill('nonsense');
    await dialog.getByRole('button', { name: 'Remove at once' }).click();
    await dialog.getByText('That is not the beginning of this key.').waitFor();
    await me.inspect('staff-key-remove', { shift: false });
    await dialog.getByLabel(/Type .* to confirm/).fill(kid.slice(0, 8));
    await dialog.getByRole('button', { name: 'Remove at once' }).click();
    await page.getByText('The key is removed.').waitFor();
    assert.equal(await tools.server.db.prepare('SELECT count(*) AS n FROM signing_keys WHERE kid = ?').bind(kid).first('n'), 0);
    await settled(page);
    await me.inspect('staff-keys-removed', { shift: false });
  },

  async 'apps: registered, its secret shown once, a third refused, edited, disabled; a bad host named'(tools) {
    const me = await root(tools, '/backend/apps');
    const { page } = me;
    await me.inspect('staff-apps');
    await page.getByRole('button', { name: 'Register an app' }).click();
    let dialog = page.getByRole('dialog');
    const host = `${tag()}.example.com`;
    await dialog.getByLabel('Name').fill(CANARY);
    await dialog.getByLabel('Audience').fill(`https://${host}`);
    await dialog.getByLabel('Return hosts').fill('127.0.0.1:80x');
    await dialog.getByLabel('Features it may hear of').fill('portal.orders.*\nshop.cart.view');
    await dialog.getByRole('button', { name: 'Register' }).click();
    await dialog.locator('[name=returnHosts][aria-invalid=true]').waitFor();
    await me.inspect('staff-app-new', { shift: false });
    await dialog.getByLabel('Return hosts').fill(host);
    await dialog.getByRole('button', { name: 'Register' }).click();
    await page.getByText('Client id').waitFor();
    await page.getByText('It has none.').waitFor();
    await me.inspect('staff-app', { shift: false });
    for (let n = 0; n < 2; n += 1) {
      await page.getByRole('button', { name: 'New secret' }).click();
      await page.getByRole('dialog').getByRole('heading', { name: 'The secret, this once' }).waitFor();
      const secret = await page.locator('#revealed').inputValue();
      assert.match(secret, /^[\w-]{43}$/);
      if (n === 0) await me.inspect('staff-app-secret', { shift: false });
      await page.getByRole('button', { name: 'Done' }).click();
      await page.getByRole('button', { name: 'Revoke' }).nth(n).waitFor();
      assert.ok(!(await page.content()).includes(secret), 'shown once');
    }
    await page.getByRole('button', { name: 'New secret' }).click();
    await page.getByText('It has two already.').waitFor();
    await page.getByRole('button', { name: 'Revoke' }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('The secret is revoked.').waitFor();
    await page.getByRole('button', { name: 'Edit' }).click();
    dialog = page.getByRole('dialog');
    await dialog.getByLabel('Staff').check();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('It holds from the next token on.').waitFor();
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await page.getByText('is disabled.').waitFor();
    await me.inspect('staff-app-disabled', { shift: false });
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('is deleted.').waitFor();
  },

  async 'path rules: written in order, a slip named at its rule, put into force, tried, and an older version taken up'(tools) {
    const user = await member(tools);
    const me = await root(tools, '/backend/apps');
    const app = await newApp(me, tools.server);
    const { page } = me;
    await page.goto(`/backend/apps/${app.id}/rules`);
    await settled(page);
    await page.getByText('Nobody wrote any rules yet').waitFor();
    await me.inspect('staff-rules-none');
    const rule = (n) => page.getByRole('group', { name: `Rule ${n}` });
    await page.getByRole('button', { name: 'Add a rule' }).click();
    await rule(1).getByLabel('Path').fill('/orders/**');
    await rule(1).getByLabel('Who may').selectOption('all');
    await rule(1).getByLabel('Features').fill('portal.orders.view');
    await page.getByRole('button', { name: 'Add a rule' }).click();
    await rule(2).getByLabel('Path').fill('/assets/../x');
    await rule(2).getByLabel('Who may').selectOption('public');
    const save = async () => {
      await page.getByRole('button', { name: 'Put into force' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Put into force' }).click();
    };
    await save();
    await rule(2).getByText('Begin with a slash').waitFor();
    await me.inspect('staff-rules-wrong', { shift: false });
    await rule(2).getByLabel('Path').fill('/assets/**');
    await page.getByRole('button', { name: 'Move rule 2 up' }).click();
    assert.equal(await rule(1).getByLabel('Path').inputValue(), '/assets/**');
    await save();
    await page.getByText('Version 1 is in force.').waitFor();

    const tried = page.locator('section', { has: page.getByRole('heading', { name: 'What if?' }) });
    const ask = async (path, email = '') => {
      await tried.getByLabel('Path').fill(path);
      await tried.getByLabel('Customer').fill(email);
      await tried.getByRole('button', { name: 'Try' }).click();
    };
    await ask('/assets/logo.png');
    await tried.getByText('Rule 1: /assets/**').waitFor();
    await tried.getByText('Allowed', { exact: true }).waitFor();
    await ask('/orders/7');
    await tried.getByText('Has to sign in').waitFor();
    await ask('/orders/7', user.email);
    await tried.getByText('Rule 2: /orders/**').waitFor();
    await tried.getByText('Allowed', { exact: true }).waitFor();
    await me.inspect('staff-rules-tried', { shift: false });
    await ask('/elsewhere');
    await tried.getByText('No rule fits').waitFor();
    await ask('/a/..%2fb');
    await tried.getByText('servers read it differently').waitFor();
    await ask('/', 'nobody@mail.example');
    await tried.getByText('No customer that you can see').waitFor();

    // Somebody else is quicker: nothing typed is lost.
    await call(me, tools.server, 'PUT', `/api/apps/${app.id}/rules`, { version: 1, realm: 'customer', rules: [] });
    await rule(2).getByLabel('Path').fill('/orders/mine/**');
    await save();
    await page.getByText('Somebody else put other rules into force').waitFor();
    assert.equal(await rule(2).getByLabel('Path').inputValue(), '/orders/mine/**');
    await page.reload();
    await settled(page);
    await page.getByRole('button', { name: 'Show the versions' }).click();
    await page.getByRole('button', { name: 'Take up again: version 1' }).click();
    await page.getByText('The rules of version 1 stand below.').waitFor();
    await save();
    await page.getByText('Version 3 is in force.').waitFor();
    assert.equal(await rule(1).getByLabel('Path').inputValue(), '/assets/**');
  },

  async 'health: all is well, a late mail is seen, and what is down is said'(tools) {
    await tools.server.cron();
    await tools.server.run('DELETE FROM mail_outbox WHERE sent_at IS NULL');
    const me = await root(tools, '/backend/operations/health');
    const { page } = me;
    await page.getByText('Database (D1)').waitFor();
    await me.inspect('staff-health');
    await mail(tools);
    await page.getByRole('button', { name: 'Ask again' }).click();
    await page.locator('section', { hasText: 'Mails' }).getByText('Needs a look').waitFor();
    await me.inspect('staff-health-late', { shift: false });
    await answer(page, '/api/operations/status', [503, 'UNAVAILABLE'], [503, 'UNAVAILABLE']);
    await page.getByRole('button', { name: 'Ask again' }).click();
    await page.getByText('cannot be reached for a moment').waitFor();
    const services = [['database', 'healthy'], ['limiter', 'down'], ['cache', 'healthy']].map(([name, status]) => ({ name, status, latencyMs: 3 }));
    await page.route('**/api/health', (route) => route.fulfill({ status: 503, json: { ok: false, status: 'down', services, migrations: { applied: 'x', expected: 'x', behind: false } } }));
    await page.getByRole('button', { name: 'Ask again' }).click();
    await page.getByText('Something is down').waitFor();
    await page.getByText('Limiter (Durable Objects)').waitFor();
    await me.inspect('staff-health-down', { shift: false });
    await tools.server.run('DELETE FROM mail_outbox WHERE sent_at IS NULL');
  },

  async 'outbox: a mail is given up and sent again; one that was sent meanwhile is said so'(tools) {
    const me = await root(tools, '/backend/operations/outbox');
    const { page } = me;
    // After the sign-in, whose own mail takes along whatever is due.
    await tools.server.run('DELETE FROM mail_outbox WHERE sent_at IS NULL');
    const waiting = await mail(tools);
    const refused = await mail(tools, { abandoned: true });
    await page.reload();
    await page.getByText(waiting.recipient).waitFor();
    await me.inspect('staff-outbox');
    await page.getByRole('button', { name: `Give up the mail to ${waiting.recipient}` }).click();
    await me.inspect('staff-outbox-give-up', { shift: false });
    await page.getByRole('dialog').getByRole('button', { name: 'Give up' }).click();
    await page.getByText(`The mail to ${waiting.recipient} is given up.`).waitFor();
    await page.getByText('Nothing waits here.').waitFor();
    await page.getByLabel('Which mails').selectOption('abandoned');
    await page.getByText('550 no such mailbox').waitFor();
    await me.inspect('staff-outbox-abandoned', { shift: false });
    await page.getByRole('button', { name: `Send again: the mail to ${refused.recipient}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click();
    await page.getByText(`The mail to ${refused.recipient} is on its way.`).waitFor();
    assert.ok(await tools.server.mail(refused.recipient));
    await tools.server.run('UPDATE mail_outbox SET sent_at = 5, abandoned_at = NULL WHERE id = ?', waiting.id);
    await page.getByRole('button', { name: `Send again: the mail to ${waiting.recipient}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click();
    await page.getByText('The mail was sent, given up, or is being sent').waitFor();
    await answer(page, '/api/operations/mails?*', [503, 'UNAVAILABLE']);
    await page.getByLabel('Which mails').selectOption('late');
    await page.getByText('cannot be reached for a moment').waitFor();
    await me.inspect('staff-outbox-trouble', { shift: false });
  },

  async 'partners: one is made, given staff and a tenant, and taken away; an unknown address is said so'(tools) {
    const name = `Reseller ${tag()}`;
    const me = await root(tools, '/backend/directory/partners');
    const { page } = me;
    await me.inspect('staff-partners');
    const tenant = `Initech ${tag()}`;
    await call(me, tools.server, 'POST', '/api/directory/tenants', { name: tenant });
    await page.getByRole('button', { name: 'New partner' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill(name);
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name, level: 1 }).waitFor();
    await page.getByText('Nobody works for this partner yet.').waitFor();
    await page.getByRole('button', { name: 'Add somebody' }).click();
    await page.getByRole('dialog').getByLabel('E-mail address').fill('nobody@mail.example');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByText('No account of staff that you can see').waitFor();
    await me.inspect('staff-partner-nobody', { shift: false });
    await page.getByRole('dialog').getByLabel('E-mail address').fill('employee@acme.com');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByText('employee@acme.com works for this partner now.').waitFor();
    await page.getByRole('button', { name: 'Give it a tenant' }).click();
    await page.getByRole('dialog').getByLabel('Part of its name').fill(tenant);
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByText(`${tenant} belongs to this partner now.`).waitFor();
    await settled(page);
    await me.inspect('staff-partner', { shift: false });
    await page.getByRole('button', { name: `Release ${tenant}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Release' }).click();
    await page.getByText('belongs to no partner now.').waitFor();
    await page.getByRole('button', { name: 'Remove employee@acme.com' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('works for this partner no more.').waitFor();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText(`${name} is removed.`).waitFor();
  },

  async 'the trail: one organization, another trail, carried away; and of one account in its own page'(tools) {
    const user = await member(tools, { displayName: CANARY });
    const me = await root(tools, `/backend/customer_accounts/${user.id}`);
    const { page } = me;
    const card = page.locator('section', { has: page.getByRole('heading', { name: 'In the audit log' }) });
    await card.locator('code', { hasText: 'email.verified' }).first().waitFor();
    await settled(page);
    await me.inspect('staff-account-trail', { shift: false });
    await card.getByRole('link', { name: 'All of it in the audit log' }).click();
    await page.getByRole('heading', { name: 'Audit log', level: 1 }).waitFor();
    assert.equal(await page.getByLabel('Words').inputValue(), user.id);
    await page.locator('.trail code', { hasText: 'email.verified' }).first().waitFor();
    await page.getByLabel('Organization', { exact: true }).last().fill(randomUUID());
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText('Nothing matches.').waitFor();
    await page.getByLabel('Organization', { exact: true }).last().fill(tools.server.place.organizationId);
    await page.getByRole('button', { name: 'Search' }).click();
    await page.locator('.trail code', { hasText: 'email.verified' }).first().waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as CSV' }).click()]);
    const lines = readFileSync(await download.path(), 'utf8').trim().split('\n');
    assert.ok(lines.length > 1 && lines.slice(1).every((line) => line.includes(tools.server.place.organizationId)), 'what was asked for');
    await me.inspect('staff-audit-organization', { shift: false });
    await page.getByLabel('Words').fill('');
    await page.getByLabel('Organization', { exact: true }).last().fill('');
    await page.getByLabel('Whose trail').fill('nonsense');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('alert').getByText(/./).first().waitFor();
    await page.getByLabel('Whose trail').fill('platform');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText('Nothing matches.').or(page.locator('.trail li code').first()).first().waitFor();
  },

  async 'the platform: whoever is not of it is told so on every page, and offered none'(tools) {
    const me = await office(tools, '/backend', { as: 'employee@acme.com' });
    const { page } = me;
    for (const path of ['keys', 'apps', 'operations/health', 'operations/outbox', 'directory/partners', 'directory/branding']) {
      await page.goto(`/backend/${path}`);
      await page.getByRole('heading', { name: 'Not allowed' }).waitFor();
      assert.equal(await page.locator(`#office-nav a[href$="${path}"]`).count(), 0, path);
    }
  },
};
