// Roles of customers: listed, created, opened.
import { CA } from '../../lib/api.js';
import { el } from '../../lib/dom.js';
import { boxes, field, formDialog, ticked } from '../dialog.js';
import { badges, list } from '../list.js';
import { button, head } from '../page.js';
import { authed } from '../session.js';

export async function show(frame) {
  const { me } = frame;
  head(frame, { t: 'staff.nav.customerRoles', actions: [me.may('customer_accounts.roles.manage') && button('roles.create', () => create(frame), { kind: 'primary' })] });
  await list(frame, {
    caption: 'staff.nav.customerRoles',
    search: true,
    empty: 'roles.empty',
    load: ({ page, search }) => authed('GET', `${CA}/admin/roles?${new URLSearchParams({ page: page || '1', pageSize: '50', ...(search ? { search } : {}) })}`),
    columns: [
      { key: 'roles.name', wide: true, cell: (role) => el('span', { class: 'stack-none' }, el('a', { href: `/backend/customer_accounts/roles/${role.id}` }, role.name), el('code', { class: 'soft small' }, role.slug)) },
      { key: 'roles.description', cell: (role) => role.description || '–' },
      { key: 'roles.kind', cell: (role) => badges(role.isSystem && [{ key: 'roles.system' }], role.isDefault && [{ key: 'roles.default' }, 'good'], role.customerAssignable && [{ key: 'roles.assignable' }, 'accent']) },
    ],
  });
}

/** `Sales team` → `sales-team`. */
const slugOf = (name) => name.trim().toLowerCase().normalize('NFKD').replace(/[^a-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '');

function create(frame) {
  formDialog({
    title: 'roles.create',
    submit: 'roles.createSubmit',
    draft: 'staff.customer-role',
    fields: [
      field('name', 'roles.name', { required: true, maxlength: '255' }),
      field('slug', 'roles.slug', { maxlength: '255', hint: 'roles.slugHint', pattern: '[a-z0-9_-]+' }),
      field('description', 'roles.description', { maxlength: '1000', long: true }),
      boxes('flags', 'roles.kind', [['isDefault', { key: 'roles.default' }], ['customerAssignable', { key: 'roles.assignable' }]]),
    ],
    errors: { CONFLICT: 'roles.taken' },
    send: ({ name, slug, description }, form) => {
      const flags = ticked(form, 'flags');
      return authed('POST', `${CA}/admin/roles`, { name, slug: slug.trim() || slugOf(name), description, isDefault: flags.includes('isDefault'), customerAssignable: flags.includes('customerAssignable') });
    },
    done: ({ role }) => frame.open(`/backend/customer_accounts/roles/${role.id}`),
  });
}
