// All pictures of the last run side by side: build/screenshots/sheet.phone-light.png and sheet.wide-dark.png.
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { VIEWS, launch } from './browser.mjs';

const shots = new URL('../../build/screenshots/', import.meta.url);
const browser = await launch();
for (const view of Object.keys(VIEWS)) {
  const names = readdirSync(shots).filter((name) => name.endsWith(`.${view}.png`) && !/^(sheet|FAILED)/.test(name)).sort();
  const phone = view.startsWith('phone');
  const page = await browser.newPage({ viewport: { width: phone ? 1680 : 1600, height: 900 } });
  const figures = names.map((name) => `<figure><img src="data:image/png;base64,${readFileSync(new URL(name, shots)).toString('base64')}"><figcaption>${name.replace(`.${view}.png`, '')}</figcaption></figure>`);
  await page.setContent(`<style>body{margin:16px;display:grid;grid-template-columns:repeat(${phone ? 8 : 4},1fr);gap:16px;font:13px sans-serif;background:#888}
    figure{margin:0}img{width:100%;height:${phone ? 430 : 270}px;object-fit:cover;object-position:top}figcaption{color:#fff}</style>${figures.join('')}`);
  await page.screenshot({ path: fileURLToPath(new URL(`sheet.${view}.png`, shots)), fullPage: true });
  console.log(`sheet.${view}.png: ${names.length} pictures`);
}
await browser.close();
