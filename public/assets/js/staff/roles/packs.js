// Packs of roles: what each would bring, applied to this tenant; and the default roles brought back to what they should grant.
import { el } from '../../lib/dom.js';
import { badges } from '../list.js';
import { act, button, head, tell } from '../page.js';
import { authed } from '../session.js';
import { ROLES } from './form.js';

export async function show(frame) {
  const { main, me } = frame;
  const { items } = await authed('GET', '/api/auth/role-packs');
  head(frame, {
    t: 'staffRoles.packs',
    back: { href: '/backend/roles', t: 'staff.nav.roles' },
    under: el('p', { class: 'soft', t: 'staffRoles.packsText' }),
    actions: [me.may('auth.acl.manage') && button('staffRoles.sync', (node) => merge(node, `${ROLES}/acl/sync`, { title: 'staffRoles.syncTitle', text: 'staffRoles.syncText', action: 'staffRoles.sync' }))],
  });
  main.append(...items.map(pack));

  function pack({ id, title, roles }) {
    const apply = (node) => merge(node, `/api/auth/role-packs/${encodeURIComponent(id)}/apply`, { title: 'staffRoles.applyTitle', text: 'staffRoles.applyText', action: 'staffRoles.apply' }, { pack: title });
    return el(
      'section',
      { class: 'card stack', 'aria-labelledby': `pack-${id}` },
      el('div', { class: 'page-head' }, el('div', { class: 'stack-none' }, el('h2', { id: `pack-${id}` }, title), el('code', { class: 'soft small' }, id)), me.may('auth.roles.manage') ? button('staffRoles.apply', apply, { label: 'staffRoles.applyWho', vars: { pack: title } }) : ''),
      el('ul', { class: 'list plain-list' }, ...roles.map(row)),
    );
  }

  function row({ name, slug, priority, platform, features }) {
    return el(
      'li',
      { class: 'single' },
      el(
        'div',
        { class: 'body' },
        el('span', { class: 'row' }, el('span', { class: 'title' }, name), el('code', { class: 'soft small' }, slug), badges(platform && [{ key: 'staffRoles.platform' }, 'accent'])),
        el('span', { class: 'soft small', t: 'staffRoles.standsAt', vars: { priority } }),
        features.length > 0 ? el('span', { class: 'badges' }, ...features.map((grant) => el('code', { class: 'badge' }, grant))) : el('span', { class: 'soft small', t: 'staffRoles.grantsNothing' }),
      ),
    );
  }

  async function merge(node, path, ask, vars) {
    const answer = await act(node, () => authed('POST', path, {}), { ask, vars });
    if (answer === false) return;
    const names = [...answer.created, ...answer.updated];
    if (names.length === 0) tell('good', 'staffRoles.nothingMissing');
    else tell('good', 'staffRoles.merged', { created: answer.created.join(', ') || '–', updated: answer.updated.join(', ') || '–' });
  }
}
