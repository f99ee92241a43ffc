import { all, el, fill, one } from '../lib/dom.js';
import { say, t } from '../lib/i18n.js';
import { authed, CA, countUnread, enter } from './inside.js';

const me = await enter();
if (me) {
  const { user, roles } = me;
  fill(one('[data-greeting]'), () => t('dashboard.greeting', { name: user.displayName }));
  fill(one('[data-me-email]'), user.email);
  one('[data-roles]').replaceChildren(...roles.map((role) => el('span', { class: 'badge' }, role.name)));
  for (const tile of all('[data-tile-needs]')) tile.hidden = !me.may(tile.dataset.tileNeeds);

  const [unread, sessions] = await Promise.allSettled([countUnread(), authed('GET', `${CA}/portal/sessions`)]);
  const count = unread.value;
  fill(one('[data-me-unread]'), '');
  if (count != null) say(one('[data-me-unread]'), 'nav.unread', { count });
  fill(one('[data-me-devices]'), '');
  if (sessions.value) say(one('[data-me-devices]'), 'dashboard.devices', { count: sessions.value.sessions.length });
}
