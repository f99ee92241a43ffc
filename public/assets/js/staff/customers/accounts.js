// Customer accounts: found, filtered, opened, created, invited, carried away as CSV.
import { CA } from '../../lib/api.js';
import { el } from '../../lib/dom.js';
import { ago, timeNode } from '../../lib/format.js';
import { saveCsv } from '../csv.js';
import { boxes, field, formDialog, ticked } from '../dialog.js';
import { badges, list } from '../list.js';
import { act, button, head, tell } from '../page.js';
import { authed } from '../session.js';
import { invite, roleChoices } from './invite.js';
import { standing } from './standing.js';

const URL_LIST = `${CA}/admin/users`;
const asked = ({ page, search, status, roleId }, pageSize = 25) =>
  `${URL_LIST}?${new URLSearchParams(Object.entries({ page: page || '1', pageSize: String(pageSize), search, status, roleId }).filter(([, value]) => value))}`;

export async function show(frame) {
  const { me } = frame;
  head(frame, {
    t: 'staff.nav.accounts',
    actions: [
      me.may('customer_accounts.invite') && button('accounts.invite', (node) => invite(node, view)),
      me.may('customer_accounts.manage') && button('accounts.create', (node) => create(node, view), { kind: 'primary' }),
    ],
  });
  const view = await list(frame, {
    caption: 'staff.nav.accounts',
    search: true,
    empty: 'accounts.empty',
    live: 'customer_accounts.',
    load: (query) => authed('GET', asked(query)),
    filters: [{ name: 'status', key: 'accounts.status', options: [['', 'accounts.any'], ['active', 'accounts.active'], ['inactive', 'accounts.inactive'], ['locked', 'accounts.locked']] }],
    columns: [
      { key: 'accounts.person', wide: true, cell: (user) => el('span', { class: 'stack-none' }, el('a', { href: `/backend/customer_accounts/${user.id}` }, user.displayName), el('span', { class: 'soft small' }, user.email)) },
      { key: 'accounts.roles', cell: (user) => badges(...user.roles.map((role) => [role.name, 'accent'])) },
      { key: 'accounts.standing', cell: (user) => badges(...standing(user)) },
      { key: 'accounts.lastLogin', cell: (user) => (user.lastLoginAt ? timeNode(user.lastLoginAt, ago) : '–') },
    ],
    actions: [button('list.csv', (node) => act(node, () => carryAway(view.query)))],
  });
}

/** As many as a spreadsheet takes in comfort; the audit log is for more. */
const MOST = 10_000;

async function carryAway(query) {
  const rows = [];
  for (let page = 1; rows.length < MOST; page += 1) {
    const answer = await authed('GET', asked({ ...query, page: String(page) }, 100));
    rows.push(...answer.items);
    if (page >= answer.totalPages) break;
  }
  saveCsv('customer-accounts.csv', ['id', 'email', 'displayName', 'emailVerified', 'isActive', 'lockedUntil', 'lastLoginAt', 'createdAt', 'roles'], rows.map((user) => ({ ...user, roles: user.roles.map((role) => role.slug).join(' ') })));
}

async function create(node, view) {
  const roles = await act(node, roleChoices);
  if (!roles) return;
  formDialog({
    title: 'accounts.create',
    submit: 'accounts.createSubmit',
    draft: 'staff.account',
    fields: [
      field('email', 'field.emailLabel', { type: 'email', required: true, maxlength: '255' }),
      field('displayName', 'accounts.name', { required: true, maxlength: '255' }),
      field('password', 'field.passwordLabel', { type: 'password', required: true, autocomplete: 'new-password', maxlength: '128', hint: 'password.hint' }),
      boxes('roleIds', 'accounts.roles', roles.map((role) => [role.id, role.name, role.isDefault])),
    ],
    errors: { CONFLICT: 'accounts.taken' },
    send: ({ email, displayName, password }, form) => authed('POST', URL_LIST, { email, displayName, password, roleIds: ticked(form, 'roleIds') }),
    done: async (_, { email }) => {
      await view.refresh();
      tell('good', 'accounts.created', { email });
    },
  });
}
