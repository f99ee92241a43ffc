import { call, CA } from '../lib/api.js';
import { one } from '../lib/dom.js';
import { handle } from '../lib/form.js';
import { suspended } from './chrome.js';
import { expired, forgetToken, openLink } from './link.js';
import { pageOf } from './place.js';

const { token, link } = await openLink('invitation');
const name = one('#displayName');
if (!name.value && link.displayName) name.value = link.displayName;
handle(one('form'), {
  draft: 'invitation',
  send: ({ displayName, password }) => call('POST', `${CA}/invitations/accept`, { token, displayName, password }),
  failed: (error) => {
    if (error.code === 'tenant_suspended') suspended();
    else if (!error.details && ['INVALID_REQUEST', 'VALIDATION_ERROR'].includes(error.code)) expired();
    else return false;
    return true;
  },
  done: () => {
    forgetToken();
    location.assign(pageOf('dashboard', link.organization.slug));
  },
});
