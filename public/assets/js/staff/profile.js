// One's own account: address, password, devices.
import { el, icon } from '../lib/dom.js';
import { handle, passwordField } from '../lib/form.js';
import { ago, deviceName, timeNode } from '../lib/format.js';
import { live } from '../lib/i18n.js';
import { badges } from './list.js';
import { act, button, card, facts, head, tell } from './page.js';
import { authed } from './session.js';

export async function show(frame) {
  const { main, me } = frame;
  head(frame, { t: 'staff.nav.profile' });
  main.append(
    el(
      'div',
      { class: 'columns' },
      el('div', { class: 'stack' }, card('staff.account', facts(['field.emailLabel', me.email], ['staff.roles', badges(...me.roles.map((role) => [role, 'accent']))])), password(frame)),
      el('div', { class: 'stack' }, await devices(frame)),
    ),
  );
}

function password(frame) {
  const form = el(
    'form',
    { class: 'stack', method: 'post' },
    el('div', { 'data-error': true, role: 'alert' }),
    el('input', { type: 'email', name: 'username', value: frame.me.email, autocomplete: 'username', hidden: true, readonly: true }),
    passwordField({ id: 'currentPassword', name: 'currentPassword', t: 'security.current', autocomplete: 'current-password' }),
    el('p', { class: 'hint', t: 'staff.passwordHint' }),
    passwordField({ id: 'newPassword', name: 'newPassword', t: 'security.new', autocomplete: 'new-password' }),
    el('div', {}, el('button', { class: 'button primary', type: 'submit', t: 'security.submit' })),
  );
  handle(form, {
    check: ({ currentPassword, newPassword }) => (newPassword && newPassword === currentPassword ? { newPassword: 'security.same' } : {}),
    send: ({ currentPassword, newPassword }) => authed('PUT', '/api/auth/profile', { currentPassword, password: newPassword }),
    errors: { INVALID_REQUEST: 'security.wrongCurrent', VALIDATION_ERROR: 'staff.passwordRefused', UNAUTHENTICATED: 'error.notSaved' },
    done: async () => {
      await frame.open(location.href, { push: false });
      tell('good', 'security.changed');
    },
  });
  return card('security.passwordTitle', form);
}

async function devices(frame) {
  const { sessions } = await authed('GET', '/api/auth/sessions');
  const again = async (said) => {
    await frame.open(location.href, { push: false });
    tell('good', said);
  };
  const row = (session) =>
    el(
      'li',
      {},
      icon('laptop'),
      el(
        'div',
        { class: 'body' },
        live(el('span', { class: 'title' }), () => deviceName(session.userAgent)),
        el('span', { class: 'soft small' }, session.ipAddress ?? '', ' ', timeNode(session.lastUsedAt ?? session.createdAt, ago)),
        session.isCurrent ? badges([{ key: 'security.thisDevice' }, 'good']) : '',
      ),
      el('div', { class: 'actions' }, session.isCurrent ? '' : button('security.signOut', async (node) => (await act(node, () => authed('DELETE', `/api/auth/sessions/${session.id}`))) && again('security.ended'), { label: 'security.signOutOf', vars: { device: deviceName(session.userAgent) } })),
    );
  return card('security.devicesTitle', el('p', { class: 'soft', t: 'security.devicesText' }), el('ul', { class: 'list' }, ...sessions.map(row)));
}
