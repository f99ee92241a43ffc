// Roles of staff: the highest first, found, made, opened.
import { el } from '../../lib/dom.js';
import { badges, list } from '../list.js';
import { button, head, linkButton } from '../page.js';
import { authed } from '../session.js';
import { ROLES, roleDialog } from './form.js';
import { standing } from './standing.js';

export async function show(frame) {
  const { me } = frame;
  head(frame, {
    t: 'staff.nav.roles',
    under: el('p', { class: 'soft', t: 'staffRoles.text' }),
    actions: [linkButton('staffRoles.packs', '/backend/roles/packs'), me.may('auth.roles.manage') && button('staffRoles.create', () => roleDialog({ done: ({ id }) => frame.open(`/backend/roles/${id}`) }), { kind: 'primary' })],
  });
  await list(frame, {
    caption: 'staff.nav.roles',
    search: true,
    empty: 'staffRoles.empty',
    load: ({ page, search }) => authed('GET', `${ROLES}?${new URLSearchParams({ page: page || '1', pageSize: '50', ...(search ? { search } : {}) })}`),
    columns: [
      { key: 'staffRoles.name', wide: true, cell: (role) => el('span', { class: 'stack-none' }, el('a', { href: `/backend/roles/${role.id}` }, role.name), el('code', { class: 'soft small' }, role.slug)) },
      { key: 'staffRoles.priority', cell: (role) => String(role.priority) },
      { key: 'staffRoles.holders', cell: (role) => (me.may('auth.users.list') && role.usersCount > 0 ? el('a', { href: `/backend/users?roleId=${role.id}`, t: 'staffRoles.holdersCount', vars: { count: role.usersCount } }) : el('span', { t: 'staffRoles.holdersCount', vars: { count: role.usersCount } })) },
      { key: 'staffRoles.kind', cell: (role) => (standing(role).some(Boolean) ? badges(...standing(role)) : '–') },
      { key: 'staffRoles.description', cell: (role) => role.description || '–' },
    ],
  });
}
