// Webhooks in the back office: set up, tested, followed, sent again, renewed, turned off and deleted.
import assert from 'node:assert/strict';
import { Receiver } from '../../e2e/harness/receiver.mjs';
import { CANARY } from './people.mjs';
import { office, settled } from './office.mjs';

/** Shows the deliveries until a row holds the words: they are made after the answer. */
async function shows(page, words) {
  for (const end = Date.now() + 10_000; ; ) {
    await page.reload();
    await settled(page);
    if (await page.locator('table tbody tr', { hasText: words }).count()) return;
    assert.ok(Date.now() < end, `no delivery says ${words}`);
  }
}

export const cases = {
  async 'webhooks: set up with a secret shown once, tested, its tries read, sent again'(tools) {
    const receiver = await new Receiver().start();
    receiver.answer({ status: 500, body: CANARY });
    try {
      const me = await office(tools, '/backend/integrations/webhooks', { slow: 200 });
      const { page } = me;
      await me.inspect('staff-webhooks', { shift: false });
      await page.getByRole('button', { name: 'New webhook' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Address').fill('https://10.0.0.1/in');
      await dialog.getByText('All events, to pick from').click();
      await dialog.getByRole('button', { name: 'customer_accounts.user.created' }).click();
      await me.inspect('staff-webhook-new', { shift: false });
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.locator('#field-url[aria-invalid=true]').waitFor();
      assert.equal(await dialog.getByLabel('Events', { exact: true }).inputValue(), 'customer_accounts.user.created', 'nothing typed is lost');
      await dialog.getByLabel('Address').fill(receiver.url);
      await dialog.getByLabel('Description').fill(CANARY);
      await dialog.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('button', { name: 'Done' }).waitFor();
      assert.match(await page.locator('#revealed').inputValue(), /^whsec_[A-Za-z0-9+/]{43}=$/);
      await me.inspect('staff-webhook-secret', { shift: false });
      await page.getByRole('button', { name: 'Done' }).click();
      await page.getByRole('heading', { name: `127.0.0.1:${receiver.port}` }).waitFor();
      await page.getByRole('button', { name: 'Send a test' }).click();
      await page.getByText('A test is on its way.').waitFor();
      await receiver.until(1);
      await shows(page, '500');
      await me.inspect('staff-webhook', { shift: false });
      await page.getByRole('link', { name: 'webhook.test' }).click();
      await page.getByText('status 500').first().waitFor();
      await page.getByText(CANARY.slice(0, 30)).waitFor();
      await me.inspect('staff-webhook-delivery', { shift: false });
      receiver.answer({ status: 204 });
      await page.getByRole('button', { name: 'Send again' }).click();
      await page.getByText('It is on its way again.').waitFor();
      await receiver.until(2);
      for (const end = Date.now() + 10_000; !(await page.locator('.page-head .badge', { hasText: 'Delivered' }).count()); ) {
        assert.ok(Date.now() < end, 'never delivered');
        await page.reload();
        await settled(page);
      }
      await page.getByRole('link', { name: 'Deliveries' }).click();
      await page.getByRole('heading', { name: `127.0.0.1:${receiver.port}` }).waitFor();
      await settled(page);
      await page.getByLabel('State').selectOption('dead');
      await page.getByText('Nothing matches.').waitFor();
      await page.getByRole('button', { name: 'New secret' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'New secret' }).click();
      await page.getByRole('button', { name: 'Done' }).click();
      await page.getByText('The new secret signs from now on.').waitFor();
      await page.getByText('Old secret signs until').waitFor();
      await page.getByRole('button', { name: 'Send again since' }).click();
      await me.inspect('staff-webhook-replay', { shift: false });
      await page.getByRole('dialog').getByRole('button', { name: 'Send', exact: true }).click();
      await page.getByText('on their way.').or(page.getByText('is on its way.')).first().waitFor();
      await page.getByRole('button', { name: 'Turn off' }).click();
      await page.getByText('The webhook is off.').waitFor();
      assert.equal(await page.getByRole('button', { name: 'Send a test' }).count(), 0);
      await page.getByRole('button', { name: 'Turn on' }).click();
      await page.getByText('The webhook is on.').waitFor();
      await page.getByRole('button', { name: 'Delete' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await page.getByText('is deleted.').waitFor();
    } finally {
      receiver.stop();
    }
  },

  async 'webhooks: whoever may only look is offered nothing to change, and whoever may not is told so'(tools) {
    const me = await office(tools, '/backend/integrations/webhooks', { as: 'employee@acme.com' });
    await me.page.getByRole('heading', { name: 'Not allowed' }).waitFor();
    await me.page.goto('/backend/integrations/webhooks/0190f5fe-7c00-7a00-8000-000000000001');
    await me.page.getByRole('heading', { name: 'Not allowed' }).waitFor();
    const admin = await office(tools, '/backend/integrations/webhooks/0190f5fe-7c00-7a00-8000-000000000001');
    await admin.page.getByRole('heading', { name: 'Not here' }).waitFor();
  },
};
