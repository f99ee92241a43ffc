// Words. HTML holds the English ones beside their keys (data-t); everything that scripts say goes through here too, bound
// to its node, so that a page can change its language without losing anything.
export const LANGUAGES = { en: 'English', de: 'Deutsch', es: 'Español', pl: 'Polski' };

let words = {};
/** Which dictionaries the page needs: paths below /assets/i18n/, each with a file a language. */
const needed = [''];
/** What a node says besides its key: variables, or a function that makes the whole text. */
const bound = new WeakMap();

export const language = () => document.documentElement.lang;

async function fetchWords(lang, dictionaries = needed) {
  const parts = await Promise.all(
    dictionaries.map(async (dictionary) => {
      const response = await fetch(`/assets/i18n/${dictionary}${lang}.json`);
      if (!response.ok) throw new Error(`no words in ${lang}`);
      return response.json();
    }),
  );
  return Object.assign({}, ...parts);
}

/** Adds the words of one more part of the pages: `staff/customers.` for `/assets/i18n/staff/customers.en.json`. */
export async function need(dictionary) {
  if (needed.includes(dictionary)) return;
  const more = await fetchWords(language(), [dictionary]);
  needed.push(dictionary);
  words = { ...words, ...more };
}

/** Loads the page's language and writes it into the page. English stands there already if the words do not come. */
export async function start(...dictionaries) {
  needed.push(...dictionaries);
  try {
    words = await fetchWords(language());
  } catch {
    document.documentElement.lang = 'en';
    words = await fetchWords('en').catch(() => ({}));
  }
  translate();
  delete document.documentElement.dataset.pending;
}

/** Another language, here and now; remembered, also for the mails this person gets. */
export async function change(lang) {
  words = await fetchWords(lang);
  document.documentElement.lang = lang;
  try {
    localStorage.setItem('portcullis.lang', lang);
  } catch {
    // Not remembered.
  }
  document.cookie = `locale=${lang}; Path=/; Max-Age=31536000; SameSite=Lax${location.protocol === 'https:' ? '; Secure' : ''}`;
  translate();
}

/** The text of a key. `{name}` takes a variable; an object of plural forms is chosen from by `count`. */
export function t(key, vars = {}) {
  let text = words[key];
  if (text && typeof text === 'object') text = text[new Intl.PluralRules(language()).select(vars.count ?? 0)] ?? text.other;
  if (typeof text !== 'string') return key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(vars[name] ?? whole));
}

export const has = (key) => key in words;

/** Makes a node say a key, now and after a change of language. */
export function say(node, key, vars = {}) {
  delete node.dataset.live;
  node.dataset.t = key;
  bound.set(node, vars);
  node.textContent = t(key, vars);
  return node;
}

/** Makes a node say what a function returns, now and after a change of language. */
export function live(node, make) {
  delete node.dataset.t;
  node.dataset.live = '';
  bound.set(node, make);
  node.textContent = make();
  return node;
}

/** Makes a node say exactly this, in every language: names, addresses. */
export function show(node, text) {
  delete node.dataset.t;
  delete node.dataset.live;
  node.textContent = text;
  return node;
}

/** The accessible name of a control without visible words. */
export function label(node, key, vars = {}) {
  node.dataset.tLabel = key;
  bound.set(node, vars);
  node.setAttribute('aria-label', t(key, vars));
  return node;
}

export function translate() {
  for (const node of document.querySelectorAll('[data-t]')) node.textContent = t(node.dataset.t, bound.get(node));
  for (const node of document.querySelectorAll('[data-live]')) node.textContent = bound.get(node)();
  for (const node of document.querySelectorAll('[data-t-label]')) node.setAttribute('aria-label', t(node.dataset.tLabel, bound.get(node)));
  document.dispatchEvent(new Event('portcullis:language'));
}
