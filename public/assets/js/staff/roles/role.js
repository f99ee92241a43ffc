// One role of staff: how high it stands, what it grants and where, and where organizations have it their own way.
import { ApiError, ifUnchanged } from '../../lib/api.js';
import { el, note } from '../../lib/dom.js';
import { handle } from '../../lib/form.js';
import { flagField, reachField } from '../access/reach.js';
import { authority, givable, indented } from '../authority.js';
import { field } from '../dialog.js';
import { featureTree } from '../feature-tree.js';
import { badges } from '../list.js';
import { act, button, card, facts, head, tell } from '../page.js';
import { authed } from '../session.js';
import { ROLES, roleDialog } from './form.js';
import { standing, untouchable } from './standing.js';

export async function show(frame) {
  const { main, me, params } = frame;
  const id = encodeURIComponent(params.id);
  const grants = me.may('auth.acl.manage');
  const [{ items }, acl, registry, reach] = await Promise.all([
    authed('GET', `${ROLES}?id=${id}`),
    grants ? authed('GET', `${ROLES}/acl?roleId=${id}`) : null,
    grants ? authed('GET', '/api/auth/features') : null,
    authority(),
  ]);
  const [role] = items;
  if (!role) throw new ApiError({ status: 404, code: 'NOT_FOUND' });
  const refused = untouchable(role, reach);
  frame.retitle('staff.nav.roles', role.name);

  head(frame, {
    text: role.name,
    back: { href: '/backend/roles', t: 'staff.nav.roles' },
    under: badges(...standing(role)),
    actions: me.may('auth.roles.manage') && !refused ? [button('staffRoles.edit', edit), !role.isSystem && button('staffRoles.delete', remove, { kind: 'danger' })] : [],
  });
  main.append(about());
  if (grants) main.append(await acls(), inOrganizations());

  function about() {
    return card(
      'staffRoles.about',
      role.description ? el('p', {}, role.description) : '',
      facts(
        ['staffRoles.slug', el('code', {}, role.slug)],
        ['staffRoles.priority', String(role.priority)],
        ['staffRoles.holders', el('a', { href: `/backend/users?roleId=${role.id}`, t: 'staffRoles.holdersCount', vars: { count: role.usersCount } })],
        ['staffRoles.of', role.tenantName ?? el('span', { t: 'staffRoles.platform' })],
      ),
      refused ? note('info', refused) : '',
    );
  }

  async function acls() {
    const [disabled, may] = [Boolean(refused), await givable(registry, reach)];
    const tree = featureTree({ features: registry.items, modules: registry.modules, held: acl.features, disabled, may, draft: { key: `role.${role.id}`, version: acl.updatedAt ?? null } });
    const reachOf = reachField({ held: acl.organizations, reach, disabled, text: 'staffRoles.everywhereText' });
    const flag = flagField({ held: acl.isSuperAdmin, reach, disabled, text: 'staffRoles.superAdminText' });
    const form = el('form', { class: 'stack', method: 'post' }, el('div', { 'data-error': true, role: 'alert' }), tree.node, reachOf.node, flag.node);
    if (!refused) {
      form.append(el('div', {}, el('button', { class: 'button primary', type: 'submit', t: 'access.save' })));
      handle(form, {
        send: () => authed('PUT', `${ROLES}/acl`, { roleId: role.id, features: tree.grants(), organizations: reachOf.value(), isSuperAdmin: flag.value() }, ifUnchanged(acl.updatedAt)),
        done: () => {
          tree.saved();
          return again('staffRoles.grantsSaved');
        },
      });
    }
    return card('staffRoles.grants', form);
  }

  function inOrganizations() {
    const choose = field('organization', 'staffRoles.organization', { choices: reach.organizations.map(indented) });
    const go = () => frame.open(`/backend/roles/${role.id}/organizations/${choose.querySelector('select').value}`);
    return card('staffRoles.inOrganizations', el('p', { class: 'soft', t: 'staffRoles.inOrganizationsText' }), reach.organizations.length > 0 ? el('div', { class: 'row end' }, choose, button('staffRoles.look', go)) : '');
  }

  async function again(said) {
    main.replaceChildren();
    await show(frame);
    tell('good', said);
  }

  function edit() {
    roleDialog({ role, done: () => again('staffRoles.saved') });
  }

  async function remove(node) {
    const gone = await act(node, () => authed('DELETE', `${ROLES}?id=${role.id}`, undefined, ifUnchanged(role.updatedAt)), { ask: { title: 'staffRoles.deleteTitle', text: 'staffRoles.deleteText', action: 'staffRoles.delete' }, vars: { name: role.name } });
    if (gone === false) return;
    await frame.open('/backend/roles');
    tell('good', 'staffRoles.deleted', { name: role.name });
  }
}
