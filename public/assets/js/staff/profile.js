// One's own account: address, name, places, password, devices.
import { el, icon } from '../lib/dom.js';
import { handle, passwordField } from '../lib/form.js';
import { ago, device, deviceName, timeNode } from '../lib/format.js';
import { live, t } from '../lib/i18n.js';
import { field, formDialog } from './dialog.js';
import { leavePlace, ownPlaces, placeList } from './frame/own-places.js';
import { badges } from './list.js';
import { act, button, card, facts, head, tell } from './page.js';
import { authed } from './session.js';

const PROFILE = '/api/auth/profile';

export async function show(frame) {
  const { main } = frame;
  const [{ email, name, roles }, { sessions }, places] = await Promise.all([authed('GET', PROFILE), authed('GET', '/api/auth/sessions'), ownPlaces()]);
  head(frame, { t: 'staff.nav.profile', under: el('span', { class: 'soft' }, email) });
  main.append(el('div', { class: 'columns' }, el('div', { class: 'stack' }, account(), work(), devices()), el('div', { class: 'stack' }, password())));

  async function again(said, vars) {
    main.replaceChildren();
    await show(frame);
    tell('good', said, vars);
  }

  function account() {
    return card(
      'staff.account',
      facts(['profile.name', name], ['field.emailLabel', email], ['staff.roles', badges(...roles.map((role) => [role, 'accent']))]),
      el('div', { class: 'row' }, button('staff.changeName', changeName), button('staff.changeEmail', changeEmail)),
    );
  }

  function changeName() {
    formDialog({
      title: 'staff.changeName',
      text: 'staff.changeNameText',
      fields: [field('name', 'profile.name', { required: true, maxlength: '120', autocomplete: 'name', value: name ?? '' })],
      send: (values) => authed('PUT', PROFILE, { name: values.name }),
      done: () => again('staff.nameChanged'),
    });
  }

  function changeEmail() {
    formDialog({
      title: 'staff.changeEmail',
      text: 'staff.changeEmailText',
      fields: [field('email', 'field.emailLabel', { type: 'email', required: true, maxlength: '255', autocomplete: 'email', value: email })],
      send: (values) => authed('PUT', PROFILE, { email: values.email }),
      done: () => again('staff.emailChanged'),
    });
  }

  /** Where one works: gone to, and left. */
  function work() {
    const run = async (node, job) => {
      // Another place has other words in the frame: the page starts anew there.
      if ((await act(node, job)) !== false) location.assign('/backend');
    };
    const leave = (place) => {
      const vars = { role: place.role.name, place: [place.tenantName, place.organizationName].filter(Boolean).join(' · ') };
      return button('staff.leave', async (node) => {
        if ((await act(node, () => leavePlace(place), { ask: { title: 'staff.leaveTitle', text: 'staff.leaveText', action: 'staff.leave' }, vars })) === false) return;
        if (place.isCurrent) location.assign('/backend');
        else await again('staff.left', vars);
      }, { kind: 'danger', label: 'staff.leaveWho', vars });
    };
    return card('staff.places', el('p', { class: 'soft', t: 'staff.placesText' }), placeList(places, run, leave));
  }

  function password() {
    const form = el(
      'form',
      { class: 'stack', method: 'post' },
      el('div', { 'data-error': true, role: 'alert' }),
      el('input', { type: 'email', name: 'username', value: email, autocomplete: 'username', hidden: true, readonly: true }),
      passwordField({ id: 'currentPassword', name: 'currentPassword', t: 'security.current', autocomplete: 'current-password' }),
      el('p', { class: 'hint', t: 'staff.passwordHint' }),
      passwordField({ id: 'newPassword', name: 'password', t: 'security.new', autocomplete: 'new-password' }),
      el('div', {}, el('button', { class: 'button primary', type: 'submit', t: 'security.submit' })),
    );
    handle(form, {
      check: (typed) => (typed.password && typed.password === typed.currentPassword ? { password: 'security.same' } : {}),
      send: ({ currentPassword, password }) => authed('PUT', PROFILE, { currentPassword, password }),
      errors: { VALIDATION_ERROR: 'staff.passwordRefused', UNAUTHENTICATED: 'error.notSaved' },
      done: () => again('security.changed'),
    });
    return card('security.passwordTitle', form);
  }

  function devices() {
    const end = (session) => button('security.signOut', async (node) => (await act(node, () => authed('DELETE', `/api/auth/sessions/${session.id}`))) !== false && again('security.ended'), { label: 'security.signOutOf', vars: { device: deviceName(session.userAgent) } });
    const everywhere = button('security.everywhere', async (node) => {
      const ask = { title: 'security.everywhereTitle', text: 'security.everywhereText', action: 'security.everywhere' };
      if ((await act(node, () => authed('DELETE', '/api/auth/sessions'), { ask })) !== false) await again('security.everywhereDone');
    });
    const row = (session) =>
      el(
        'li',
        {},
        icon(device(session.userAgent).mobile ? 'phone' : 'laptop'),
        el(
          'div',
          { class: 'body' },
          live(el('span', { class: 'title' }), () => deviceName(session.userAgent)),
          el('span', { class: 'soft small' }, session.ipAddress ?? '', session.ipAddress ? ' · ' : '', timeNode(session.lastUsedAt ?? session.createdAt, (iso) => t('security.lastUsed', { when: ago(iso) }))),
          el('span', { class: 'soft small' }, timeNode(session.createdAt, (iso) => t('security.since', { when: ago(iso) }))),
          session.isCurrent ? badges([{ key: 'security.thisDevice' }, 'good']) : '',
        ),
        el('div', { class: 'actions' }, session.isCurrent ? '' : end(session)),
      );
    return card(
      'security.devicesTitle',
      el('p', { class: 'soft', t: 'security.devicesText' }),
      el('ul', { class: 'list plain-list' }, ...sessions.map(row)),
      sessions.some((session) => !session.isCurrent) ? el('div', {}, everywhere) : '',
    );
  }
}
