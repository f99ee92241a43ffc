import { call } from '../lib/api.js';
import { note, one } from '../lib/dom.js';
import { handle } from '../lib/form.js';
import { wayBack } from '../lib/way-back.js';
import { startOutside, step } from './frame/outside.js';
import { wanted } from './session.js';

await startOutside();
const asked = new URLSearchParams(location.search);
if (asked.has('signed-out')) one('[data-news]').append(note('good', 'login.signedOut'));
if (asked.has('must-change')) step('must-change');

handle(one('[data-state=form] form'), {
  draft: 'staff.login',
  send: ({ email, password }) => call('POST', '/api/auth/login', { email, password, redirect: wanted(), ...(one('[name=remember]').checked ? { remember: '1' } : {}) }),
  errors: { UNAUTHENTICATED: 'login.wrong', VALIDATION_ERROR: 'login.wrong', INVALID_REQUEST: 'login.wrong' },
  failed: (error) => ['FORBIDDEN', 'NO_ACCESS'].includes(error.code) && (step('no-access'), true),
  done: async ({ mustChangePassword, redirect }) => (mustChangePassword ? step('must-change') : location.assign((await wayBack()) ?? redirect)),
});

one('[data-back]').addEventListener('click', () => {
  step('form');
  one('#email').focus();
});

handle(one('[data-change]'), {
  check: ({ currentPassword, newPassword }) => (newPassword && newPassword === currentPassword ? { newPassword: 'security.same' } : {}),
  send: ({ currentPassword, newPassword }) => call('PUT', '/api/auth/profile', { currentPassword, password: newPassword }),
  errors: { INVALID_REQUEST: 'security.wrongCurrent', VALIDATION_ERROR: 'staff.passwordRefused', UNAUTHENTICATED: 'error.notSaved' },
  done: async () => location.assign((await wayBack()) ?? wanted()),
});
