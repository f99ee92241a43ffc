// What holds on every page.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { open, signIn } from './people.mjs';

const folder = new URL('../../../public/portal/', import.meta.url);
const PAGES = readdirSync(folder).map((name) => name.replace('.html', ''));
const INSIDE = ['dashboard', 'profile', 'security', 'notifications', 'users'];
const pathOf = (page) => `/acme/portal${page === 'index' ? '' : `/${page}`}`;
const OUTSIDE = PAGES.filter((page) => !INSIDE.includes(page)).map(pathOf);

export const cases = {
  async 'every page: painted before any API answer'(tools) {
    const me = await open(tools);
    await me.context.route('**/api/**', () => {});
    for (const page of PAGES) {
      await me.page.goto(pathOf(page), { waitUntil: 'commit' });
      await me.page.locator('main h1, main h2').first().waitFor({ timeout: 3000 });
      await me.page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0, null, { timeout: 3000 });
    }
  },

  async 'every page: one frame each, no inline script or style, every file is there'(tools) {
    const frame = (html) => html.replace(/<main[\s\S]*<\/main>/, '').replace(/<title.*<\/title>|portal\/[\w-]+\.js| aria-current="page"| data-needs="users" hidden| data-needs="users"/g, '');
    const frames = { inside: new Set(), outside: new Set() };
    for (const page of PAGES) {
      const reply = await fetch(tools.server.url + pathOf(page));
      const html = await reply.text();
      assert.equal(reply.status, 200, page);
      const policy = reply.headers.get('content-security-policy');
      assert.match(policy, /default-src 'none'/);
      assert.doesNotMatch(policy, /unsafe|\*/);
      assert.equal(html, readFileSync(new URL(`${page}.html`, folder), 'utf8'));
      assert.doesNotMatch(html, /<script(?![^>]*src=)|<style|\sstyle=|\son\w+=/i, page);
      frames[INSIDE.includes(page) ? 'inside' : 'outside'].add(frame(html));
      for (const [, file] of html.matchAll(/(?:src|href)="(\/assets\/[^"#]+)/g)) assert.equal((await fetch(tools.server.url + file)).status, 200, file);
    }
    for (const [name, set] of Object.entries(frames)) assert.equal(set.size, 1, `${name} pages do not have one frame`);
  },

  async 'every page in every language: fits the screen, down to 320 px'(tools) {
    const me = await open(tools);
    await signIn(me, tools.server, { email: 'admin@portal.acme.com' });
    for (const lang of ['en', 'de', 'es', 'pl']) {
      for (const path of ['/', ...OUTSIDE, ...INSIDE.map(pathOf)]) {
        await me.page.goto(`${path}?lang=${lang}`);
        await me.page.waitForFunction((lang) => document.documentElement.lang === lang && !('pending' in document.documentElement.dataset), lang);
        for (const width of tools.view.startsWith('phone') ? [320, 390] : [768, 1280]) {
          await me.page.setViewportSize({ width, height: 844 });
          const wide = await me.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          assert.ok(wide <= 0, `${path} in ${lang} at ${width} px: ${wide} px too wide`);
        }
        const cut = await me.page.evaluate(() => [...document.querySelectorAll('.button, nav a > span')].filter((node) => node.offsetParent && node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).display !== 'inline').map((node) => node.textContent));
        assert.deepEqual(cut, [], `${path} in ${lang}`);
      }
    }
    await me.page.goto('/acme/portal/dashboard');
    await me.page.waitForFunction(() => !document.querySelector('main .waiting'));
    await me.inspect('dashboard-polish');
  },

  async 'the language is the browser’s, changes in place, and is remembered'(tools) {
    const me = await open(tools, { lang: 'de-AT' });
    const { page } = me;
    await page.goto('/acme/portal/signup');
    await page.getByRole('heading', { name: 'Konto anlegen' }).waitFor();
    await me.inspect('signup-german');
    await page.getByLabel('Ihr Name').fill('Kept While Switching');
    await page.getByLabel('Sprache').selectOption('es');
    await page.getByRole('heading', { name: 'Crear una cuenta' }).waitFor();
    assert.equal(await page.getByLabel('Su nombre').inputValue(), 'Kept While Switching');
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'es');
    await page.goto('/acme/portal/login');
    await page.getByRole('heading', { name: 'Iniciar sesión' }).waitFor();
    assert.match(await page.evaluate(() => document.cookie), /locale=es/);
  },

  async 'by keyboard alone: skip link, fields, sending, the dialog gives the focus back'(tools) {
    const me = await open(tools);
    const { page } = me;
    await page.goto('/acme/portal/login');
    await page.locator('[data-organization]', { hasText: 'Acme' }).waitFor();
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.equal(await me.focused(), 'email');
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.notEqual(outline, 'none');
    await page.keyboard.type('admin@portal.acme.com');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Portcullis-dev-1');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/dashboard');
    await page.goto('/acme/portal/security');
    await page.getByText('This device').waitFor();
    const other = page.getByRole('button', { name: 'Sign out everywhere else' });
    if (await other.isVisible()) {
      await other.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      assert.equal(await page.evaluate(() => document.activeElement.hasAttribute('data-everywhere')), true);
    }
  },

  async 'a name of the organization that would be markup is only text'(tools) {
    const me = await open(tools);
    const canary = `<img src=x onerror="window.canary=3">`;
    await me.page.route('**/api/directory/**', (route) => route.fulfill({ json: { ok: true, organization: { id: tools.server.place.organizationId, name: canary, slug: 'acme' } } }));
    await signIn(me, tools.server, { email: 'viewer@portal.acme.com' });
    for (const path of [...OUTSIDE, ...INSIDE.slice(0, 4).map(pathOf)]) {
      await me.page.goto(path);
      await me.page.locator('[data-organization]', { hasText: canary }).first().waitFor();
      assert.equal(await me.page.evaluate(() => window.canary), undefined);
    }
  },

  async 'the development inbox is readable'(tools) {
    const me = await open(tools);
    await me.page.goto('/dev/inbox');
    await me.page.getByRole('heading', { name: 'Inbox' }).waitFor();
    await me.page.evaluate(() => [...document.querySelectorAll('article')].slice(3).forEach((node) => node.remove()));
    await me.inspect('dev-inbox', { shift: false });
  },
};

// No browser takes part.
cases['every page: one frame each, no inline script or style, every file is there'].views = ['wide-dark'];
