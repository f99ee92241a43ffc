// The SDK in a page of an app that lives on another origin: it reads the keys and the revocations across origins.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { buildSync } from 'esbuild';
import { CA, SEED, open } from './people.mjs';

const bundle = () =>
  buildSync({ entryPoints: [new URL('../../../sdk/js/src/index.ts', import.meta.url).pathname], bundle: true, format: 'esm', platform: 'browser', write: false }).outputFiles[0].text;

export const cases = {
  async 'an app on another origin verifies in the browser, and learns that the session ended'(tools) {
    const me = await open(tools);
    const script = bundle();
    const app = createServer((request, response) => {
      response.setHeader('content-type', request.url === '/sdk.js' ? 'text/javascript' : 'text/html');
      response.end(request.url === '/sdk.js' ? script : '<!doctype html><title>App</title>');
    }).listen(0, '127.0.0.1');
    await once(app, 'listening');
    try {
      const login = await tools.server.post(`${CA}/login`, { email: 'viewer@portal.acme.com', password: SEED, organizationId: tools.server.place.organizationId });
      const token = login.headers.getSetCookie().map((line) => /^customer_auth_token=([^;]+)/.exec(line)?.[1]).find(Boolean);
      const bearer = { authorization: `Bearer ${decodeURIComponent(token)}` };
      const { iss } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
      await me.page.goto(`http://localhost:${app.address().port}/`);
      const verify = () =>
        me.page.evaluate(
          async ([issuer, value, server]) => {
            const { portcullis } = await import('/sdk.js');
            window.auth ??= portcullis({ issuer, audience: 'customer', fetch: (url, init) => fetch(String(url).replace(issuer, server), init) });
            return window.auth.verify(value).then((identity) => identity.email, (error) => error.code ?? String(error));
          },
          [iss, decodeURIComponent(token), tools.server.url],
        );
      assert.equal(await verify(), 'viewer@portal.acme.com');
      const out = await fetch(`${tools.server.url}${CA}/portal/logout`, { method: 'POST', headers: bearer });
      assert.equal(out.status, 200);
      await me.page.waitForTimeout(4_000);
      assert.equal(await verify(), 'REVOKED');
    } finally {
      app.close();
    }
  },
};

// There is nothing on its page to see.
cases['an app on another origin verifies in the browser, and learns that the session ended'].views = ['wide-dark'];
