import { call, CA } from '../lib/api.js';
import { one } from '../lib/dom.js';
import { handle } from '../lib/form.js';
import { expired, forgetToken, openLink, step } from './link.js';

const { token } = await openLink('email_verification');
handle(one('form'), {
  send: () => call('POST', `${CA}/email/verify`, { token }),
  failed: (error) => ['INVALID_REQUEST', 'VALIDATION_ERROR'].includes(error.code) && (expired(), true),
  done: () => {
    forgetToken();
    step('done');
  },
});
