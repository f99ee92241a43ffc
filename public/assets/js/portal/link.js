// Pages behind mailed links. Opening one changes nothing, however often and by whomever: it shows what the link is for
// and waits for a press.
import { call, CA } from '../lib/api.js';
import { all, el, fill, focusOn, note, one, state } from '../lib/dom.js';
import { wordsFor } from '../lib/errors.js';
import { brand, retitle, startPublic } from './chrome.js';

/** The token, taken out of the address bar: it stays with this history entry, so that a reload still works. */
function takeToken() {
  const address = new URL(location.href);
  const token = address.searchParams.get('token') ?? history.state?.token ?? '';
  address.searchParams.delete('token');
  history.replaceState({ token }, '', address.pathname + address.search + address.hash);
  return token;
}

/** The token is of no use any more. */
export const forgetToken = () => history.replaceState(null, '', location.href);

/**
 * Shows what the link is for. Resolves to `{ token, link }` once it is known to work; until then, and for links that do
 * not, the page says so by itself.
 */
export async function openLink(purpose) {
  const token = takeToken();
  await startPublic();
  const heading = one('main h1');
  if (!heading) return new Promise(() => {});
  for (;;) {
    try {
      if (!token) throw Object.assign(new Error(), { code: 'INVALID_REQUEST' });
      const { link } = await call('POST', `${CA}/links/inspect`, { token, purpose });
      brand(link.organization);
      for (const node of all('[data-link-email]')) fill(node, link.email);
      for (const node of all('[data-link-organization]')) fill(node, link.organization.name);
      one('[data-page-error]').replaceChildren();
      for (const button of all('[data-when-ready]')) button.removeAttribute('aria-disabled');
      return { token, link };
    } catch (error) {
      if (error.code === 'INVALID_REQUEST' || error.code === 'VALIDATION_ERROR') {
        expired();
        return new Promise(() => {});
      }
      await tryAgain(error);
    }
  }
}

/** Used, replaced by a newer one, or too old: nobody is told which, and everybody is told how to go on. */
export function expired() {
  forgetToken();
  step('expired');
}

/** Another state of the page, with the reader's place on its heading. */
export function step(name) {
  state(name);
  const heading = one(`main [data-state~="${name}"] h1`);
  retitle(heading.dataset.t);
  focusOn(heading);
}

function tryAgain(error) {
  return new Promise((resolve) => {
    const slot = one('[data-page-error]');
    const [key, vars] = wordsFor(error);
    const again = el('button', { class: 'button', type: 'button', t: 'common.tryAgain', on: { click: () => resolve() } });
    slot.replaceChildren(el('div', { class: 'stack-small' }, note('bad', key, vars), el('div', {}, again)));
    focusOn(slot);
  });
}
