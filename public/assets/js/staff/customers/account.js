// One customer account: who it is, what it may do, where it is signed in, and everything an administrator does about it.
import { CA, ifUnchanged } from '../../lib/api.js';
import { el } from '../../lib/dom.js';
import { ago, deviceName, moment, timeNode } from '../../lib/format.js';
import { live } from '../../lib/i18n.js';
import { boxes, field, formDialog, reveal, ticked } from '../dialog.js';
import { badges } from '../list.js';
import { act, button, card, facts, head, linkButton, tell } from '../page.js';
import { trailCard } from '../security/trail-card.js';
import { authed } from '../session.js';
import { isLocked, isVerified, standing } from './standing.js';

export async function show(frame) {
  const { main, me, params } = frame;
  const path = `${CA}/admin/users/${encodeURIComponent(params.id)}`;
  const user = await authed('GET', path);
  const manages = me.may('customer_accounts.manage');
  const supports = me.may('customer_accounts.manage|customer_accounts.support');
  frame.retitle('staff.nav.accounts', user.displayName);

  head(frame, {
    text: user.displayName,
    back: { href: '/backend/customer_accounts', t: 'staff.nav.accounts' },
    under: el('span', { class: 'soft' }, user.email),
    actions: [manages && button('accounts.edit', edit)],
  });
  main.append(el('div', { class: 'columns' }, el('div', { class: 'stack' }, profile(), devices()), el('div', { class: 'stack' }, roles(), help(), manages ? ending() : '')), me.may('auth.audit.view') ? await trailCard(user.id) : '');

  /** Does it, then shows the account as it is now. */
  async function run(node, work, options) {
    const done = await act(node, work, options);
    if (done === false) return;
    main.replaceChildren();
    await show(frame);
    if (options.done) tell('good', options.done, options.vars);
  }

  function profile() {
    return card(
      'accounts.profile',
      facts(
        ['accounts.standing', badges(...standing(user))],
        user.lockedUntil && isLocked(user) && ['accounts.lockedUntil', timeNode(user.lockedUntil, moment)],
        ['accounts.verifiedAt', user.emailVerifiedAt ? timeNode(user.emailVerifiedAt, moment) : null],
        ['accounts.lastLogin', user.lastLoginAt ? timeNode(user.lastLoginAt, ago) : null],
        ['accounts.createdAt', timeNode(user.createdAt, moment)],
        ['accounts.company', user.customerEntityId && el('code', { class: 'small' }, user.customerEntityId)],
        ['accounts.id', el('code', { class: 'small' }, user.id)],
      ),
    );
  }

  function roles() {
    const change = me.may('customer_accounts.manage') ? button('accounts.changeRoles', changeRoles) : '';
    const access = me.may('customer_accounts.roles.manage') ? linkButton('accounts.access', `/backend/customer_accounts/${user.id}/access`) : '';
    return card('accounts.roles', user.roles.length > 0 ? badges(...user.roles.map((role) => [role.name, 'accent'])) : el('p', { class: 'soft', t: 'accounts.noRoles' }), el('div', { class: 'row' }, change, access));
  }

  function devices() {
    const rows = user.sessions.map((session) => {
      const name = deviceName(session.userAgent);
      return el(
        'li',
        {},
        el('div', { class: 'body' }, live(el('span', { class: 'title' }), () => deviceName(session.userAgent)), el('span', { class: 'soft small' }, [session.ipAddress, ''].filter(Boolean).join(' '), ' ', timeNode(session.lastUsedAt ?? session.createdAt, ago))),
        el('div', { class: 'actions' }, supports ? button('accounts.endSession', (node) => run(node, () => authed('DELETE', `${path}/sessions/${session.id}`), { done: 'accounts.sessionEnded' }), { label: 'accounts.endSessionOf', vars: { device: name } }) : ''),
      );
    });
    const everywhere = supports && rows.length > 0 && button('accounts.forceLogout', (node) => run(node, () => authed('POST', `${path}/force-logout`), { ask: { title: 'accounts.forceLogoutTitle', text: 'accounts.forceLogoutText', action: 'accounts.forceLogout' }, vars: { name: user.displayName }, done: 'accounts.loggedOut' }), { kind: 'danger' });
    return card('accounts.sessions', rows.length > 0 ? el('ul', { class: 'list plain-list' }, ...rows) : el('p', { class: 'soft', t: 'accounts.noSessions' }), everywhere || '');
  }

  function help() {
    const post = (name) => authed('POST', `${path}/${name}`);
    return card(
      'accounts.help',
      el(
        'div',
        { class: 'row' },
        supports && isLocked(user) ? button('accounts.unlock', (node) => run(node, () => post('unlock'), { done: 'accounts.unlocked' })) : '',
        manages && !isLocked(user) ? button('accounts.lock', lock) : '',
        supports && !isVerified(user) ? button('accounts.verify', (node) => run(node, () => post('verify-email'), { ask: { title: 'accounts.verifyTitle', text: 'accounts.verifyText', action: 'accounts.verify' }, vars: { email: user.email }, done: 'accounts.verified' })) : '',
        supports ? button('accounts.sendReset', (node) => run(node, () => post('send-reset-link'), { done: 'accounts.resetSent', vars: { email: user.email } })) : '',
        manages ? button('accounts.oneTime', (node) => oneTime(node)) : '',
        manages ? button('accounts.setPassword', setPassword) : '',
      ),
    );
  }

  function ending() {
    const now = user.isActive;
    return card(
      'accounts.ending',
      el(
        'div',
        { class: 'row' },
        button(now ? 'accounts.deactivate' : 'accounts.activate', (node) =>
          run(node, () => authed('PUT', path, { isActive: !now }, ifUnchanged(user.updatedAt)), { ask: now ? { title: 'accounts.deactivateTitle', text: 'accounts.deactivateText', action: 'accounts.deactivate' } : undefined, vars: { name: user.displayName }, done: now ? 'accounts.deactivated' : 'accounts.activated' }),
        ),
        button('accounts.delete', remove, { kind: 'danger' }),
      ),
    );
  }

  async function remove(node) {
    const gone = await act(node, () => authed('DELETE', path, undefined, ifUnchanged(user.updatedAt)), { ask: { title: 'accounts.deleteTitle', text: 'accounts.deleteText', action: 'accounts.delete' }, vars: { name: user.displayName } });
    if (gone === false) return;
    await frame.open('/backend/customer_accounts');
    tell('good', 'accounts.deleted', { name: user.displayName });
  }

  async function oneTime(node) {
    const answer = await act(node, () => authed('POST', `${path}/one-time-password`), { ask: { title: 'accounts.oneTimeTitle', text: 'accounts.oneTimeText', action: 'accounts.oneTime' }, vars: { name: user.displayName } });
    if (!answer) return;
    await reveal({ title: 'accounts.oneTime', text: 'accounts.oneTimeShown', vars: { name: user.displayName }, value: answer.oneTimePassword });
    await frame.open(location.href, { push: false });
  }

  /** A dialog that changes the account and shows it anew. */
  function ask(options) {
    formDialog({
      ...options,
      done: async () => {
        main.replaceChildren();
        await show(frame);
        tell('good', options.said);
      },
    });
  }

  function edit() {
    ask({
      title: 'accounts.edit',
      fields: [field('displayName', 'accounts.name', { required: true, maxlength: '255', value: user.displayName })],
      send: ({ displayName }) => authed('PUT', path, { displayName }, ifUnchanged(user.updatedAt)),
      said: 'accounts.saved',
    });
  }

  function setPassword() {
    ask({
      title: 'accounts.setPassword',
      text: 'accounts.setPasswordText',
      vars: { name: user.displayName },
      fields: [field('newPassword', 'security.new', { type: 'password', required: true, autocomplete: 'new-password', maxlength: '128', hint: 'password.hint' })],
      send: ({ newPassword }) => authed('POST', `${path}/reset-password`, { newPassword }),
      said: 'accounts.passwordSet',
    });
  }

  function lock() {
    ask({
      title: 'accounts.lock',
      text: 'accounts.lockText',
      vars: { name: user.displayName },
      danger: true,
      submit: 'accounts.lock',
      fields: [field('hours', 'accounts.lockFor', { choices: [['1', { key: 'accounts.hour' }], ['24', { key: 'accounts.day' }], ['168', { key: 'accounts.week' }]] })],
      send: ({ hours }) => authed('PUT', path, { lockedUntil: new Date(Date.now() + Number(hours) * 3_600_000).toISOString() }, ifUnchanged(user.updatedAt)),
      said: 'accounts.lockedNow',
    });
  }

  async function changeRoles(node) {
    const answer = await act(node, () => authed('GET', `${CA}/admin/roles?pageSize=100`));
    if (!answer) return;
    const held = new Set(user.roles.map((role) => role.id));
    ask({
      title: 'accounts.changeRoles',
      fields: [boxes('roleIds', 'accounts.roles', answer.items.map((role) => [role.id, role.name, held.has(role.id), role.description]))],
      send: (_, form) => authed('PUT', path, { roleIds: ticked(form, 'roleIds') }, ifUnchanged(user.updatedAt)),
      said: 'accounts.rolesSaved',
    });
  }
}
