// An app behind a real nginx: signed out there, signed in here, back there.
import assert from 'node:assert/strict';
import { freePort } from '../../e2e/harness/ports.mjs';
import { origin, proxy, register } from '../../e2e/harness/proxies.mjs';
import { Server } from '../server.mjs';
import { SEED, open } from './people.mjs';

export const cases = {
  async 'an app behind nginx sends people to the sign-in page and gets them back, signed in'(tools) {
    const port = await freePort();
    const server = await new Server().up({ settings: { COOKIE_DOMAIN: 'id.localhost', APP_URL: `http://auth.id.localhost:${port}` } });
    const app = await origin();
    const stop = await proxy('nginx', { port, worker: new URL(server.url).host, app: app.at });
    try {
      const ask = async (method, path, body, cookie) => {
        const reply = await fetch(server.url + path, { method, headers: { 'content-type': 'application/json', ...(cookie ? { cookie } : {}) }, body: JSON.stringify(body) });
        return { status: reply.status, text: await reply.text(), cookie: reply.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ') };
      };
      await register(ask, { hosts: [`app.id.localhost:${port}`], password: SEED });
      const { page } = await open({ ...tools, server });
      await page.goto(`http://app.id.localhost:${port}/orders?page=2`);
      assert.equal(new URL(page.url()).pathname, '/acme/portal/login');
      await page.fill('#email', 'buyer@portal.acme.com');
      await page.fill('#password', SEED);
      await page.click('form button[type=submit]');
      await page.waitForURL(`http://app.id.localhost:${port}/orders?page=2`);
      const seen = JSON.parse(await page.textContent('#seen'));
      assert.equal(seen.headers['x-portcullis-email'], 'buyer@portal.acme.com');
      assert.equal(seen.headers.cookie ?? '', '', 'no cookie of ours reaches the app');
      await page.goto(`http://app.id.localhost:${port}/users`);
      assert.match(await page.textContent('body'), /403/);
      // A stranger's address is not followed.
      await page.context().clearCookies();
      await page.goto(`http://auth.id.localhost:${port}/acme/portal/login?return=${encodeURIComponent('https://evil.example/')}`);
      await page.fill('#email', 'buyer@portal.acme.com');
      await page.fill('#password', SEED);
      await page.click('form button[type=submit]');
      await page.waitForURL(`http://auth.id.localhost:${port}/acme/portal/dashboard`);
    } finally {
      await stop();
      app.stop();
      await server.down();
    }
  },
};

// It follows addresses; how the sign-in page looks is looked at elsewhere, on every screen.
cases['an app behind nginx sends people to the sign-in page and gets them back, signed in'].views = ['wide-dark'];
