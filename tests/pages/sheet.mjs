// Pictures of every page, as two people see it, into docs/pages/, and docs/PAGES.md to look through them.
//
//   make pages      (node tests/pages/sheet.mjs, on the built Worker)
//
// The pages are those of walk.mjs, which are all there are. Nothing here asserts; tests/pages/run.mjs does.
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { VIEWS, launch, visitor } from './browser.mjs';
import { Server } from './server.mjs';
import { arrange, embedded, inside, outside, settled, signInEverywhere, walkOffice } from './walk.mjs';

const folder = new URL('../../docs/pages/', import.meta.url);
/** Everything together, so that a clone stays small. */
const MOST_BYTES = 3 * 1024 * 1024;
/** How much smaller than life, and how tall at most. */
const SHOTS = { 'phone-light': { scale: 0.8, tall: 1100 }, 'wide-dark': { scale: 0.6, tall: 1000 } };

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const server = await new Server().up();
const browser = await launch();
const pages = new Map();
try {
  const entities = await arrange({ server });
  for (const view of Object.keys(VIEWS)) {
    const visit = ({ page, devtools }) => async ({ name, path }) => {
      if (path.includes('#')) await page.goto('about:blank');
      await page.goto(path);
      await settled(page);
      await page.waitForTimeout(80);
      const { scale, tall } = SHOTS[view];
      const height = Math.min(tall, await page.evaluate(() => document.documentElement.scrollHeight));
      const { data } = await devtools.send('Page.captureScreenshot', {
        format: 'webp',
        quality: 62,
        captureBeyondViewport: true,
        clip: { x: 0, y: 0, width: VIEWS[view].viewport.width, height: Math.max(height, VIEWS[view].viewport.height * 0.6), scale },
      });
      writeFileSync(new URL(`${name}.${view}.webp`, folder), Buffer.from(data, 'base64'));
      const pattern = path.split('#')[0].replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…').replace(/made-up[\w-]+/, '…');
      pages.set(name, pattern);
    };
    const open = async () => {
      const me = await visitor(browser, server, view);
      return Object.assign(me, { devtools: await me.context.newCDPSession(me.page) });
    };
    const [stranger, me] = [await open(), await open()];
    for (const page of [...outside(), ...(await embedded(entities))]) await visit(stranger)(page);
    await signInEverywhere(me, server);
    for (const page of inside()) await visit(me)(page);
    await walkOffice(me.page, server, visit(me));
    await stranger.close();
    await me.close();
  }
} finally {
  await browser.close();
  await server.down();
}

const titles = { front: 'For everybody', portal: 'Portal', embed: 'Inside a CRM', backend: 'Back office, signed out', reset: 'Back office, signed out', office: 'Back office', docs: 'For everybody' };
const groups = Map.groupBy([...pages], ([name]) => titles[name.split('-')[0]] ?? 'More');
const row = ([name, path]) => `| \`${path}\` | <img src="pages/${name}.phone-light.webp" width="240" alt="${name} on a phone in daylight"> | <img src="pages/${name}.wide-dark.webp" width="560" alt="${name} on a wide screen in the dark"> |`;
const parts = [...groups].map(([title, rows]) => `## ${title}\n\n| address | 390 px, light | 1280 px, dark |\n|---|---|---|\n${rows.map(row).join('\n')}\n`);
writeFileSync(
  new URL('../PAGES.md', folder),
  `# Every page\n\nMade by \`make pages\` from the built Worker with its development seeds; not drawn by hand. Each page is shown in its first\nstate. What is asserted about all of them is in [tests/pages](../tests/pages/cases/every.mjs).\n\n${parts.join('\n')}`,
);
const bytes = readdirSync(folder).reduce((all, name) => all + statSync(new URL(name, folder)).size, 0);
console.log(`docs/PAGES.md: ${pages.size} pages, ${Math.round(bytes / 1024)} KiB of pictures`);
process.exit(bytes <= MOST_BYTES ? 0 : 1);
