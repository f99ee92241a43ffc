import { el, fill, note, one } from '../lib/dom.js';
import { handle } from '../lib/form.js';
import { moment } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { tab } from '../lib/store.js';
import { authed, CA, enter } from './inside.js';
import { slug } from './place.js';

const me = await enter();
if (me) {
  const { user, roles } = me;
  const [form, name] = [one('form'), one('#displayName')];
  const editable = me.may('portal.account.manage');
  one('#email').value = user.email;
  // What was typed before the session ended, or while this loaded, is not overwritten.
  const draft = tab.get(`draft.profile.${slug}`)?.displayName;
  name.defaultValue = user.displayName;
  if (!name.value || name.value === user.displayName) name.value = (editable && draft) || user.displayName;
  fill(one('[data-since]'), () => moment(user.createdAt));
  fill(one('[data-last]'), () => (user.lastLoginAt ? moment(user.lastLoginAt) : t('users.never')));
  fill(one('[data-roles]'), '');
  one('[data-roles]').replaceChildren(...roles.map((role) => el('span', { class: 'badge' }, role.name)));
  name.readOnly = !editable;
  one('[data-save]').hidden = !editable;
  one('[data-read-only]').hidden = editable;
  one('[data-save]').removeAttribute('aria-disabled');
  if (editable) {
    handle(form, {
      draft: `profile.${slug}`,
      send: ({ displayName }) => authed('PUT', `${CA}/portal/profile`, { displayName }),
      errors: { UNAUTHENTICATED: 'error.notSaved' },
      done: () => one('[data-news]').replaceChildren(note('good', 'profile.saved')),
    });
    name.addEventListener('input', () => one('[data-news]').replaceChildren());
  }
}
