import { CA } from '../lib/api.js';
import { focusOn, one, state } from '../lib/dom.js';
import { handle } from '../lib/form.js';
import { show } from '../lib/i18n.js';
import { startPublic } from './chrome.js';
import { inOrganization, slug } from './place.js';

await startPublic();
const form = one('form');
if (form) {
  handle(form, {
    draft: `login.${slug}`,
    send: ({ email }) => inOrganization(`${CA}/password/reset-request`, { email }),
    done: (_, { email }) => {
      show(one('[data-sent-to]'), email);
      state('sent');
      focusOn(one('[data-state="sent"] h1'));
    },
  });
  one('[data-back]').addEventListener('click', () => {
    state('form');
    one('#email').focus();
  });
}
