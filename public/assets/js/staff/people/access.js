// What one member of staff may do and why, and what they hold beside their roles: grants and denials of their own.
import { ifUnchanged } from '../../lib/api.js';
import { el, note } from '../../lib/dom.js';
import { wordsFor } from '../../lib/errors.js';
import { handle } from '../../lib/form.js';
import { effective } from '../access/effective.js';
import { flagField, reachField } from '../access/reach.js';
import { authority, givable, indented } from '../authority.js';
import { featureTree } from '../feature-tree.js';
import { act, button, card, head, tell, toCard } from '../page.js';
import { authed } from '../session.js';

const ACL = '/api/auth/users/acl';

/** Of some people the server shows what they may do, but not what they hold themselves. */
function closed(error) {
  if (error.code !== 'FORBIDDEN') throw error;
  return { refused: wordsFor(error)[0] };
}

export async function show(frame) {
  const { main, me, params } = frame;
  const id = encodeURIComponent(params.id);
  const self = params.id === me.id;
  const [person, acl, registry, reach] = await Promise.all([authed('GET', `/api/auth/users/${id}`), authed('GET', `${ACL}?userId=${id}`).catch(closed), authed('GET', '/api/auth/features'), authority()]);
  const highest = Math.max(0, ...person.memberships.map((one) => one.role.priority));
  const refused = acl.refused ?? (self ? 'access.self' : !reach.below(highest) ? 'refusal.personTooHigh' : person.isSuperAdmin && !reach.isSuperAdmin ? 'refusal.superAdminAccount' : null);
  const name = person.name ?? person.email;
  frame.retitle('access.title', name);

  head(frame, {
    t: 'access.titleOf',
    vars: { name },
    back: { href: `/backend/users/${id}`, t: 'access.back' },
    actions: [toCard('access.own', () => own), acl.hasCustomAcl && !refused && button('access.clear', clear, { kind: 'danger' })],
  });
  const [explained, own] = await Promise.all([
    effective({ registry, organizations: [['', ''], ...reach.organizations.map(indented)], load: (organization) => authed('GET', `/api/auth/users/${id}/effective${organization ? `?organizationId=${organization}` : ''}`) }),
    editor(),
  ]);
  main.append(explained, own);

  async function editor() {
    if (acl.refused) return card('access.own', note('info', acl.refused));
    const [disabled, may] = [Boolean(refused), await givable(registry, reach)];
    const shared = { features: registry.items, modules: registry.modules, disabled, may, draft: { key: `user.${params.id}`, version: acl.updatedAt ?? null } };
    const adds = featureTree({ ...shared, held: acl.features, legend: 'access.adds', name: 'adds' });
    const denies = featureTree({ ...shared, held: acl.denied, legend: 'access.denies', name: 'denies', denials: true });
    const reachOf = reachField({ held: acl.organizations, reach, disabled, text: 'access.everywhereText' });
    const flag = flagField({ held: acl.isSuperAdmin, reach, disabled });
    const form = el('form', { class: 'stack', method: 'post' }, el('div', { 'data-error': true, role: 'alert' }), el('div', { class: 'columns even' }, adds.node, denies.node), reachOf.node, flag.node);
    if (!refused) {
      form.append(el('div', {}, el('button', { class: 'button primary', type: 'submit', t: 'access.save' })));
      handle(form, {
        send: () => authed('PUT', ACL, { userId: params.id, features: adds.grants(), denied: denies.grants(), organizations: reachOf.value(), isSuperAdmin: flag.value() }, ifUnchanged(acl.updatedAt)),
        done: () => {
          adds.saved();
          denies.saved();
          return again('access.saved');
        },
      });
    }
    return card('access.own', el('p', { class: 'soft', t: 'access.ownText' }), refused ? note('info', refused) : '', form);
  }

  async function clear(node) {
    const gone = await act(node, () => authed('DELETE', `${ACL}?userId=${id}`, undefined, ifUnchanged(acl.updatedAt)), { ask: { title: 'access.clearTitle', text: 'access.clearText', action: 'access.clear' }, vars: { name } });
    if (gone !== false) await again('access.cleared');
  }

  async function again(said) {
    main.replaceChildren();
    await show(frame);
    tell('good', said);
  }
}
