// One design language: a base from npm below our own sheets, colours in one file, controls that can be read and hit.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { SCHEMES, ratio } from '../../../public/assets/js/lib/colour.js';
import { LEFT_OUT, layered, stale, wanted } from '../../../scripts/vendor.mjs';
import { settled } from '../walk.mjs';
import { open, signIn, signInStaff } from './people.mjs';

const folder = new URL('../../../public/', import.meta.url);
const files = readdirSync(folder, { recursive: true }).filter((name) => !name.startsWith('assets/vendor/'));
const read = (name) => readFileSync(new URL(name, folder), 'utf8');
const sheets = files.filter((name) => name.endsWith('.css'));
const linked = (html) => [...html.matchAll(/<link rel="stylesheet" href="\/assets\/([^"]+)"/g)].map(([, name]) => name);

/** Controls in headers whose words are cut or that a thumb misses. In the page. */
const unreadable = () => {
  const wrong = [];
  for (const node of document.querySelectorAll('body > header :is(select, button, a.button)')) {
    if (!node.offsetParent) continue;
    const box = node.getBoundingClientRect();
    const name = node.outerHTML.slice(0, 60);
    if (box.width < 44 || box.height < 44) wrong.push(`${box.width} by ${box.height}: ${name}`);
    const style = getComputedStyle(node);
    if (node.tagName !== 'SELECT' || node.matches('[data-place]')) continue;
    if (style.opacity === '0') {
      const sign = node.closest('label').querySelector('svg')?.getBoundingClientRect();
      if (!(sign?.width >= 20)) wrong.push(`neither words nor a sign: ${name}`);
    } else {
      const pen = document.createElement('canvas').getContext('2d');
      pen.font = style.font;
      const room = node.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
      const need = Math.max(...[...node.options].map((option) => pen.measureText(option.textContent).width));
      if (need > room) wrong.push(`cut, ${Math.round(need)} px in ${Math.round(room)}: ${name}`);
    }
  }
  return wrong;
};

export const cases = {
  async 'look: the base is what the package holds, in a layer, with its licence'() {
    assert.deepEqual(stale().map(([name]) => name), [], 'node scripts/vendor.mjs copies it anew');
    const { 'pico.css': css, 'LICENSE.md': licence } = wanted();
    assert.match(css, /^\/\*![\s\S]*?v2\.1\.1[\s\S]*?MIT[\s\S]*?\*\/\n.*\n@layer base \{\n/);
    assert.match(licence, /MIT License/);
    for (const name of LEFT_OUT) assert.doesNotMatch(css, new RegExp(`^ \\* ${name}( \\(|$)`, 'm'), name);
    // A package whose sections have other names is not copied in silence.
    assert.throws(() => layered('/**\n * Styles\n */\na {}\n/**\n * Navigation\n */\nnav {}\n', ['Nav']), /no section Nav/);
  },

  async 'look: every page has the base first and colours from one file; no sheet is long or forgotten'() {
    const used = new Set();
    for (const name of files.filter((file) => file.endsWith('.html'))) {
      const links = linked(read(name));
      assert.deepEqual(links.slice(0, 3), ['vendor/pico/pico.css', 'css/tokens.css', 'css/elements.css'], name);
      for (const link of links) used.add(`assets/${link}`);
    }
    // The inbox of development is made by the Worker.
    assert.deepEqual(sheets.filter((name) => !used.has(name)), ['assets/dev.css']);
    for (const name of sheets) {
      const css = read(name);
      assert.ok(css.split('\n').length <= 251, `${name} has more than 250 lines`);
      if (name !== 'assets/css/tokens.css') assert.doesNotMatch(css.replace(/url\("[^"]*"\)/g, ''), /#[0-9a-f]{3,8}\b|\b(rgb|hsl|oklch)a?\(/i, `${name} has a colour of its own`);
    }
  },

  async 'look: what the base draws wears the tokens, and stays legible whatever the accent'(tools) {
    const me = await open(tools);
    const { page } = me;
    const scheme = tools.view.endsWith('dark') ? 'dark' : 'light';
    const ground = SCHEMES[scheme];
    await page.goto('/login');
    await settled(page);
    const seen = (selector, property) => page.locator(selector).evaluate((node, name) => getComputedStyle(node)[name], property);
    const hex = (text) => `#${text.match(/\d+/g).slice(0, 3).map((part) => Number(part).toString(16).padStart(2, '0')).join('')}`;
    assert.equal(hex(await seen('#email', 'backgroundColor')), ground.surface);
    assert.equal(hex(await seen('#email', 'color')), ground.ink);
    assert.ok(ratio(hex(await seen('#email', 'borderTopColor')), ground.surface) >= 3, 'the edge of a field');
    const box = '[name=remember]';
    await page.locator(box).check();
    for (const accent of [null, '#ffcc00', '#0f172a', '#fde68a']) {
      await page.evaluate(async (chosen) => (await import('/assets/js/lib/colour.js')).dress(chosen), accent);
      // Past the transition.
      await page.waitForTimeout(30);
      const colour = hex(await seen(box, 'backgroundColor'));
      const sign = decodeURIComponent(await seen(box, 'backgroundImage'));
      assert.ok(sign.includes(scheme === 'dark' ? ground.surface : 'rgb(255, 255, 255)'), 'the sign on a ticked box is of the surface’s colour');
      assert.ok(ratio(colour, ground.surface) >= 4.5, `a ticked box in ${accent}: ${colour}`);
      const button = '[data-state=form] [type=submit]';
      assert.ok(ratio(hex(await seen(button, 'color')), hex(await seen(button, 'backgroundColor'))) >= 4.5, `a button in ${accent}`);
    }
  },

  async 'look: every control of a header can be read and hit, and one that is cut is found'(tools) {
    const me = await open(tools);
    const { page } = me;
    await signIn(me, tools.server, { email: 'admin@portal.acme.com' });
    await signInStaff(me, tools.server, 'superadmin@acme.com');
    for (const path of ['/', '/acme/portal/login', '/acme/portal/dashboard', '/backend', '/login']) {
      for (const lang of ['en', 'pl']) {
        await page.goto(`${path}?lang=${lang}`);
        await settled(page);
        for (const width of tools.view.startsWith('phone') ? [320, 390] : [768, 1280]) {
          await page.setViewportSize({ width, height: 844 });
          assert.deepEqual(await page.evaluate(unreadable), [], `${path} in ${lang} at ${width} px`);
        }
      }
    }
    await page.evaluate(() => {
      const narrow = new CSSStyleSheet();
      narrow.replaceSync('body > header .language select { width: 3.5rem; opacity: 1 }');
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, narrow];
    });
    assert.match((await page.evaluate(unreadable)).join(), /cut, \d+ px/);
  },
};
