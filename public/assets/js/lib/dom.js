// Nodes, made from text that can never become markup.
import { label, live, say } from './i18n.js';

const SVG = 'http://www.w3.org/2000/svg';

export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/** el('p', { class: 'soft', t: 'some.key', vars: {…} }, child, 'text') */
export function el(name, { t, vars, tLabel, on = {}, ...attributes } = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(key, '');
    else if (value !== false && value != null) node.setAttribute(key, value);
  }
  if (t) say(node, t, vars);
  if (tLabel) label(node, tLabel, vars);
  for (const [event, handler] of Object.entries(on)) node.addEventListener(event, handler);
  node.append(...children.filter((child) => child != null));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `/assets/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

const NOTE_ICONS = { bad: 'alert', good: 'check', warn: 'alert', info: 'info' };

/** A message with an icon; `kind` is good, bad, warn or info. */
export function note(kind, key, vars) {
  return el('div', { class: `note ${kind}` }, icon(NOTE_ICONS[kind]), el('p', { t: key, vars }));
}

/** Moves the reader's and the keyboard's place to a heading or message that has just become the matter. */
export function focusOn(node) {
  if (!node.hasAttribute('tabindex')) node.setAttribute('tabindex', '-1');
  node.focus();
}

/** Shows one of a page's states and hides the others. */
export function state(name, root = one('main')) {
  for (const section of all('[data-state]', root)) section.hidden = !section.dataset.state.split(' ').includes(name);
}

/** Fills a place that waited for data. */
export function fill(node, text) {
  node.classList.remove('waiting');
  if (typeof text === 'function') live(node, text);
  else node.textContent = text;
}

/** Said to screen readers, shown to nobody. */
export function announce(key, vars) {
  let region = one('#announcer');
  if (!region) {
    region = el('div', { id: 'announcer', class: 'visually-hidden', role: 'status' });
    document.body.append(region);
  }
  region.replaceChildren(el('p', { t: key, vars }));
}

/** A dialog with what is in it, as the base draws one: the element is the veil, the article in it what one sees. */
export const modal = (attributes, ...content) => el('dialog', attributes, el('article', {}, ...content));

/** Asks before something that cannot be taken back. Resolves to whether the person said yes. */
export function confirm({ title, text, vars, action }) {
  return new Promise((resolve) => {
    const heading = el('h2', { id: 'confirm-title', t: title, vars });
    const dialog = modal(
      { 'aria-labelledby': 'confirm-title', 'aria-describedby': 'confirm-text' },
      el(
        'form',
        { method: 'dialog', class: 'stack' },
        heading,
        el('p', { id: 'confirm-text', t: text, vars }),
        el(
          'div',
          { class: 'dialog-actions' },
          el('button', { class: 'button', value: 'no', t: 'common.cancel' }),
          el('button', { class: 'button danger', value: 'yes', t: action }),
        ),
      ),
    );
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
