// Staff: found, created, invited, opened.
import { el } from '../../lib/dom.js';
import { ago, timeNode } from '../../lib/format.js';
import { authority, indented } from '../authority.js';
import { boxes, field, formDialog, ticked } from '../dialog.js';
import { badges, list } from '../list.js';
import { act, button, head, tell } from '../page.js';
import { flatten } from '../frame/place.js';
import { authed } from '../session.js';
import { staffRoles } from './place-fields.js';
import { standing } from './standing.js';

const URL_LIST = '/api/auth/users';

export async function show(frame) {
  const { me } = frame;
  head(frame, { t: 'staff.nav.people', actions: [me.may('auth.users.create') && button('people.create', (node) => create(node, view), { kind: 'primary' })] });
  const filters = await choices(me);
  const view = await list(frame, {
    filters,
    caption: 'staff.nav.people',
    search: true,
    empty: 'people.empty',
    live: 'auth.user.',
    load: ({ page, ...rest }) => authed('GET', `${URL_LIST}?${new URLSearchParams({ page: page || '1', pageSize: '50', ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value)) })}`),
    columns: [
      { key: 'people.person', wide: true, cell: (person) => el('span', { class: 'stack-none' }, el('a', { href: `/backend/users/${person.id}` }, person.name ?? person.email), el('span', { class: 'soft small' }, person.name ? person.email : '')) },
      { key: 'staff.roles', cell: (person) => badges(...person.roles.map((role) => [role, 'accent'])) },
      { key: 'people.organization', cell: (person) => person.organizationName ?? '–' },
      { key: 'people.standing', cell: (person) => badges(...standing(person)) },
      { key: 'people.lastLogin', cell: (person) => (person.lastLoginAt ? timeNode(person.lastLoginAt, ago) : '–') },
    ],
  });
}

/** People of one organization, or who hold one role: as far as the caller sees these. */
async function choices(me) {
  const [places, roles] = await Promise.all([authed('GET', '/api/directory/organization-switcher'), me.may('auth.roles.list') ? authed('GET', '/api/auth/roles?pageSize=100') : null]);
  const organizations = flatten(places.items).map(({ item, depth }) => [item.id, { text: `${'\u2003'.repeat(depth)}${item.name}` }]);
  const found = [];
  if (organizations.length > 1) found.push({ name: 'organizationId', key: 'people.organization', options: [['', 'people.anyOrganization'], ...organizations] });
  if (roles) found.push({ name: 'roleId', key: 'people.role', options: [['', 'people.anyRole'], ...roles.items.map((role) => [role.id, { text: role.name }])] });
  return found;
}

async function create(node, view) {
  const answers = await act(node, () => Promise.all([authority(), staffRoles()]));
  if (!answers) return;
  const [reach, roles] = answers;
  formDialog({
    title: 'people.create',
    submit: 'people.createSubmit',
    text: 'people.createText',
    draft: 'staff.person',
    fields: [
      field('email', 'field.emailLabel', { type: 'email', required: true, maxlength: '255' }),
      field('name', 'people.name', { maxlength: '120' }),
      field('organizationId', 'people.organization', { required: true, choices: reach.organizations.map(indented) }),
      boxes('roles', 'staff.roles', roles.map((role) => [role.id, role.name, false, role.description, reach.below(role.priority) ? null : 'refusal.grantTooHigh'])),
      field('password', 'people.password', { type: 'password', autocomplete: 'new-password', maxlength: '256', hint: 'people.passwordHint' }),
    ],
    errors: { FORBIDDEN: 'people.roleRefused', CONFLICT: 'people.taken', NOT_FOUND: 'people.organizationGone' },
    send: ({ email, name, organizationId, password }, form) =>
      authed('POST', URL_LIST, { email, organizationId, roles: ticked(form, 'roles'), ...(name.trim() ? { name } : {}), ...(password ? { password } : { sendInviteEmail: true }) }),
    done: async (_, { email, password }) => {
      await view.refresh();
      tell('good', password ? 'people.created' : 'people.invited', { email });
    },
  });
}
