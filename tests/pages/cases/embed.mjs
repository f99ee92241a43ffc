// Views in frames of a CRM, which is another origin: shown to the configured one, refused to all others.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { Server } from '../server.mjs';
import { embedded, registry, settled, staffCaller } from '../walk.mjs';
import { CANARY, open } from './people.mjs';

/** A page of somebody else's that frames what it is told to, on a host name of its own. */
async function crm(host) {
  const seen = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    const src = new URL(request.url, 'http://x').searchParams.get('src') ?? '';
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><html lang="en"><title>CRM</title><h1>A customer of ours</h1><iframe title="Portal" width="100%" height="420" src="${src.replace(/"/g, '')}"></iframe></html>`);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { origin: `http://${host}:${server.address().port}`, seen, stop: () => new Promise((done) => server.close(done)) };
}

/** The framed document, once it has settled. */
async function framed(page, from, src) {
  await page.goto(`${from.origin}/?src=${encodeURIComponent(src)}`);
  return page.frames().find((frame) => frame !== page.mainFrame());
}

async function scene(tools, run) {
  const [allowed, stranger] = [await crm('crm.localhost'), await crm('evil.localhost')];
  const server = await new Server().up({ settings: { EMBED_ORIGINS: allowed.origin } });
  const mine = { ...tools, server };
  try {
    await run({ tools: mine, server, allowed, stranger, entities: await registry(mine) });
  } finally {
    await Promise.all([allowed.stop(), stranger.stop(), server.down()]);
  }
}

export const cases = {
  async 'embedded views: the CRM’s origin shows them without any cookie, another origin is refused'(tools) {
    await scene(tools, async ({ tools, server, allowed, stranger, entities }) => {
      const me = await open(tools);
      const { page } = me;
      const [status, users] = await embedded(entities);
      const cookies = [];
      page.on('request', async (request) => request.url().startsWith(server.url) && cookies.push((await request.allHeaders()).cookie));
      const asked = [];
      page.on('request', (request) => asked.push(request.url()));

      const frame = await framed(page, allowed, server.url + status.path);
      await frame.getByText('buyer@portal.acme.com').waitFor();
      await frame.getByText('Active', { exact: true }).waitFor();
      await frame.getByRole('link', { name: 'Open in the back office' }).waitFor();
      await me.picture('embed-in-crm-status');
      const list = await framed(page, allowed, server.url + users.path);
      await list.getByRole('link', { name: 'Bruno Buyer' }).waitFor();
      await me.picture('embed-in-crm-users');
      assert.deepEqual(cookies.filter(Boolean), [], 'no cookie was needed');
      assert.ok(asked.some((url) => url.includes('/api/embed/')));
      for (const url of asked.filter((url) => url.startsWith(server.url))) assert.doesNotMatch(url.split('#')[0], /e1\./, 'our server is not told the address');

      // The same under a name that is not listed: the browser refuses.
      const refused = await framed(page, stranger, server.url + status.path);
      await page.waitForTimeout(300);
      assert.equal(await refused.getByText('buyer@portal.acme.com').count(), 0);
      assert.match(refused.url(), /^chrome-error:/);
      // And nothing else of ours may be framed by anybody.
      for (const path of ['/acme/portal/login', '/login', '/backend', '/', '/docs']) {
        const other = await framed(page, allowed, server.url + path);
        await page.waitForTimeout(100);
        assert.match(other.url(), /^chrome-error:/, path);
      }
      // Links out of the frame tell nobody where they came from.
      const again = await framed(page, allowed, server.url + (await embedded(entities))[0].path);
      const [office] = await Promise.all([me.context.waitForEvent('page'), again.getByRole('link', { name: 'Open in the back office' }).click()]);
      await office.waitForLoadState();
      assert.equal(await office.evaluate(() => document.referrer), '');
      assert.equal(await office.evaluate(() => window.opener), null);
    });
  },

  async 'embedded views: expired, changed, gone, not allowed any more: each says so on a page of its own'(tools) {
    await scene(tools, async ({ tools, server, entities }) => {
      const me = await open(tools, { slow: 200 });
      const { page } = me;
      const [status, users] = await embedded(entities);
      // Each of them opens a document of its own: the same path with another hash would not.
      const go = async (path) => {
        await page.goto('about:blank');
        await page.goto(path);
        await settled(page);
      };
      await go(status.path);
      await page.getByText('buyer@portal.acme.com').waitFor();
      assert.ok(!page.url().includes('#'), 'no address in the address bar');
      await me.inspect('embed-account-status');
      await page.reload();
      await page.getByText('buyer@portal.acme.com').waitFor();
      await go(users.path);
      await page.getByRole('link', { name: 'Bruno Buyer' }).waitFor();
      await me.inspect('embed-portal-users');

      await go(status.path.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')));
      await page.getByRole('heading', { name: 'This view cannot be opened' }).waitFor();
      await me.inspect('embed-changed', { shift: false });
      await go('/embed/portal-users');
      await page.getByRole('heading', { name: 'This view cannot be opened' }).waitFor();
      await go(users.path.replace('portal-users', 'account-status'));
      await page.getByRole('heading', { name: 'This view cannot be opened' }).waitFor();

      await server.run('UPDATE customer_users SET person_entity_id = NULL');
      await go(status.path);
      await page.getByText('No portal account').waitFor();
      await me.inspect('embed-no-account', { shift: false });

      await server.run('UPDATE customer_entities SET deleted_at = 1 WHERE id = ?', entities.company);
      await go(users.path);
      await page.getByRole('heading', { name: 'Not here any more' }).waitFor();

      // Trouble can be waited for.
      await page.route('**/api/embed/**', (route) => route.fulfill({ status: 503, json: { code: 'UNAVAILABLE' } }), { times: 1 });
      await go(status.path);
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByText('No portal account').waitFor();

      // Whoever made the address is signed out: it shows nothing any more.
      await server.run("UPDATE staff_user_sessions SET deleted_at = 1");
      await go(status.path);
      await page.getByRole('heading', { name: 'This view has expired' }).waitFor();
      await me.inspect('embed-expired', { shift: false });
    });
  },

  async 'embedded views: names that would be markup are only text'(tools) {
    await scene(tools, async ({ tools, server, entities }) => {
      await server.run('UPDATE customer_entities SET display_name = ?', CANARY);
      await server.run('UPDATE customer_users SET display_name = ?', CANARY);
      await server.run('UPDATE customer_roles SET name = ?', CANARY);
      const me = await open(tools);
      for (const { name, path } of await embedded({ ...entities, staff: await staffCaller(server) })) {
        await me.page.goto('about:blank');
        await me.page.goto(path);
        await settled(me.page);
        await me.page.getByText(CANARY).first().waitFor();
        await me.inspect(`${name}-canary`, { shift: false });
      }
    });
  },
};
