import { call, CA } from '../lib/api.js';
import { one } from '../lib/dom.js';
import { handle } from '../lib/form.js';
import { expired, forgetToken, openLink, step } from './link.js';

const { token } = await openLink('password_reset');
handle(one('form'), {
  send: ({ password }) => call('POST', `${CA}/password/reset-confirm`, { token, password }),
  // The same code says that the link is gone; only a refused password names its field.
  failed: (error) => !error.details && ['INVALID_REQUEST', 'VALIDATION_ERROR'].includes(error.code) && (expired(), true),
  done: () => {
    forgetToken();
    step('done');
  },
});
