import { CA } from '../lib/api.js';
import { focusOn, note, one, state } from '../lib/dom.js';
import { handle, whole, working } from '../lib/form.js';
import { show } from '../lib/i18n.js';
import { startPublic, suspended } from './chrome.js';
import { goOn, inOrganization, pageOf, slug } from './place.js';

await startPublic();
const form = one('form');
if (form) {
  if (new URLSearchParams(location.search).has('signed-out')) one('[data-news]').append(note('good', 'login.signedOut'));

  handle(form, {
    draft: `login.${slug}`,
    send: ({ email, password }) => inOrganization(`${CA}/login`, { email, password }),
    errors: { UNAUTHENTICATED: 'login.wrong', VALIDATION_ERROR: 'login.wrong', NOT_FOUND: 'nowhere.title' },
    failed: (error) => error.code === 'tenant_suspended' && (suspended(), true),
    done: ({ mustChangePassword }) => (mustChangePassword ? location.assign(pageOf('security')) : goOn()),
  });

  const button = one('[data-magic]');
  button.addEventListener('click', async () => {
    const email = one('#email').value.trim();
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) {
      one('#email').focus();
      whole(form, Object.assign(new Error(), { code: 'NEEDS_EMAIL' }), { NEEDS_EMAIL: 'login.needsEmail' });
      one('#email').setAttribute('aria-invalid', 'true');
      one('#email').focus();
      return;
    }
    if (button.hasAttribute('data-busy')) return;
    whole(form, null);
    working(button, true);
    try {
      await inOrganization(`${CA}/magic-link/request`, { email });
      show(one('[data-sent-to]'), email);
      state('sent');
      focusOn(one('[data-state="sent"] h1'));
    } catch (error) {
      whole(form, error);
    } finally {
      working(button, false);
    }
  });
  one('[data-back]').addEventListener('click', () => {
    state('form');
    one('#email').focus();
  });
}
