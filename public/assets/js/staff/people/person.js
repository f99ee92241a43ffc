// One member of staff: who it is, where they work as what, where they are signed in, and what can be done about it.
import { ifUnchanged } from '../../lib/api.js';
import { el, note } from '../../lib/dom.js';
import { ago, deviceName, moment, timeNode } from '../../lib/format.js';
import { live } from '../../lib/i18n.js';
import { field, formDialog, reveal } from '../dialog.js';
import { badges } from '../list.js';
import { act, button, card, facts, head, linkButton, tell } from '../page.js';
import { authority } from '../authority.js';
import { authed } from '../session.js';
import { consents } from './consents.js';
import { memberships } from './memberships.js';
import { isLocked, standing } from './standing.js';

export async function show(frame) {
  const { main, me, params } = frame;
  const path = `/api/auth/users/${encodeURIComponent(params.id)}`;
  const edits = me.may('auth.users.edit');
  const supports = me.may('auth.users.edit|auth.users.support');
  const [person, { sessions }, { items: held }, reach, consented] = await Promise.all([
    authed('GET', path),
    authed('GET', `${path}/sessions`),
    authed('GET', `${path}/memberships`),
    supports ? authority() : null,
    edits ? authed('GET', `/api/auth/users/consents?userId=${encodeURIComponent(params.id)}`) : { items: [] },
  ]);
  const self = person.id === me.id;
  const tooHigh = supports && !self && (person.isSuperAdmin ? !reach.isSuperAdmin : person.memberships.some((one) => !reach.below(one.role.priority)));
  const off = tooHigh ? 'person-too-high' : undefined;
  const name = person.name ?? person.email;
  frame.retitle('staff.nav.people', name);

  head(frame, {
    text: name,
    back: { href: '/backend/users', t: 'staff.nav.people' },
    under: el('span', { class: 'soft' }, person.email),
    actions: [me.may('auth.acl.manage') && linkButton('people.access', `/backend/users/${person.id}/access`), edits && button('people.edit', edit, { off })],
  });
  if (off) main.append(el('div', { id: off }, note('info', person.isSuperAdmin ? 'refusal.superAdminAccount' : 'refusal.personTooHigh')));
  main.append(el('div', { class: 'columns' }, el('div', { class: 'stack' }, profile(), memberships({ me, person, held, reach: edits ? reach : null, run, again }), devices(), consents(consented.items)), el('div', { class: 'stack' }, supports && !self ? help() : '', edits && !self ? ending() : '')));

  /** Does it, then shows the person as they are now. */
  async function run(node, work, options = {}) {
    const done = await act(node, work, { ...options, done: undefined });
    if (done !== false) await again(options.done, options.vars);
  }

  async function again(said, vars) {
    main.replaceChildren();
    await show(frame);
    if (said) tell('good', said, vars);
  }

  function profile() {
    return card(
      'people.profile',
      facts(
        ['people.standing', badges(...standing(person), person.isSuperAdmin && [{ key: 'people.superAdmin' }, 'accent'])],
        person.lockedUntil && isLocked(person) && ['people.lockedUntil', timeNode(person.lockedUntil, moment)],
        ['people.home', person.tenantName],
        ['people.lastLogin', person.lastLoginAt ? timeNode(person.lastLoginAt, ago) : null],
        ['people.createdAt', timeNode(person.createdAt, moment)],
        ['people.id', el('code', { class: 'small' }, person.id)],
      ),
    );
  }

  function devices() {
    const rows = sessions.map((session) =>
      el(
        'li',
        {},
        el('div', { class: 'body' }, live(el('span', { class: 'title' }), () => deviceName(session.userAgent)), el('span', { class: 'soft small' }, session.ipAddress ?? '', ' ', timeNode(session.lastUsedAt ?? session.createdAt, ago))),
        el('div', { class: 'actions' }, supports && !self ? button('people.endSession', (node) => run(node, () => authed('DELETE', `${path}/sessions/${session.id}`), { done: 'people.sessionEnded' }), { label: 'people.endSessionOf', vars: { device: deviceName(session.userAgent) }, off }) : ''),
      ),
    );
    const everywhere =
      supports && !self && rows.length > 0 && button('people.forceLogout', (node) => run(node, () => authed('POST', `${path}/force-logout`), { ask: { title: 'people.forceLogoutTitle', text: 'people.forceLogoutText', action: 'people.forceLogout' }, vars: { name }, done: 'people.loggedOut' }), { kind: 'danger', off });
    return card('people.sessions', rows.length > 0 ? el('ul', { class: 'list plain-list' }, ...rows) : el('p', { class: 'soft', t: 'people.noSessions' }), everywhere || '');
  }

  function help() {
    const post = (what, body) => authed('POST', `${path}/${what}`, body);
    return card(
      'people.help',
      el(
        'div',
        { class: 'row' },
        isLocked(person) ? button('people.unlock', (node) => run(node, () => post('unlock'), { done: 'people.unlocked' }), { off }) : edits ? button('people.lock', lock, { off }) : '',
        person.hasPassword ? button('people.sendReset', (node) => run(node, () => post('send-reset-link'), { done: 'people.resetSent', vars: { email: person.email } }), { off }) : '',
        !person.hasPassword && me.may('auth.users.create') ? button('people.resend', (node) => run(node, () => authed('POST', '/api/auth/users/resend-invite', { id: person.id }), { done: 'people.invited', vars: { email: person.email } }), { off }) : '',
        edits ? button('people.oneTime', oneTime, { off }) : '',
      ),
    );
  }

  function ending() {
    const now = person.isActive;
    const remove = async (node) => {
      const gone = await act(node, () => authed('DELETE', `/api/auth/users?id=${person.id}`, undefined, ifUnchanged(person.updatedAt)), { ask: { title: 'people.deleteTitle', text: 'people.deleteText', action: 'people.delete' }, vars: { name } });
      if (gone === false) return;
      await frame.open('/backend/users');
      tell('good', 'people.deleted', { name });
    };
    return card(
      'people.ending',
      el(
        'div',
        { class: 'row' },
        button(now ? 'people.suspend' : 'people.resume', (node) =>
          run(node, () => authed('POST', `${path}/${now ? 'suspend' : 'resume'}`), { ask: now ? { title: 'people.suspendTitle', text: 'people.suspendText', action: 'people.suspend' } : undefined, vars: { name }, done: now ? 'people.suspendedNow' : 'people.resumed' }),
        { off }),
        me.may('auth.users.delete') ? button('people.delete', remove, { kind: 'danger', off }) : '',
      ),
    );
  }

  async function oneTime(node) {
    const answer = await act(node, () => authed('POST', `${path}/one-time-password`), { ask: { title: 'people.oneTimeTitle', text: 'people.oneTimeText', action: 'people.oneTime' }, vars: { name } });
    if (!answer) return;
    await reveal({ title: 'people.oneTime', text: 'people.oneTimeShown', vars: { name }, value: answer.oneTimePassword });
    await again();
  }

  function edit() {
    formDialog({
      title: 'people.edit',
      fields: [field('name', 'people.name', { maxlength: '120', value: person.name ?? '' }), field('email', 'field.emailLabel', { type: 'email', required: true, value: person.email, maxlength: '255' })],
      errors: { CONFLICT: 'people.taken', INVALID_REQUEST: 'people.taken' },
      send: ({ name: called, email }) => authed('PUT', '/api/auth/users', { id: person.id, name: called.trim() || null, ...(email === person.email ? {} : { email }) }, ifUnchanged(person.updatedAt)),
      done: () => again('people.saved'),
    });
  }

  function lock() {
    formDialog({
      title: 'people.lock',
      text: 'people.lockText',
      vars: { name },
      danger: true,
      submit: 'people.lock',
      fields: [field('hours', 'people.lockFor', { choices: [['1', { key: 'people.hour' }], ['24', { key: 'people.day' }], ['168', { key: 'people.week' }]] })],
      send: ({ hours }) => authed('POST', `${path}/lock`, { lockedUntil: new Date(Date.now() + Number(hours) * 3_600_000).toISOString() }),
      done: () => again('people.lockedNow'),
    });
  }
}
