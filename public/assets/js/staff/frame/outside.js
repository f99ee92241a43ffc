// What the pages for people who are not signed in share.
import { LANGUAGES, change, language, say, start } from '../../lib/i18n.js';
import { el, focusOn, one, state } from '../../lib/dom.js';
import { trouble, watchConnection } from './trouble.js';

export async function startOutside() {
  await start('staff/frame.');
  const select = one('.language select');
  select.replaceChildren(...Object.entries(LANGUAGES).map(([code, name]) => el('option', { value: code, lang: code }, name)));
  select.value = language();
  select.addEventListener('change', () =>
    change(select.value).catch(() => {
      select.value = language();
      trouble('error.language');
    }),
  );
  watchConnection();
}

/** Another state of the page, with the reader's place on its heading. */
export function step(name) {
  state(name);
  const heading = one(`main [data-state~="${name}"] h1`);
  say(one('title'), heading.dataset.t);
  focusOn(heading);
}

