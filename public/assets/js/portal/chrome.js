// What all portal pages share: words, and the links, name and title of this organization.
import { watchConnection } from '../lib/connection.js';
import { say, show, start as startWords, t } from '../lib/i18n.js';
import { offerLanguages } from '../lib/languages.js';
import { all, el, icon, one } from '../lib/dom.js';
import { dress } from '../lib/colour.js';
import { kept, organization, pageOf, wantedNext } from './place.js';

let place = null;

// Whoever was here before sees the organization's colour from the first paint on.
dress(kept()?.accent);

/** Page title: what the page is, and whose. */
export function retitle(key) {
  const title = one('title');
  if (key) title.dataset.name = key;
  title.dataset.name ??= title.dataset.t;
  delete title.dataset.t;
  document.title = place ? `${t(title.dataset.name)} · ${place.name}` : t(title.dataset.name);
}

function links() {
  const next = wantedNext();
  for (const link of all('a[data-page]')) {
    const page = link.dataset.page;
    // Who came to sign in for a purpose keeps it while looking for the way.
    const carry = next && ['login', 'signup', 'forgot-password'].includes(page) ? `?next=${encodeURIComponent(next)}` : '';
    link.href = pageOf(page) + carry;
  }
}

/** The organization's name wherever it is shown. */
export function brand(card) {
  place = card;
  for (const node of all('[data-organization]')) {
    node.classList.remove('waiting');
    show(node, card.name);
  }
  for (const node of all('[data-monogram]')) monogram(node, card);
  dress(card.accent);
  retitle();
}

/** The logo; the first letter of the name where there is none, or none that can be had. */
function monogram(node, card) {
  const letter = () => node.replaceChildren([...card.name.trim()][0] ?? '');
  if (!card.logoUrl) return letter();
  // Decorative: the name stands beside it.
  node.replaceChildren(el('img', { src: card.logoUrl, alt: '', width: '36', height: '36', decoding: 'async', on: { error: letter } }));
}

export async function startPage() {
  links();
  await startWords();
  offerLanguages();
  retitle();
  document.addEventListener('portcullis:language', () => retitle());
  watchConnection();
}

/** Pages for everybody: greets in the organization's name. Returns its card, or null after saying what is the matter. */
export async function startPublic() {
  await startPage();
  try {
    const card = await organization();
    brand(card);
    return card;
  } catch (error) {
    if (error.code === 'NOT_FOUND' || error.code === 'VALIDATION_ERROR') nowhere();
    else say(one('[data-organization]'), 'portal.name');
    return null;
  }
}

/** No organization has this address, or it is suspended: both look alike from outside. */
function nowhere() {
  const heading = el('h1', { t: 'nowhere.title' });
  one('main').replaceChildren(
    el('div', { class: 'card stack' }, el('span', { class: 'sign warn' }, icon('ban')), heading, el('p', { class: 'soft', t: 'nowhere.text' })),
  );
  say(one('[data-organization]'), 'portal.name').classList.remove('waiting');
  retitle('nowhere.title');
}

/** The same place, now of a suspended organization. Answers null: there is nobody to go on with. */
export function suspended() {
  const heading = el('h1', { tabindex: '-1', t: 'suspended.title' });
  one('main').replaceChildren(
    el('div', { class: 'card stack' }, el('span', { class: 'sign bad' }, icon('ban')), heading, el('p', { class: 'soft', t: 'suspended.text' })),
  );
  retitle('suspended.title');
  heading.focus();
  return null;
}
