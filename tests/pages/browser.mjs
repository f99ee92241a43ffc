// Chromium, as two people use it: on a phone in daylight, and on a wide screen in the dark. What every page must hold is
// watched on each of them: no script error, nothing refused by the policy, nothing that moves when data comes, axe content.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = new URL('../../build/screenshots/', import.meta.url);
mkdirSync(shots, { recursive: true });

export const VIEWS = {
  'phone-light': { viewport: { width: 390, height: 844 }, colorScheme: 'light', isMobile: true, hasTouch: true, deviceScaleFactor: 1 },
  'wide-dark': { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
};

/** Any page may weigh this much on the wire, where Cloudflare sends text compressed. */
const MOST_BYTES = 150 * 1024;
/** What was seen on the way, for the end of the report. */
export const seen = { heaviest: { name: '', bytes: 0 }, minor: new Set() };
/** What a page may move by itself, in Chromium's measure; 0.1 is called good. */
const MOST_SHIFT = 0.01;

/** The shell renders as the whole browser does, and spends a third less on it: it draws no windows around the pages. */
const EXECUTABLES = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? EXECUTABLES.find(existsSync),
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

const sizes = new Map();

/**
 * What the body of an answer comes to on the wire, where Cloudflare sends text compressed. A file of the product's weighs
 * the same on every page: it is fetched from the browser and compressed once.
 */
export async function weight(response) {
  const { origin, pathname } = new URL(response.url());
  const compressed = async () => gzipSync(await response.body()).length;
  if (!pathname.startsWith('/assets/') || response.status() !== 200) return compressed();
  const key = origin + pathname;
  if (!sizes.has(key)) sizes.set(key, await compressed());
  return sizes.get(key);
}

/** One person's browser. */
export async function visitor(browser, server, view, { lang = 'en-GB', slow = 0 } = {}) {
  const context = await browser.newContext({ ...VIEWS[view], locale: lang, baseURL: server.url, reducedMotion: 'reduce' });
  await context.addInitScript(() => {
    window.shifts = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (!entry.hadRecentInput) window.shifts.push({ value: entry.value, nodes: entry.sources.map((source) => source.node?.outerHTML?.slice(0, 80) ?? source.node?.nodeName) });
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  // Data that comes late is what moves a page.
  if (slow) {
    await context.route('**/api/**', async (route) => {
      await new Promise((done) => setTimeout(done, slow));
      await route.continue().catch(() => {});
    });
  }
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const trouble = [];
  let bytes = 0;
  page.on('pageerror', (error) => trouble.push(`script error: ${error.message}`));
  page.on('console', (message) => {
    // Answers that are errors are part of the tests; everything else in the console is not.
    if (['error', 'warning'].includes(message.type()) && !/Failed to load resource|ERR_INTERNET_DISCONNECTED/.test(message.text())) trouble.push(`console: ${message.text()}`);
  });
  page.on('framenavigated', (frame) => frame === page.mainFrame() && (bytes = 0));
  page.on('response', (response) => {
    weight(response).then((size) => (bytes += size), () => {});
  });

  const me = {
    context,
    page,
    view,
    picture: (name, { fullPage = true } = {}) => page.screenshot({ path: fileURLToPath(new URL(`${name}.${view}.png`, shots)), fullPage }),
    /** What must hold on any page, in the state that it is in now; leaves a picture of it. */
    async inspect(name, { shift = true } = {}) {
      await page.waitForTimeout(60);
      await me.picture(name);
      assert.deepEqual(trouble, [], `${name}: ${trouble.join('; ')}`);
      assert.equal(await page.evaluate(() => window.canary), undefined, `${name}: a name was run as a script`);
      const mute = await page.evaluate(() => [...document.querySelectorAll('[data-t]')].filter((node) => node.textContent === node.dataset.t && /\w\.\w/.test(node.dataset.t)).map((node) => node.dataset.t));
      assert.deepEqual(mute, [], `${name}: keys without words`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(wide <= 0, `${name}: ${wide} px wider than the screen`);
      if (shift) {
        const shifts = await page.evaluate(() => window.shifts);
        const sum = shifts.reduce((all, one) => all + one.value, 0);
        assert.ok(sum <= MOST_SHIFT, `${name}: moved by ${sum.toFixed(4)}: ${JSON.stringify(shifts)}`);
      }
      assert.ok(bytes <= MOST_BYTES, `${name}: ${bytes} bytes`);
      // Where the page happens to be scrolled to, the header may lie over a part of it, which axe takes for a target too small.
      const before = await page.evaluate(() => [scrollY, scrollTo({ top: 0, behavior: 'instant' })][0]);
      if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
      const bad = violations.filter((one) => ['serious', 'critical'].includes(one.impact));
      await page.evaluate((top) => scrollTo({ top, behavior: 'instant' }), before);
      assert.deepEqual(bad.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`), [], `${name}: axe`);
      for (const one of violations.filter((one) => !bad.includes(one))) seen.minor.add(`${one.id} (${one.impact}) on ${name}`);
      if (bytes > seen.heaviest.bytes) seen.heaviest = { name, bytes };
    },
    /** The element that has the focus, as selector-like text. */
    focused: () => page.evaluate(() => document.activeElement?.id || document.activeElement?.getAttribute('data-error') || document.activeElement?.tagName.toLowerCase() + (document.activeElement?.hasAttribute('data-error') ? '[data-error]' : '')),
    async close() {
      await context.close();
    },
  };
  return me;
}
