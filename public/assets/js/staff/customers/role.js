// One role of customers: its name, and what it grants.
import { CA, ifUnchanged } from '../../lib/api.js';
import { el } from '../../lib/dom.js';
import { handle } from '../../lib/form.js';
import { boxes, field, formDialog, ticked } from '../dialog.js';
import { featureTree } from '../feature-tree.js';
import { badges } from '../list.js';
import { act, button, card, head, tell } from '../page.js';
import { authed } from '../session.js';

export async function show(frame) {
  const { main, me, params } = frame;
  const path = `${CA}/admin/roles/${encodeURIComponent(params.id)}`;
  const [role, registry] = await Promise.all([authed('GET', path), authed('GET', `${CA}/admin/features`)]);
  const manages = me.may('customer_accounts.roles.manage');
  frame.retitle('staff.nav.customerRoles', role.name);

  head(frame, {
    text: role.name,
    back: { href: '/backend/customer_accounts/roles', t: 'staff.nav.customerRoles' },
    under: badges(role.isSystem && [{ key: 'roles.system' }], role.isDefault && [{ key: 'roles.default' }, 'good'], role.customerAssignable && [{ key: 'roles.assignable' }, 'accent']),
    actions: manages ? [button('roles.edit', edit), !role.isSystem && button('roles.delete', remove, { kind: 'danger' })] : [],
  });
  if (role.description) main.append(el('p', { class: 'soft' }, role.description));
  main.append(card('roles.grants', grants()));

  function grants() {
    const tree = featureTree({ features: registry.items, modules: registry.modules, held: role.features, disabled: !manages });
    const form = el('form', { class: 'stack', method: 'post' }, el('div', { 'data-error': true, role: 'alert' }), tree.node);
    if (!manages) return form;
    form.append(el('div', {}, el('button', { class: 'button primary', type: 'submit', t: 'roles.saveGrants' })));
    handle(form, { send: () => authed('PUT', `${path}/acl`, { features: tree.grants() }, ifUnchanged(role.updatedAt)), done: () => again('roles.grantsSaved') });
    return form;
  }

  async function again(said) {
    main.replaceChildren();
    await show(frame);
    tell('good', said);
  }

  function edit() {
    formDialog({
      title: 'roles.edit',
      fields: [
        field('name', 'roles.name', { required: true, maxlength: '255', value: role.name, readonly: role.isSystem }),
        field('description', 'roles.description', { maxlength: '1000', long: true, value: role.description ?? '' }),
        boxes('flags', 'roles.kind', [['isDefault', { key: 'roles.default' }, role.isDefault], ['customerAssignable', { key: 'roles.assignable' }, role.customerAssignable]]),
      ],
      send: ({ name, description }, form) => {
        const flags = ticked(form, 'flags');
        return authed('PUT', path, { name, description, isDefault: flags.includes('isDefault'), customerAssignable: flags.includes('customerAssignable') }, ifUnchanged(role.updatedAt));
      },
      done: () => again('roles.saved'),
    });
  }

  async function remove(node) {
    const gone = await act(node, () => authed('DELETE', path, undefined, ifUnchanged(role.updatedAt)), { ask: { title: 'roles.deleteTitle', text: 'roles.deleteText', action: 'roles.delete' }, vars: { name: role.name } });
    if (gone === false) return;
    await frame.open('/backend/customer_accounts/roles');
    tell('good', 'roles.deleted', { name: role.name });
  }
}
