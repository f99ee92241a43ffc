// Forgotten passwords and first ones: a mailed link leads to /reset/{token}. Opening it changes nothing; the press does.
import { call } from '../lib/api.js';
import { one } from '../lib/dom.js';
import { handle } from '../lib/form.js';
import { show } from '../lib/i18n.js';
import { startOutside, step } from './frame/outside.js';

/** The token, taken out of the address bar: it stays with this history entry, so that a reload still works. */
const token = decodeURIComponent(location.pathname.split('/')[2] ?? '') || history.state?.token || '';
if (token) history.replaceState({ token }, '', '/reset');
await startOutside();
if (token) step('set');

handle(one('[data-ask]'), {
  draft: 'staff.reset',
  send: ({ email }) => call('POST', '/api/auth/reset', { email }),
  done: (_, { email }) => {
    show(one('[data-sent-to]'), email);
    step('sent');
  },
});

one('[data-back]').addEventListener('click', () => {
  step('ask');
  one('#email').focus();
});

handle(one('[data-set]'), {
  send: ({ password }) => call('POST', '/api/auth/reset/confirm', { token, password }),
  errors: { VALIDATION_ERROR: 'staff.passwordRefused' },
  // A refused password names its field; whatever else is refused is the link.
  failed: (error) => {
    if (error.code !== 'INVALID_REQUEST' || error.details) return false;
    history.replaceState(null, '', '/reset');
    step('expired');
    return true;
  },
  done: () => {
    history.replaceState(null, '', '/reset');
    step('done');
  },
});
