// What one customer may do and why, and an ACL that stands in the place of the roles.
import { CA, ifUnchanged } from '../../lib/api.js';
import { el, note } from '../../lib/dom.js';
import { handle } from '../../lib/form.js';
import { effective } from '../access/effective.js';
import { featureTree } from '../feature-tree.js';
import { act, button, card, head, tell, toCard } from '../page.js';
import { authed } from '../session.js';

export async function show(frame) {
  const { main, params } = frame;
  const path = `${CA}/admin/users/${encodeURIComponent(params.id)}`;
  const [user, acl, registry] = await Promise.all([authed('GET', path), authed('GET', `${path}/acl`), authed('GET', `${CA}/admin/features`)]);
  const name = user.displayName;
  frame.retitle('access.title', name);

  head(frame, {
    t: 'access.titleOf',
    vars: { name },
    back: { href: `/backend/customer_accounts/${encodeURIComponent(params.id)}`, t: 'access.back' },
    actions: [toCard('access.replaces', () => own), acl.hasCustomAcl && button('access.clear', clear, { kind: 'danger' })],
  });
  const own = editor();
  main.append(await effective({ registry, load: () => authed('GET', `${path}/effective`) }), own);

  function editor() {
    const tree = featureTree({ features: registry.items, modules: registry.modules, held: acl.features, legend: 'access.instead', draft: { key: `customer.${params.id}`, version: acl.updatedAt ?? null } });
    const admin = el('input', { type: 'checkbox', checked: acl.isPortalAdmin });
    const flag = el('label', { class: 'choice' }, admin, el('span', {}, el('span', { t: 'access.portalAdmin' }), el('span', { class: 'hint block', t: 'access.portalAdminText' })));
    const form = el(
      'form',
      { class: 'stack', method: 'post' },
      el('div', { 'data-error': true, role: 'alert' }),
      tree.node,
      flag,
      el('div', {}, el('button', { class: 'button primary', type: 'submit', t: acl.hasCustomAcl ? 'access.save' : 'access.replace' })),
    );
    handle(form, {
      send: () => authed('PUT', `${path}/acl`, { features: tree.grants(), isPortalAdmin: admin.checked }, ifUnchanged(acl.updatedAt)),
      done: ({ warning }) => {
        tree.saved();
        return again(...(warning ? ['warn', 'access.omitted'] : ['good', 'access.saved']));
      },
    });
    return card('access.replaces', el('p', { class: 'soft', t: 'access.replacesText' }), note(acl.hasCustomAcl ? 'warn' : 'info', acl.hasCustomAcl ? 'access.replacesNow' : 'access.replacesNot'), form);
  }

  async function clear(node) {
    const gone = await act(node, () => authed('DELETE', `${path}/acl`, undefined, ifUnchanged(acl.updatedAt)), { ask: { title: 'access.clearTitle', text: 'access.clearCustomerText', action: 'access.clear' }, vars: { name } });
    if (gone !== false) await again('good', 'access.cleared');
  }

  async function again(kind, said) {
    main.replaceChildren();
    await show(frame);
    tell(kind, said);
  }
}
