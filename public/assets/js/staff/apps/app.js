// One app: what is said about it, what it proves itself with, and the way to its path rules.
import { ifUnchanged } from '../../lib/api.js';
import { el } from '../../lib/dom.js';
import { moment, timeNode } from '../../lib/format.js';
import { formDialog, reveal } from '../dialog.js';
import { badges } from '../list.js';
import { act, button, card, facts, head, linkButton, tell } from '../page.js';
import { authed } from '../session.js';
import { APPS, termFields, termsOf } from './terms.js';

export async function show(frame) {
  const { main, me, params } = frame;
  const path = `${APPS}/${encodeURIComponent(params.id)}`;
  const { app } = await authed('GET', path);
  const manages = me.may('apps.manage');
  frame.retitle('staff.nav.apps', app.name);
  head(frame, {
    text: app.name,
    back: { href: '/backend/apps', t: 'staff.nav.apps' },
    under: badges(app.isActive ? [{ key: 'apps.active' }, 'good'] : [{ key: 'apps.disabled' }, 'warn'], !app.tenantId && [{ key: 'apps.ofPlatform' }, 'accent']),
    actions: manages ? [button('apps.edit', edit), app.isActive ? button('apps.disable', disable, { kind: 'danger' }) : button('apps.enable', enable), button('apps.delete', remove, { kind: 'danger' })] : [],
  });
  const codes = (items) => (items.length > 0 ? el('span', { class: 'badges' }, ...items.map((item) => el('code', { class: 'wrap' }, item))) : null);
  main.append(
    el(
      'div',
      { class: 'columns' },
      card(
        'apps.facts',
        facts(
          ['apps.audience', el('code', {}, app.audience)],
          ['apps.clientId', el('code', {}, app.id)],
          ['apps.tenants', el('span', { t: app.tenantId ? 'apps.oneTenant' : 'apps.everyTenant' })],
          ['apps.realms', badges(app.realms.includes('customer') && [{ key: 'apps.customers' }], app.realms.includes('staff') && [{ key: 'apps.staff' }])],
          ['apps.hosts', codes(app.returnHosts)],
          ['apps.features', codes(app.features)],
          app.adminClaims && ['apps.options', el('span', { t: 'apps.adminClaims' })],
          ['apps.created', timeNode(app.createdAt, moment)],
        ),
      ),
      el(
        'div',
        { class: 'stack' },
        card('apps.credentials', el('p', { class: 'soft', t: 'apps.credentialsText' }), credentials(), manages ? el('div', {}, button('apps.newCredential', create)) : ''),
        card('apps.rules', el('p', { class: 'soft', t: 'apps.rulesText' }), el('div', {}, linkButton('apps.openRules', `/backend/apps/${app.id}/rules`))),
      ),
    ),
  );

  async function again(said, vars) {
    main.replaceChildren();
    await show(frame);
    if (said) tell('good', said, vars);
  }

  function credentials() {
    if (app.credentials.length === 0) return el('p', { class: 'soft', t: 'apps.noCredentials' });
    return el('ul', { class: 'list rows' }, ...app.credentials.map((one) => el('li', {}, el('div', { class: 'body' }, el('span', { t: 'apps.madeAt', vars: { when: moment(one.createdAt) } }), el('code', { class: 'soft small' }, one.id)), manages ? revokeButton(one) : '')));
  }

  function revokeButton(one) {
    const ask = { title: 'apps.revokeTitle', text: 'apps.revokeText', action: 'apps.revoke' };
    return button('apps.revoke', async (node) => (await act(node, () => authed('DELETE', `${path}/credentials/${one.id}`), { ask })) && again('apps.revoked'), { kind: 'danger', label: 'apps.revokeWho', vars: { when: moment(one.createdAt) } });
  }

  async function create(node) {
    const made = await act(node, () => authed('POST', `${path}/credentials`), { errors: { CONFLICT: 'apps.twoAlready' } });
    if (!made) return;
    await reveal({ title: 'apps.secretTitle', text: 'apps.secretText', value: made.clientSecret });
    await again();
  }

  function edit() {
    formDialog({
      title: 'apps.editTitle',
      vars: { name: app.name },
      wide: true,
      fields: termFields(app),
      errors: { CONFLICT: 'apps.taken' },
      send: (values, form) => authed('PUT', path, termsOf(values, form), ifUnchanged(app.updatedAt)),
      done: () => again('apps.saved'),
    });
  }

  const turn = (node, isActive, ask) => act(node, () => authed('PUT', path, { isActive }, ifUnchanged(app.updatedAt)), { ask, vars: { name: app.name } });

  async function disable(node) {
    const ask = { title: 'apps.disableTitle', text: 'apps.disableText', action: 'apps.disable' };
    if (await turn(node, false, ask)) await again('apps.disabledNow', { name: app.name });
  }

  async function enable(node) {
    if (await turn(node, true)) await again('apps.enabled', { name: app.name });
  }

  async function remove(node) {
    const ask = { title: 'apps.deleteTitle', text: 'apps.deleteText', action: 'apps.delete' };
    if (!(await act(node, () => authed('DELETE', path, undefined, ifUnchanged(app.updatedAt)), { ask, vars: { name: app.name } }))) return;
    await frame.open('/backend/apps');
    tell('good', 'apps.deleted', { name: app.name });
  }
}
