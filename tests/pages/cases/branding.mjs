// What organizations look like: chosen in the back office, shown in the portal, legible whatever was chosen.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { SCHEMES, inkOn, palette, ratio } from '../../../public/assets/js/lib/colour.js';
import { CANARY, fresh, open } from './people.mjs';
import { office, settled } from './office.mjs';

const sheet = readFileSync(new URL('../../../public/assets/css/tokens.css', import.meta.url), 'utf8');
const [light, dark] = sheet.split('@media (prefers-color-scheme: dark)');

/** Every 17th value of each channel, and what people pick. */
function* colours() {
  const steps = Array.from({ length: 16 }, (_, i) => (i * 17).toString(16).padStart(2, '0'));
  for (const red of steps) for (const green of steps) for (const blue of steps) yield `#${red}${green}${blue}`;
  yield* ['#ffcc00', '#fde68a', '#1d4ed8', '#b45309', '#0f172a', '#767676', '#777777'];
}

/** A picture of a size, as a browser makes it. */
const drawn = (page, type, side, noisy = false) =>
  page.evaluate(
    async ([type, side, noisy]) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: side, height: side });
      const context = canvas.getContext('2d');
      const pixels = context.createImageData(side, side);
      for (let i = 0; i < pixels.data.length; i += 1) pixels.data[i] = i % 4 === 3 ? 255 : noisy ? (Math.imul(i, 2654435761) >>> 16) & 255 : [200, 30, 60][i % 4];
      context.putImageData(pixels, 0, 0);
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, type));
      return [...new Uint8Array(await blob.arrayBuffer())];
    },
    [type, side, noisy],
  );

const reset = ({ server }) => server.run('UPDATE organizations SET accent = NULL, mail_accent = NULL, logo_url = NULL, updated_at = COALESCE(updated_at, 0) + 1 WHERE id = ?', server.place.organizationId);

/** The ratio of what is on the page, by computed colours. */
const seenRatio = async (locator) => {
  const [text, ground] = await locator.evaluate((node) => {
    const clear = (value) => value === 'rgba(0, 0, 0, 0)';
    let at = node;
    while (at && clear(getComputedStyle(at).backgroundColor)) at = at.parentElement;
    return [getComputedStyle(node).color, getComputedStyle(at).backgroundColor];
  });
  const hex = (rgb) => `#${rgb.match(/\d+/g).slice(0, 3).map((n) => Number(n).toString(16).padStart(2, '0')).join('')}`;
  return ratio(hex(text), hex(ground));
};

export const cases = {
  async 'every accent is legible, on buttons and as text, in light and in dark'() {
    for (const accent of colours()) {
      for (const scheme of ['light', 'dark']) {
        const made = palette(accent, scheme);
        assert.ok(ratio(made.onFill, made.fill) >= 4.5 && ratio(made.onFill, made.fillStrong) >= 4.5, `a button in ${accent}`);
        for (const ground of [SCHEMES[scheme].paper, SCHEMES[scheme].surface, SCHEMES[scheme].sunken, made.wash]) {
          assert.ok(ratio(made.text, ground) >= 4.5 && ratio(made.textStrong, ground) >= 4.5, `${accent} as text on ${ground}`);
        }
      }
    }
    assert.equal(palette('#1d4ed8', 'light').text, '#1d4ed8', 'what is legible stays as it is');
    assert.equal(inkOn('#ffcc00'), '#000000');
    assert.ok(Math.abs(ratio('#777777', '#ffffff') - 4.48) < 0.005, 'the ratio of WCAG');
    for (const [scheme, css] of Object.entries({ light, dark })) for (const [token, value] of Object.entries(SCHEMES[scheme])) assert.match(css, new RegExp(`--${token}: ${value};`), `${scheme} ${token}`);
  },

  async 'branding: colours and logo are chosen with a preview, and the portal and its mails wear them'(tools) {
    await reset(tools);
    const me = await office(tools, '/backend/directory/branding', { slow: 200 });
    const { page } = me;
    await me.inspect('staff-branding');
    await page.getByLabel('Accent', { exact: true }).fill('#ffcc0');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('# and six digits from 0 to f.').waitFor();
    await page.getByLabel('Accent', { exact: true }).fill('#ffcc00');
    await page.getByText('Too pale for text here').waitFor();
    await page.locator('#field-logo').setInputFiles({ name: 'logo.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="window.canary=3"/>') });
    await page.getByText('This is no PNG, JPEG or WebP picture.').waitFor();
    await page.locator('#field-logo').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from('not a picture at all') });
    await page.getByText('This is no PNG, JPEG or WebP picture.').waitFor();
    await me.inspect('staff-branding-refused', { shift: false });
    await page.locator('#field-logo').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from(await drawn(page, 'image/png', 900, true)) });
    await page.getByText('The new logo is saved together').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('New visitors see it at once').waitFor();
    await settled(page);
    await me.inspect('staff-branding-saved', { shift: false });
    const row = await tools.server.db.prepare('SELECT o.accent, o.logo_url, l.media_type, length(l.content) AS size FROM organizations o JOIN organization_logos l ON l.organization_id = o.id WHERE o.id = ?').bind(tools.server.place.organizationId).first();
    assert.deepEqual([row.accent, row.media_type], ['#ffcc00', 'image/webp']);
    assert.ok(row.size <= 43_692 && row.logo_url.startsWith('/api/attachments/image/'));

    const them = await open(tools, { slow: 200 });
    await them.page.goto('/acme/portal/login');
    await them.page.locator('.monogram img').waitFor();
    await them.page.waitForFunction(() => document.querySelector('.monogram img').naturalWidth > 0);
    await them.inspect('portal-branded-login');
    const button = them.page.getByRole('button', { name: 'Sign in', exact: true });
    assert.equal(await button.evaluate((node) => getComputedStyle(node).backgroundColor), 'rgb(255, 204, 0)');
    assert.ok((await seenRatio(button)) >= 4.5);
    assert.ok((await seenRatio(them.page.getByRole('link', { name: 'Forgot your password?' }))) >= 4.5);
    const email = fresh('branded');
    await tools.server.post('/api/customer_accounts/signup', { email, password: 'correct horse battery staple', displayName: 'Bea', organizationId: tools.server.place.organizationId });
    const { html } = await tools.server.mail(email);
    assert.match(html, /bgcolor="#ffcc00"/);
    assert.match(html, /color:#000000/);
    assert.ok(!/<img|https?:\/\/[^"]*attachments/.test(html), 'mails fetch nothing from anywhere');

    await page.getByRole('button', { name: 'Remove the logo' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove the logo' }).click();
    await page.getByRole('button', { name: 'Remove the logo' }).waitFor({ state: 'detached' });
    assert.equal(await tools.server.db.prepare('SELECT count(*) AS n FROM organization_logos').first('n'), 0);
    await reset(tools);
  },

  async 'branding: a name that is markup, a logo that is gone, and a copy of before from the first paint'(tools) {
    await reset(tools);
    const { place } = tools.server;
    await tools.server.run("UPDATE organizations SET name = ?, accent = '#7f1d1d', logo_url = '/api/attachments/image/0190f5fe-7c00-7a00-8000-000000000001' WHERE id = ?", CANARY, place.organizationId);
    await tools.server.forget('slug:acme');
    try {
      const them = await open(tools);
      const { page } = them;
      await page.goto('/acme/portal/login');
      await page.locator('.monogram', { hasText: '<' }).waitFor();
      await them.inspect('portal-branded-canary', { shift: false });
      // No answer ever comes: what the tab knows is enough for the colour.
      await them.context.route('**/api/**', () => {});
      await page.goto('/acme/portal/signup', { waitUntil: 'commit' });
      await page.locator('h1').first().waitFor();
      await page.waitForFunction(() => getComputedStyle(document.documentElement).getPropertyValue('--fill').trim() === '#7f1d1d');
      const me = await office(tools, '/backend/directory/branding');
      await me.inspect('staff-branding-canary', { shift: false });
    } finally {
      await tools.server.run("UPDATE organizations SET name = 'Acme' WHERE id = ?", place.organizationId);
      await reset(tools);
      await tools.server.forget('slug:acme');
    }
  },
};
