import { CA } from '../lib/api.js';
import { focusOn, one, state } from '../lib/dom.js';
import { handle } from '../lib/form.js';
import { show } from '../lib/i18n.js';
import { startPublic, suspended } from './chrome.js';
import { inOrganization, slug } from './place.js';

await startPublic();
const form = one('form');
if (form) {
  handle(form, {
    draft: `signup.${slug}`,
    send: ({ displayName, email, password }) => inOrganization(`${CA}/signup`, { displayName, email, password }),
    errors: { INVALID_REQUEST: 'signup.refused', NOT_FOUND: 'nowhere.title' },
    failed: (error) => error.code === 'tenant_suspended' && (suspended(), true),
    done: (_, { email }) => {
      // The answer is the same whoever has the address, and so is this page.
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
