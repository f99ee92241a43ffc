// What holds on every page of every application, whoever added it.
import assert from 'node:assert/strict';
import { weight } from '../browser.mjs';
import { Server } from '../server.mjs';
import { arrange, embedded, inside, outside, settled, signInEverywhere, walkOffice } from '../walk.mjs';
import { SEED, open } from './people.mjs';

/** What any page may weigh with everything its first load asks for, as Cloudflare sends it. */
const MOST_BYTES = 150 * 1024;
/** About what the headers of an answer come to on the wire. */
const HEADERS = 300;
/** What a page may move when its data comes, in Chromium's measure; 0.1 is called good. */
const MOST_SHIFT = 0.01;

/** Answers of the API wait until they are let through. */
async function gate(context) {
  let through;
  let opened;
  const self = {
    shut: () => (opened = new Promise((done) => (through = done))),
    open: () => through(),
  };
  self.shut();
  await context.route('**/api/**', async (route) => {
    await opened;
    await route.continue().catch(() => {});
  });
  return self;
}

/** A server of the case's own with a row in every list, and every page of it walked: `visit(me, page)`. */
async function everywhere(tools, visit, { office = true } = {}) {
  const server = await new Server().up();
  try {
    const mine = { ...tools, server };
    const entities = await arrange(mine);
    const stranger = await visit.browser(mine);
    for (const page of [...outside(), ...(await embedded(entities))]) await visit.page(stranger, page);
    const me = await visit.browser(mine);
    await signInEverywhere(me, server);
    for (const page of inside()) await visit.page(me, page);
    if (office) await walkOffice(me.page, server, (page) => visit.page(me, page));
  } finally {
    await server.down();
  }
}

/** What an element around it hides a part of: no page is wider than the screen then, and still something cannot be read. */
function cut() {
  const found = [];
  for (const node of document.querySelectorAll('main :is(.badge, .button, a, p, h1, h2, code, label)')) {
    const box = node.getBoundingClientRect();
    if (!node.checkVisibility() || box.width === 0) continue;
    for (let around = node.parentElement; around && around !== document.body; around = around.parentElement) {
      const style = getComputedStyle(around);
      if (!['hidden', 'clip'].includes(style.overflowX) || style.textOverflow === 'ellipsis') continue;
      if (around.closest('.visually-hidden')) break;
      if (box.right > around.getBoundingClientRect().right + 1) found.push(node.outerHTML.slice(0, 120));
    }
  }
  return found;
}

/** What is there on a quiet machine in a tenth of a second may take this long on a busy one, in milliseconds. */
const PATIENCE = 10_000;

/** A document of its own, even where only what stands behind the `#` differs. */
async function go(page, path, options) {
  if (path.includes('#')) await page.goto('about:blank');
  await page.goto(path, options);
}

export const cases = {
  async 'every page of all applications: light, painted before any answer, still when data comes, and says when one is offline'(tools) {
    const wrong = [];
    await everywhere(tools, {
      async browser(mine) {
        const me = await open(mine);
        me.gate = await gate(me.context);
        me.answers = [];
        // A stream has no end to weigh.
        const ends = (response) => !(response.headers()['content-type'] ?? '').startsWith('text/event-stream');
        me.page.on('response', (response) => ends(response) && me.answers.push(weight(response).then((size) => size + HEADERS, () => HEADERS)));
        const devtools = await me.context.newCDPSession(me.page);
        await devtools.send('Network.enable');
        await devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
        return me;
      },
      async page(me, { name, path }) {
        const { page } = me;
        me.gate.shut();
        me.answers.length = 0;
        await go(page, path, { waitUntil: 'commit' });
        const painted = () => performance.getEntriesByName('first-contentful-paint').length > 0 && document.body?.innerText.trim() !== '';
        await page.waitForFunction(painted, null, { timeout: 4000 }).catch(() => wrong.push(`${name}: nothing is painted while the API is silent`));
        me.gate.open();
        await page.waitForLoadState();
        await settled(page).catch(() => wrong.push(`${name}: still waiting for data`));
        await page.waitForTimeout(50);
        const bytes = (await Promise.all(me.answers)).reduce((all, one) => all + one, 0);
        if (bytes > MOST_BYTES) wrong.push(`${name}: ${bytes} bytes`);
        const shifts = await page.evaluate(() => window.shifts);
        const sum = shifts.reduce((all, one) => all + one.value, 0);
        // What a script puts together wrongly reads like this.
        const [slip] = (await page.evaluate(() => document.body.innerText)).match(/\[object \w+\]|\bundefined\b|\bNaN\b/) ?? [];
        if (slip) wrong.push(`${name}: says ${slip}`);
        for (const node of await page.evaluate(cut)) wrong.push(`${name}: cut off: ${node}`);
        if (sum > MOST_SHIFT) wrong.push(`${name}: moved by ${sum.toFixed(4)}: ${JSON.stringify(shifts)}`);
        await me.picture(`page-${name}`, { fullPage: false });
        // The reference is a document; whoever reads it has it.
        if (name === 'docs') return;
        const banner = page.getByText('You are offline.');
        await me.context.setOffline(true);
        await banner.waitFor({ timeout: PATIENCE }).catch(() => wrong.push(`${name}: offline, and says nothing`));
        await me.context.setOffline(false);
        await banner.waitFor({ state: 'hidden', timeout: PATIENCE }).catch(() => wrong.push(`${name}: online again, and says otherwise`));
      },
    });
    assert.deepEqual(wrong, []);
  },

  async 'every page of all applications: too many requests, away, gone: told with when to try again, and tried again'(tools) {
    const wrong = [];
    const told = [];
    await everywhere(tools, {
      async browser(mine) {
        const me = await open(mine);
        me.asked = 0;
        me.fate = null;
        await me.context.route('**/api/**', async (route) => {
          // The organization's name in a greeting: pages go on without it, and their forms say what is the matter.
          if (!route.request().url().includes('/organizations/lookup')) me.asked += 1;
          if (me.fate) await me.fate(route);
          else await route.fallback();
        });
        return me;
      },
      async page(me, { name, path }) {
        const { page } = me;
        const answer = (status, code) => (route) => route.fulfill({ status, headers: { 'retry-after': '37', 'content-type': 'application/problem+json' }, body: JSON.stringify({ ok: false, status, code, error: code }) });
        const again = page.getByRole('button', { name: 'Try again' }).first();
        let before = null;
        // One trouble after the other: each is told in place of the last when one tries again, and in the end the page is there.
        for (const [what, fate, words, atAnyCount = words] of [
          ['429', answer(429, 'RATE_LIMITED'), /wait 3\d seconds/, /wait \d+ seconds?/],
          ['503', answer(503, 'UNAVAILABLE'), /try again in 3\d seconds/, /try again in \d+ seconds?/],
          ['gone', (route) => route.abort('connectionrefused'), /server cannot be reached/],
          ['mended', null, null],
        ]) {
          me.asked = 0;
          me.fate = fate;
          if (!before) {
            await go(page, path);
            for (let n = 0; n < 20 && me.asked === 0; n += 1) await page.waitForTimeout(50);
            // A page that asks for nothing has nothing to say.
            if (me.asked === 0) break;
          } else await again.click({ timeout: PATIENCE }).catch(() => wrong.push(`${name}, ${what}: offers no way to try again`));
          if (words) await page.getByText(words).first().waitFor({ timeout: PATIENCE }).catch(() => wrong.push(`${name}, ${what}: does not say what is the matter and when to try again`));
          if (before) await page.getByText(before).first().waitFor({ state: 'hidden', timeout: PATIENCE }).catch(() => wrong.push(`${name}, ${what}: still says what was before`));
          // Some pages try again by beginning anew: what was said is gone before the page is there.
          if (!words) await page.waitForLoadState().then(() => settled(page)).catch(() => wrong.push(`${name}: still waiting`));
          // It counts down meanwhile.
          before = atAnyCount;
          told.push(name);
        }
        me.fate = null;
      },
    });
    assert.deepEqual(wrong, []);
    assert.ok(new Set(told).size >= 18, `only ${new Set(told).size} pages ask for anything`);
  },

  async 'every form of the back office: a session that ends loses nothing that was typed'(tools) {
    const [wrong, tried] = [[], []];
    const server = await new Server().up();
    try {
      const mine = { ...tools, server };
      await arrange(mine);
      const me = await open(mine);
      const { page } = me;
      await signInEverywhere(me, server);
      await walkOffice(page, server, async ({ name, path }) => {
        await page.goto(path);
        await settled(page);
        const count = await page.locator('.page-head button:visible').count();
        for (let n = 0; n < count; n += 1) {
          await page.locator('.page-head button:visible').nth(n).click();
          const dialog = page.locator('dialog[open]').first();
          const field = dialog.locator('input:not([type=hidden]):not([type=checkbox]):not([type=radio]):not([type=password]):not([readonly])').first();
          if (await field.count()) await ended(name, dialog, field);
          await page.goto(path);
          await settled(page);
        }
      });
      assert.deepEqual(wrong, []);
      assert.ok(tried.length >= 5, `only ${tried.join(', ') || 'none'} could be tried`);

      async function ended(name, dialog, field) {
        const typed = (await field.getAttribute('type')) === 'email' ? 'typed@before-the.end' : 'typed-before-the-end';
        for (const input of await dialog.locator('input[required]:not([type=checkbox]):not([type=radio])').all()) await input.fill((await input.getAttribute('type')) === 'email' ? 'typed@before-the.end' : 'typed-before-the-end').catch(() => {});
        await field.fill(typed).catch(() => {});
        for (const box of (await dialog.locator('input[type=checkbox]').all()).slice(0, 1)) await box.check();
        if ((await field.inputValue()) !== typed) return;
        await server.run('UPDATE staff_user_sessions SET deleted_at = 1');
        await dialog.locator('[type=submit]').first().click();
        const again = page.getByRole('dialog', { name: 'Please sign in again' });
        if (!(await again.waitFor({ timeout: 2000 }).then(() => true, () => false))) wrong.push(`${name}: a form that does not ask to sign in again`);
        else {
          tried.push(name);
          await again.getByLabel('Password').fill(SEED);
          await again.getByRole('button', { name: 'Sign in' }).click();
          await again.waitFor({ state: 'hidden' });
          // Sent with what was typed, or refused with it still standing there.
          await page.waitForTimeout(200);
          if ((await field.isVisible()) && (await field.inputValue()) !== typed) wrong.push(`${name}: what was typed is gone`);
        }
        const alive = await me.context.request.get(`${server.url}/api/auth/profile`);
        if (alive.status() !== 200) await signInEverywhere(me, server);
      }
    } finally {
      await server.down();
    }
  },
};

// What these show does not depend on the screen.
cases['every page of all applications: too many requests, away, gone: told with when to try again, and tried again'].views = ['phone-light'];
cases['every form of the back office: a session that ends loses nothing that was typed'].views = ['wide-dark'];
