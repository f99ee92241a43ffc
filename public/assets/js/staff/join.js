// An invitation to work somewhere: a mailed link leads to /backend/join/{token}. Opening it changes nothing; the press does.
import { call } from '../lib/api.js';
import { focusOn, note, one } from '../lib/dom.js';
import { wordsFor } from '../lib/errors.js';
import { handle, working } from '../lib/form.js';
import { startOutside, step } from './frame/outside.js';

/** The token, taken out of the address bar: it stays with this history entry, so that a reload still works. */
const here = decodeURIComponent(location.pathname.split('/')[3] ?? '');
const token = here === 'link' ? (history.state?.token ?? '') : here;
history.replaceState({ token }, '', '/backend/join/link');
await startOutside();
if (!token) step('expired');

const accept = (more = {}) => call('POST', '/api/auth/memberships/accept', { token, ...more });
const over = () => {
  history.replaceState(null, '', '/backend/join/link');
  step('expired');
};

one('[data-accept]').addEventListener('click', async (event) => {
  const button = event.currentTarget;
  if (button.hasAttribute('data-busy')) return;
  working(button, true);
  try {
    await accept();
    history.replaceState(null, '', '/backend/join/link');
    step('done');
  } catch (error) {
    if (error.details?.password) step('set');
    else if (error.code === 'INVALID_REQUEST') over();
    else {
      const [key, vars] = wordsFor(error, { CONFLICT: 'join.several' });
      one('[data-page-error]').replaceChildren(note('bad', key, vars));
      focusOn(one('[data-page-error]'));
    }
  } finally {
    working(button, false);
  }
});

handle(one('form'), {
  send: ({ password, displayName }) => accept({ password, displayName }),
  errors: { VALIDATION_ERROR: 'staff.passwordRefused' },
  failed: (error) => error.code === 'INVALID_REQUEST' && !error.details && (over(), true),
  done: () => {
    history.replaceState(null, '', '/backend/join/link');
    step('done');
  },
});
