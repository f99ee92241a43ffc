// What the trail says about one account, in the account's own page.
import { el, note } from '../../lib/dom.js';
import { wordsFor } from '../../lib/errors.js';
import { need } from '../../lib/i18n.js';
import { card, linkButton } from '../page.js';
import { entry, found } from './trail.js';

const SHOWN = 8;

/** A card that fills itself; `id` is looked for as actor, as target and in what was changed. */
export async function trailCard(id) {
  await need('staff/audit.');
  const place = el('div', { class: 'stack-small', 'aria-busy': 'true' }, el('p', {}, el('span', { class: 'waiting' })));
  fill(place, id);
  return card('audit.about', place, el('div', {}, linkButton('audit.open', `/backend/audit?q=${encodeURIComponent(id)}`)));
}

async function fill(place, id) {
  try {
    const { items } = await found({ q: id }, { most: SHOWN });
    place.replaceChildren(items.length > 0 ? el('ol', { class: 'list trail' }, ...items.slice(0, SHOWN).map(entry)) : el('p', { class: 'soft', t: 'audit.none' }));
  } catch (error) {
    if (error.code === undefined) throw error;
    const [key, vars] = wordsFor(error);
    place.replaceChildren(note('bad', key, vars));
  } finally {
    place.removeAttribute('aria-busy');
  }
}
