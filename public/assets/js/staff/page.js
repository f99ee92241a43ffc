// What views are made of: a heading with actions, cards with facts, and actions that say how they went.
import { confirm, el, focusOn, note, one } from '../lib/dom.js';
import { wordsFor } from '../lib/errors.js';
import { working } from '../lib/form.js';

/** The heading of a view; `text` is a name that is the same in every language. */
export function head({ main }, { t, vars, text, back, actions = [], under }) {
  const h1 = text === undefined ? el('h1', { t, vars }) : el('h1', {}, text);
  main.append(
    back ? el('p', { class: 'small' }, el('a', { href: back.href, t: back.t })) : '',
    el('div', { class: 'page-head' }, el('div', { class: 'stack-small' }, h1, under ?? null), el('div', { class: 'row' }, ...actions.filter(Boolean))),
    el('div', { 'data-news': true, role: 'status' }),
  );
  return h1;
}

/** Says how something went, at the top of the view. */
export function tell(kind, key, vars) {
  const news = one('[data-news]', one('#main'));
  if (!news) return;
  news.replaceChildren(note(kind, key, vars));
  focusOn(news);
}

export const linkButton = (t, href, kind = '') => el('a', { class: `button ${kind}`, href, t });

/** `off` is the id of what says why it cannot be pressed: such a button stays reachable, so that the reason is read out. */
export function button(t, act, { kind = '', label, vars, off } = {}) {
  const state = off ? { 'aria-disabled': 'true', 'aria-describedby': off } : {};
  return el('button', { class: `button ${kind}`, type: 'button', t, tLabel: label, vars, ...state, on: { click: (event) => off || act(event.currentTarget) } });
}

/** Runs an action behind a button: busy meanwhile, asks first where told to, says what went wrong; `errors` and `failed` as forms have them. */
export async function act(node, work, { ask, done, vars, errors, failed } = {}) {
  if (ask && !(await confirm({ vars, ...ask }))) return false;
  working(node, true);
  try {
    const result = await work();
    if (done) tell('good', done, vars);
    return result ?? true;
  } catch (error) {
    if (error.code === undefined) throw error;
    if (failed?.(error)) return false;
    const [key, words] = wordsFor(error, errors);
    tell('bad', key, words);
    return false;
  } finally {
    working(node, false);
  }
}

/** Takes the reader to a card further down, of a page that is long before it. */
export const toCard = (t, card) => button(t, () => focusOn(one('h2', card())));

/** A card with a heading. */
export function card(t, ...children) {
  return el('section', { class: 'card stack' }, el('h2', { t }), ...children);
}

/** Facts: [key, text or node]. */
export function facts(...rows) {
  return el('dl', { class: 'facts' }, ...rows.filter(Boolean).flatMap(([t, value]) => [el('dt', { t }), el('dd', {}, value ?? '–')]));
}
