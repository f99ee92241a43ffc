import { call, CA } from '../lib/api.js';
import { one } from '../lib/dom.js';
import { handle } from '../lib/form.js';
import { suspended } from './chrome.js';
import { expired, forgetToken, openLink } from './link.js';
import { goOn, pageOf } from './place.js';

const { token, link } = await openLink('magic_link');
handle(one('form'), {
  send: () => call('POST', `${CA}/magic-link/verify`, { token }),
  failed: (error) => {
    if (error.code === 'tenant_suspended') suspended();
    else if (['INVALID_REQUEST', 'VALIDATION_ERROR', 'UNAUTHENTICATED'].includes(error.code)) expired();
    else return false;
    return true;
  },
  done: ({ mustChangePassword }) => {
    forgetToken();
    if (mustChangePassword) location.assign(pageOf('security', link.organization.slug));
    else goOn(link.organization.slug);
  },
});
