// Copies what the pages take from npm into public/assets/vendor/, readable and with its licence: Pico CSS, the base under
// our own style sheets. Two things differ from the package: sections that no page of ours wants are left out, by their
// names, and the rest stands in a cascade layer, so that whatever our own sheets say wins over it (ADR 42).
//
//   node scripts/vendor.mjs           copies, and writes only what changed
//   node scripts/vendor.mjs --check   fails when the copy is not what this would write
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const from = new URL('../node_modules/@picocss/pico/', import.meta.url);
const to = new URL('../public/assets/vendor/pico/', import.meta.url);

/** Layouts of its own, and components that we have otherwise or not at all. */
export const LEFT_OUT = ['Section', 'Container', 'Grid', 'Overflow auto', 'Input type range', 'Dropdown', 'Group', 'Loading', 'Nav', 'Tooltip'];

/** The package's sheet without the sections named, in `@layer base`. Throws when one of them is not there. */
export function layered(css, leftOut = LEFT_OUT) {
  const body = css.replace(/^@charset "UTF-8";\s*/, '');
  const starts = [...body.matchAll(/^\/\*\*\n \* (.+)\n/gm)].map((found) => ({ at: found.index, title: found[1] }));
  const missing = leftOut.filter((name) => !starts.some(({ title }) => named(title, name)));
  if (missing.length > 0) throw new Error(`the base has no section ${missing.join(', ')}`);
  const sections = starts.map(({ at, title }, i) => ({ title, text: body.slice(at, starts[i + 1]?.at) }));
  const kept = sections.filter(({ title }) => !leftOut.some((name) => named(title, name))).map(({ text }) => text);
  return `${body.slice(0, starts[0].at)}/* In a layer and without some sections: scripts/vendor.mjs. */\n@layer base {\n${kept.join('').trimEnd()}\n}\n`;
}

const named = (title, name) => title === name || title.startsWith(`${name} (`);

/** What the folder has to hold. */
export function wanted() {
  return { 'pico.css': layered(readFileSync(new URL('css/pico.css', from), 'utf8')), 'LICENSE.md': readFileSync(new URL('LICENSE.md', from), 'utf8') };
}

const there = (name) => {
  try {
    return readFileSync(new URL(name, to), 'utf8');
  } catch {
    return null;
  }
};

/** The files whose copy is not what it has to be. */
export const stale = () => Object.entries(wanted()).filter(([name, text]) => there(name) !== text);

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const changed = stale();
  if (process.argv.includes('--check')) {
    for (const [name] of changed) console.error(`!!   ${fileURLToPath(new URL(name, to))} is not what scripts/vendor.mjs writes`);
    process.exit(changed.length === 0 ? 0 : 1);
  }
  mkdirSync(to, { recursive: true });
  for (const [name, text] of changed) writeFileSync(new URL(name, to), text);
  if (changed.length > 0) console.log(`ok   public/assets/vendor/pico: ${changed.map(([name]) => name).join(', ')}`);
}
