// One organization's own way of a role: what it adds to it, and what it takes from it.
import { ApiError, ifUnchanged } from '../../lib/api.js';
import { el, note } from '../../lib/dom.js';
import { handle } from '../../lib/form.js';
import { authority, givable } from '../authority.js';
import { featureTree } from '../feature-tree.js';
import { act, button, card, head, tell } from '../page.js';
import { authed } from '../session.js';
import { ROLES } from './form.js';
import { untouchable } from './standing.js';

export async function show(frame) {
  const { main, params } = frame;
  const path = `${ROLES}/${encodeURIComponent(params.id)}/overrides/${encodeURIComponent(params.organization)}`;
  const [{ items }, override, acl, registry, reach] = await Promise.all([
    authed('GET', `${ROLES}?id=${encodeURIComponent(params.id)}`),
    authed('GET', path),
    authed('GET', `${ROLES}/acl?roleId=${encodeURIComponent(params.id)}`),
    authed('GET', '/api/auth/features'),
    authority(),
  ]);
  const [role] = items;
  if (!role) throw new ApiError({ status: 404, code: 'NOT_FOUND' });
  const where = reach.organizations.find((one) => one.id === params.organization)?.name ?? params.organization;
  const refused = untouchable(role, reach);
  const there = override.updatedAt !== null;
  frame.retitle('staffRoles.overrideTitle', `${role.name} · ${where}`);

  head(frame, {
    t: 'staffRoles.overrideOf',
    vars: { role: role.name, organization: where },
    back: { href: `/backend/roles/${role.id}`, t: 'staffRoles.backToRole' },
    actions: [there && !refused && button('staffRoles.asItIs', clear, { kind: 'danger' })],
  });
  const [disabled, may] = [Boolean(refused), await givable(registry, reach)];
  const shared = { features: registry.items, modules: registry.modules, disabled, may, draft: { key: `override.${role.id}.${params.organization}`, version: override.updatedAt ?? null } };
  const adds = featureTree({ ...shared, held: override.adds, legend: 'staffRoles.adds', name: 'adds' });
  const removes = featureTree({ ...shared, held: override.removes, legend: 'staffRoles.removes', name: 'removes', denials: true });
  const form = el('form', { class: 'stack', method: 'post' }, el('div', { 'data-error': true, role: 'alert' }), el('div', { class: 'columns even' }, adds.node, removes.node));
  if (!refused) {
    form.append(el('div', {}, el('button', { class: 'button primary', type: 'submit', t: 'access.save' })));
    handle(form, {
      send: () => authed('PUT', path, { adds: adds.grants(), removes: removes.grants() }, ifUnchanged(override.updatedAt)),
      done: () => {
        adds.saved();
        removes.saved();
        return again('staffRoles.overrideSaved');
      },
    });
  }
  const grants = acl.features.length > 0 ? el('p', { class: 'badges' }, ...acl.features.map((grant) => el('code', { class: 'badge' }, grant))) : el('p', { class: 'soft', t: 'staffRoles.grantsNothing' });
  main.append(
    card('staffRoles.grants', grants),
    card('staffRoles.overrideTitle', el('p', { class: 'soft', t: 'staffRoles.overrideText' }), refused ? note('info', refused) : '', form),
  );

  async function clear(node) {
    const gone = await act(node, () => authed('DELETE', path, undefined, ifUnchanged(override.updatedAt)), { ask: { title: 'staffRoles.asItIsTitle', text: 'staffRoles.asItIsText', action: 'staffRoles.asItIs' }, vars: { organization: where, role: role.name } });
    if (gone !== false) await again('staffRoles.asItIsDone');
  }

  async function again(said) {
    main.replaceChildren();
    await show(frame);
    tell('good', said);
  }
}
