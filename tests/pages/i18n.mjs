// Words of the pages: every key in every language, no key unused, and no visible text that stands in HTML or scripts only.
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);
/** A file of the project; `instead` holds other contents by path, to see that a mistake is found. */
let instead = {};
const read = (path) => instead[path] ?? readFileSync(new URL(path, root), 'utf8');
const files = (ending) =>
  readdirSync(new URL('public/', root), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(ending))
    .map((name) => `public/${name}`);

/** Families of keys that are put together while running: prefix → every member that can come. */
const FAMILIES = {
  'error.': [
    ...[...read('core/src/problem.rs').matchAll(/=> \("(\w+)", \d{3},/g)].map((match) => match[1]),
    // What no server says, because none answered.
    'OFFLINE',
    'UNREACHABLE',
  ],
  'notifications.': [...read('core/src/domain/notification.rs').matchAll(/"notifications\.(\w+)"/g)].map((match) => match[1]),
};
/** The same for the back office alone. */
const STAFF_FAMILIES = {
  'notifications.staff.': [...read('core/src/domain/notification.rs').matchAll(/"notifications\.staff\.(\w+)"/g)].map((match) => match[1]),
};
/** Why the core would not: the back office has words for every one of these sentences. */
const refusals = read('core/src/domain/authority/refusal.rs');
const REFUSALS = [...refusals.matchAll(/"((?:Only|The last|Cannot) [^"{]*)"/g)].map((match) => match[1]);
/** Keys that the back office puts together from its map of pages. */
const areas = read('public/assets/js/staff/areas.js');
const TOGETHER = [
  ...[...areas.matchAll(/group: '\w+', name: '([\w.]+)'/g)].map((match) => `${match[1]}Text`),
  ...(/GROUPS = \[([^\]]*)\]/.exec(areas)?.[1].match(/\w+/g) ?? []).map((group) => `staff.group.${group}`),
];
/** Names, which are the same in every language, and what is shown only where no script runs. */
const NAMES = /^(…|Enter|Escape|English|Deutsch|Español|Polski|Portcullis(-dev-1)?|[\w.+-]+@[\w.-]+|\?|99\+)$/;
/** Dictionaries beside the one that every page loads: `staff/customers.`, `embed.`, … Portal pages have none. */
const PARTS = files('.en.json').map((path) => path.slice('public/assets/i18n/'.length, -'en.json'.length));
/** The API reference is English, as are the API's own sentences and names. */
const isReference = (path) => /^public\/(docs\/|assets\/js\/docs\.js$)/.test(path);
const hasMore = (path) => /\/(staff|backend|embed)\//.test(path);

export function findings(mistakes = {}) {
  instead = mistakes;
  const found = [];
  const dictionaries = ['', ...PARTS].map((part) => Object.fromEntries(['en', 'de', 'es', 'pl'].map((lang) => [lang, JSON.parse(read(`public/assets/i18n/${part}${lang}.json`))])));
  const [{ en: common }] = dictionaries;
  const english = {};
  for (const [n, { en }] of dictionaries.entries()) {
    for (const key of Object.keys(en)) if (key in english) found.push(`en: ${key} stands in two dictionaries, one of them ${PARTS[n - 1]}`);
    Object.assign(english, en);
  }
  const variables = (value) => [...new Set([...JSON.stringify(value).matchAll(/\{(\w+)\}/g)].map((match) => match[1]))].sort().join();

  for (const [lang, words, english] of dictionaries.flatMap((one) => Object.entries(one).map(([lang, words]) => [lang, words, one.en]))) {
    for (const key of Object.keys(english)) if (!(key in words)) found.push(`${lang}: ${key} is missing`);
    for (const [key, value] of Object.entries(words)) {
      if (!(key in english)) found.push(`${lang}: ${key} is not in en`);
      else if (variables(value) !== variables(english[key])) found.push(`${lang}: ${key} has other variables than en`);
      const plural = typeof value === 'object';
      if (plural !== (typeof english[key] === 'object')) found.push(`${lang}: ${key} is plural in one language only`);
      const forms = plural ? Object.values(value) : [value];
      if (forms.some((form) => typeof form !== 'string' || form.trim() === '')) found.push(`${lang}: ${key} is empty`);
      for (const category of plural ? new Intl.PluralRules(lang).resolvedOptions().pluralCategories : []) {
        if (!(category in value)) found.push(`${lang}: ${key} lacks the plural form ${category}`);
      }
    }
  }

  const used = new Set();
  for (const path of files('.html').filter((path) => !isReference(path))) html(path, hasMore(path) ? english : common, used, found);
  for (const path of files('.js').filter((path) => !isReference(path))) script(path, hasMore(path) ? english : common, used, found);
  for (const key of TOGETHER) {
    used.add(key);
    if (!(key in english)) found.push(`en: ${key}, which the back office puts together, is missing`);
  }
  if (REFUSALS.length < 15) found.push('the refusals of the core were not found: have they moved?');
  const understood = read('public/assets/js/staff/refusals.js');
  for (const sentence of REFUSALS) if (!understood.includes(`'${sentence}':`)) found.push(`public/assets/js/staff/refusals.js: "${sentence}", which the server says, has no words`);
  for (const [prefix, members, known] of [...Object.entries(FAMILIES).map((one) => [...one, common]), ...Object.entries(STAFF_FAMILIES).map((one) => [...one, english])]) {
    if (members.length === 0) found.push(`no members of ${prefix} were found in the core: has its source moved?`);
    for (const member of members) {
      used.add(prefix + member);
      if (!(prefix + member in known)) found.push(`en: ${prefix}${member}, which the server sends, is missing`);
    }
  }
  for (const key of Object.keys(english)) if (!used.has(key)) found.push(`en: ${key} is used nowhere`);
  return found;
}

function html(path, english, used, found) {
  const text = read(path).replace(/<noscript>[\s\S]*?<\/noscript>/g, '');
  for (const [, key] of text.matchAll(/data-t(?:-label)?="([^"]*)"/g)) {
    used.add(key);
    if (!(key in english)) found.push(`${path}: ${key} is not in en`);
  }
  const plain = (string) => string.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&amp;/g, '&');
  // What an element says itself, up to its first child.
  for (const [, attributes, body] of text.matchAll(/<[a-z]\w*((?:\s[^<>]*)?)>([^<]*)/g)) {
    const said = plain(body).trim();
    const key = / data-t="([^"]*)"/.exec(attributes)?.[1];
    if (key && said !== english[key]) found.push(`${path}: "${said}" is not what ${key} says in en`);
    if (!key && said && !NAMES.test(said)) found.push(`${path}: "${said}" has no key`);
  }
  for (const [, body] of text.matchAll(/<\/\w+>([^<]*)/g)) if (plain(body).trim()) found.push(`${path}: "${plain(body).trim()}" has no key`);
  for (const [whole, , value] of text.matchAll(/<[^>]*\s(aria-label|title|placeholder|alt)="([^"]*)"[^>]*>/g)) {
    const key = / data-t-label="([^"]*)"/.exec(whole)?.[1];
    if (!key || english[key] !== plain(value)) found.push(`${path}: the attribute "${value}" has no key`);
  }
  if (/<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle=|\son\w+=/i.test(text)) found.push(`${path}: inline script or style`);
}

function script(path, english, used, found) {
  const source = read(path);
  const code = source.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/[^\n]*/g, '$1');
  for (const [, , literal] of code.matchAll(/(['"])([a-z]\w*(?:\.\w+)+)\1/g)) if (literal in english) used.add(literal);
  for (const [, key] of code.matchAll(/\b(?:say|label)\([^,()]*(?:\([^()]*\)[^,()]*)*, '([^']+)'/g)) if (!(key in english)) found.push(`${path}: ${key} is not in en`);
  for (const [, key] of code.matchAll(/\b(?:t|tLabel|title|text|action): '([^']+)'/g)) if (!(key in english)) found.push(`${path}: ${key} is not in en`);
  for (const [, key] of code.matchAll(/\b(?:(?:t|announce|trouble|retitle)\(|note\('\w+', )'([^']+)'/g)) if (!(key in english)) found.push(`${path}: ${key} is not in en`);
  // Sentences: a string with two words in it, or a capitalised word, is something that a person may read.
  if (!/\/(lib\/(errors|format)|staff\/refusals)\.js$/.test(path)) {
    for (const [, , literal] of code.matchAll(/(['"`])((?:(?!\1)[^\\\n$]|\\.)*)\1/g)) {
      const sentence = /^[A-Z][a-z]+( [a-z]+)*[.!?…]?$/.test(literal) || /^[A-Z][a-z]+ [a-z]/.test(literal);
      if (sentence && !NAMES.test(literal)) found.push(`${path}: "${literal}" is said without a key`);
    }
  }
  if (/\.(innerHTML|outerHTML)\b|insertAdjacentHTML|document\.write|\beval\(|new Function/.test(code)) found.push(`${path}: text may become markup or code here`);
  if (/setAttribute\('style'|\.style\.cssText/.test(code)) found.push(`${path}: inline style`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = findings();
  for (const line of found) console.log(line);
  console.log(found.length === 0 ? 'I18N: complete' : `I18N: ${found.length} findings`);
  process.exitCode = found.length === 0 ? 0 : 1;
}
