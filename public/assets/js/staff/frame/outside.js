// What the pages for people who are not signed in share.
import { watchConnection } from '../../lib/connection.js';
import { focusOn, one, state } from '../../lib/dom.js';
import { say, start } from '../../lib/i18n.js';
import { offerLanguages } from '../../lib/languages.js';

export async function startOutside() {
  await start('staff/frame.');
  offerLanguages();
  watchConnection();
}

/** Another state of the page, with the reader's place on its heading. */
export function step(name) {
  state(name);
  const heading = one(`main [data-state~="${name}"] h1`);
  say(one('title'), heading.dataset.t);
  focusOn(heading);
}
