// Tenants: listed, created, renamed, suspended and resumed.
import { ifUnchanged } from '../../lib/api.js';
import { el } from '../../lib/dom.js';
import { moment, timeNode } from '../../lib/format.js';
import { field, formDialog } from '../dialog.js';
import { badges, list } from '../list.js';
import { act, button, head, tell } from '../page.js';
import { authed } from '../session.js';

const API = '/api/directory/tenants';
const POLICIES = [['default', { key: 'directory.policyDefault' }], ['strict', { key: 'directory.policyStrict' }]];

export async function show(frame) {
  const manages = frame.me.may('directory.tenants.manage');
  head(frame, { t: 'staff.nav.tenants', actions: [manages && button('directory.newTenant', () => edit(), { kind: 'primary' })] });
  const view = await list(frame, {
    caption: 'staff.nav.tenants',
    search: true,
    empty: 'directory.noTenants',
    load: ({ page, search, isActive }) => authed('GET', `${API}?${new URLSearchParams(Object.entries({ page: page || '1', search, isActive, sortField: 'name' }).filter(([, value]) => value))}`),
    filters: [{ name: 'isActive', key: 'directory.standing', options: [['', 'directory.any'], ['true', 'directory.active'], ['false', 'directory.suspended']] }],
    columns: [
      { key: 'directory.name', wide: true, cell: (tenant) => el('span', { class: 'stack-none' }, el('span', { class: 'title' }, tenant.name), el('code', { class: 'soft small' }, tenant.id)) },
      { key: 'directory.standing', cell: (tenant) => badges(tenant.isActive ? [{ key: 'directory.active' }, 'good'] : [{ key: 'directory.suspended' }, 'bad'], tenant.policy === 'strict' && [{ key: 'directory.policyStrict' }, 'accent']) },
      { key: 'directory.createdAt', cell: (tenant) => (tenant.createdAt ? timeNode(tenant.createdAt, moment) : '–') },
      { key: 'directory.actions', cell: (tenant) => (manages ? actions(tenant) : '') },
    ],
  });

  function actions(tenant) {
    const standing = tenant.isActive
      ? button('directory.suspend', (node) => turn(node, tenant, 'suspend'), { kind: 'danger', label: 'directory.suspendWho', vars: { name: tenant.name } })
      : button('directory.resume', (node) => turn(node, tenant, 'resume'), { label: 'directory.resumeWho', vars: { name: tenant.name } });
    return el('span', { class: 'row' }, button('directory.edit', () => edit(tenant), { label: 'directory.editWho', vars: { name: tenant.name } }), standing);
  }

  async function turn(node, tenant, way) {
    const ask = way === 'suspend' ? { title: 'directory.suspendTitle', text: 'directory.suspendTenantText', action: 'directory.suspend' } : undefined;
    if ((await act(node, () => authed('POST', `${API}/${tenant.id}/${way}`), { ask, vars: { name: tenant.name } })) === false) return;
    await view.refresh();
    tell('good', way === 'suspend' ? 'directory.suspendedNow' : 'directory.resumed', { name: tenant.name });
  }

  function edit(tenant) {
    formDialog({
      title: tenant ? 'directory.editTenant' : 'directory.newTenant',
      fields: [field('name', 'directory.name', { required: true, maxlength: '200', value: tenant?.name }), field('policy', 'directory.policy', { choices: POLICIES, value: tenant?.policy ?? 'default', hint: 'directory.policyHint' })],
      send: ({ name, policy }) => (tenant ? authed('PUT', API, { id: tenant.id, name, policy }, ifUnchanged(tenant.updatedAt)) : authed('POST', API, { name, policy })),
      done: async (_, { name }) => {
        await view.refresh();
        tell('good', 'directory.saved', { name });
      },
    });
  }
}
