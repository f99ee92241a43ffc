// A view in a frame of the CRM. What it may show stands in the address after the `#`; there are no cookies, and nothing to
// sign in to: an address that is of no use any more is asked for anew where it came from.
import { call } from '../lib/api.js';
import { watchConnection } from '../lib/connection.js';
import { all, el, focusOn, icon, note, one } from '../lib/dom.js';
import { wordsFor } from '../lib/errors.js';
import { start, t } from '../lib/i18n.js';

/** Taken out of the address; it stays with this history entry, so that a reload still works. */
function takeToken() {
  const token = location.hash.slice(1) || history.state?.token || '';
  history.replaceState({ token }, '', location.pathname + location.search);
  return token;
}

const token = takeToken();

export const read = (path) => call('GET', path, undefined, { authorization: `Bearer ${token}` }, 'omit');

/** Fills the page, or says why not. What can be mended by waiting can be tried again. */
export async function show(fill) {
  const [slot, body] = [one('[data-page-error]'), one('[data-fills]')];
  try {
    await fill();
    slot.replaceChildren();
    body.hidden = false;
  } catch (error) {
    if (error.code === undefined) throw error;
    const told = end(error);
    if (told) return message(...told);
    const [key, vars] = wordsFor(error);
    const again = el('button', { class: 'button', type: 'button', t: 'common.tryAgain', on: { click: () => show(fill) } });
    slot.replaceChildren(el('div', { class: 'stack-small' }, note('bad', key, vars), el('div', {}, again)));
    body.hidden = true;
    for (const node of all('.waiting')) node.classList.remove('waiting');
    focusOn(slot);
  }
}

/** Why there is nothing more to see here, where that will stay so. */
function end(error) {
  if (error.code === 'UNAUTHENTICATED') return error.reason === 'expired' ? ['warn', 'embed.expiredTitle', 'embed.expiredText'] : ['bad', 'embed.invalidTitle', 'embed.invalidText'];
  if (error.code === 'tenant_suspended') return ['bad', 'suspended.title', 'embed.suspendedText'];
  if (error.code === 'FORBIDDEN') return ['bad', 'embed.deniedTitle', 'embed.deniedText'];
  if (error.code === 'NOT_FOUND') return ['warn', 'embed.goneTitle', 'embed.goneText'];
  return null;
}

function message(kind, title, text) {
  const heading = el('h1', { t: title });
  one('main').replaceChildren(el('div', { class: 'message' }, el('span', { class: `sign ${kind}` }, icon('ban')), heading, el('p', { class: 'soft', t: text })));
  document.title = t(title);
  focusOn(heading);
}

/** Words, the connection, and the first filling. */
export async function open(fill) {
  await start('embed.');
  watchConnection();
  await show(fill);
}

/** What is the matter with an account, as badges. */
export function standing(user) {
  const found = [];
  if (!user.isActive) found.push(['embed.inactive', 'bad']);
  if (user.lockedUntil) found.push(['embed.locked', 'bad']);
  if (!user.emailVerified) found.push(['embed.unverified', 'warn']);
  if (found.length === 0) found.push(['embed.active', 'good']);
  return found.map(([key, kind]) => el('span', { class: `badge ${kind}`, t: key }));
}
