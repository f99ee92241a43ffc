// The API reference at /docs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { open } from './people.mjs';

const described = JSON.parse(readFileSync(new URL('../../../public/openapi.json', import.meta.url), 'utf8'));
const total = Object.values(described.paths).reduce((sum, methods) => sum + Object.keys(methods).length, 0);

export const cases = {
  async 'the API reference shows every operation, finds one, and unfolds it by keyboard'(tools) {
    const me = await open(tools);
    const { page } = me;
    await page.goto('/docs');
    await page.getByText(`${total} operations`, { exact: true }).waitFor();
    assert.equal(await page.locator('article[data-words]').count(), total);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
    await page.getByLabel('Find an operation').fill('magic-link request');
    await page.getByText(`1 of ${total} operations`).waitFor();
    const article = page.locator('article#request_magic_link');
    assert.match(await article.innerText(), /3 in 60 s[\s\S]*per e-mail address/);
    await article.getByText('An example').focus();
    await page.keyboard.press('Enter');
    await article.getByText('buyer@portal.acme.com').waitFor();
    await article.locator('summary', { hasText: /^200/ }).click();
    await article.getByText('ok: true').first().waitFor();
    await me.inspect('docs-found');
  },

  async 'the API reference opens at an operation, and says when there is no description'(tools) {
    const me = await open(tools);
    await me.page.goto('/docs#verify_audit_log');
    await me.page.getByText(`${total} operations`, { exact: true }).waitFor();
    await me.page.waitForFunction(() => Math.abs(document.getElementById('verify_audit_log').getBoundingClientRect().top) < innerHeight);
    const other = await open(tools);
    await other.page.route('**/openapi.json', (route) => route.fulfill({ status: 503, body: '' }));
    await other.page.goto('/docs');
    await other.page.getByRole('alert').waitFor();
    await other.inspect('docs-unreachable');
  },

  async 'the API reference is served under the strict policy'(tools) {
    for (const path of ['/docs', '/docs/']) {
      const reply = await fetch(tools.server.url + path);
      assert.equal(reply.status, 200, path);
      assert.match(reply.headers.get('content-security-policy'), /default-src 'none'/);
      assert.doesNotMatch(reply.headers.get('content-security-policy'), /unsafe|\*/);
      assert.doesNotMatch(await reply.text(), /<script(?![^>]*src=)|<style|\sstyle=|\son\w+=/i);
    }
    const served = await fetch(`${tools.server.url}/openapi.json`);
    assert.deepEqual(await served.json(), described);
  },
};

// No browser takes part.
cases['the API reference is served under the strict policy'].views = ['wide-dark'];
