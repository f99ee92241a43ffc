import { confirm, el, focusOn, modal, note, one } from '../lib/dom.js';
import { wordsFor } from '../lib/errors.js';
import { handle } from '../lib/form.js';
import { ago, timeNode } from '../lib/format.js';
import { label, say, t } from '../lib/i18n.js';
import { authed, CA, enter, failedToLoad } from './inside.js';
import { pageOf, slug } from './place.js';

const SIZE = 25;
const [list, news, invite, pager, total] = [one('[data-list]'), one('[data-page-error]'), one('[data-invite]'), one('.pager'), one('[data-total]')];
const invited = one('[data-invited]');
/** The roles that may be handed out here; the server decides anyway. */
let offered = [];
let page = 1;
let answer;
let pending = [];

const me = await enter();
if (me && !me.may('portal.users.view')) location.replace(pageOf('no-access'));
else if (me) {
  invite.addEventListener('click', inviteDialog);
  for (const button of pager.querySelectorAll('button')) button.addEventListener('click', () => turn(Number(button.dataset.turn)));
  await load();
}

async function load() {
  try {
    answer = await authed('GET', `${CA}/portal/users?page=${page}&pageSize=${SIZE}`);
    // The last one of the last page may have been removed.
    if (page > answer.totalPages) {
      page = answer.totalPages;
      return load();
    }
    [{ items: pending }, { roles: offered }] = await Promise.all([authed('GET', `${CA}/portal/invitations?pageSize=100`), authed('GET', `${CA}/portal/roles`)]);
    render();
  } catch (error) {
    if (error.code === 'FORBIDDEN') {
      list.hidden = true;
      total.hidden = true;
      one('[data-no-company]').hidden = false;
    } else failedToLoad(error);
  }
}

function render() {
  invite.hidden = !me.may('portal.users.manage');
  say(total, 'users.total', { count: answer.total }).classList.remove('waiting');
  list.replaceChildren(...answer.users.map(row));
  renderPending();
  pager.hidden = answer.totalPages === 1;
  say(one('[data-pages]', pager), 'common.pages', { page, pages: answer.totalPages });
  for (const button of pager.querySelectorAll('button')) {
    const to = page + Number(button.dataset.turn);
    button.disabled = to < 1 || to > answer.totalPages;
  }
}

/** Who is invited and has not answered yet. */
function renderPending() {
  invited.hidden = pending.length === 0;
  one('[data-invitations]').replaceChildren(...pending.map(invitation));
}

function invitation(item) {
  const badges = el('span', { class: 'badges' }, ...item.roles.map((role) => el('span', { class: 'badge accent' }, role.name)));
  const until = el('span', { class: 'soft small' }, timeNode(item.expiresAt, (iso) => t('users.pendingUntil', { when: ago(iso) })));
  const actions = el('div', { class: 'actions' });
  if (me.may('portal.users.manage')) {
    const back = el('button', { class: 'button', type: 'button', t: 'users.takeBack', on: { click: () => takeBack(item) } });
    actions.append(label(back, 'users.takeBackWho', { email: item.email }));
  }
  return el(
    'li',
    {},
    el('span', { class: 'monogram', 'aria-hidden': 'true' }, [...item.email][0] ?? '?'),
    el('div', { class: 'body' }, el('span', { class: 'title' }, item.email), item.displayName ? el('span', { class: 'soft small' }, item.displayName) : null, badges, until),
    actions,
  );
}

async function takeBack({ id, email }) {
  if (!(await confirm({ title: 'users.takeBackTitle', text: 'users.takeBackText', vars: { email }, action: 'users.takeBack' }))) return;
  try {
    await authed('DELETE', `${CA}/portal/invitations/${id}`);
  } catch (error) {
    if (error.code !== 'NOT_FOUND') {
      const [key, vars] = wordsFor(error);
      news.replaceChildren(note('bad', key, vars));
      return focusOn(news);
    }
  }
  await load();
  news.replaceChildren(note('good', 'users.takenBack', { email }));
  focusOn(news);
}

function row(user) {
  const self = user.id === me.user.id;
  const badges = el('span', { class: 'badges' }, ...user.roles.map((role) => el('span', { class: 'badge accent' }, role.name)));
  if (self) badges.append(el('span', { class: 'badge', t: 'users.you' }));
  if (!user.isActive) badges.append(el('span', { class: 'badge bad', t: 'users.inactive' }));
  if (!user.emailVerified) badges.append(el('span', { class: 'badge', t: 'users.unverified' }));
  const last = user.lastLoginAt ? timeNode(user.lastLoginAt, (iso) => t('users.lastSeen', { when: ago(iso) })) : el('span', { t: 'users.neverSeen' });
  const actions = el('div', { class: 'actions' });
  if (me.may('portal.users.roles.manage')) actions.append(button('users.roles', 'users.rolesOf', user, () => rolesDialog(user)));
  if (!self && me.may('portal.users.manage')) actions.append(button('users.remove', 'users.removeWho', user, () => remove(user)));
  return el(
    'li',
    {},
    el('span', { class: 'monogram', 'aria-hidden': 'true' }, [...user.displayName.trim()][0] ?? '?'),
    el('div', { class: 'body' }, el('span', { class: 'title' }, user.displayName), el('span', { class: 'soft small' }, user.email), badges, el('span', { class: 'soft small' }, last)),
    actions,
  );
}

function button(key, name, user, act) {
  const node = el('button', { class: 'button', type: 'button', t: key, on: { click: act } });
  return label(node, name, { name: user.displayName });
}

async function remove(user) {
  if (!(await confirm({ title: 'users.removeTitle', text: 'users.removeText', vars: { name: user.displayName }, action: 'users.remove' }))) return;
  try {
    await authed('DELETE', `${CA}/portal/users/${user.id}`);
  } catch (error) {
    if (error.code !== 'NOT_FOUND') {
      const [key, vars] = wordsFor(error);
      news.replaceChildren(note('bad', key, vars));
      return focusOn(news);
    }
  }
  await load();
  news.replaceChildren(note('good', 'users.removed', { name: user.displayName }));
  focusOn(news);
}

/** Roles to choose from: those on offer, and those that are held and would be lost unseen. */
function choices(held = []) {
  const holds = new Set(held.map((role) => role.id));
  const list = [...offered, ...held.filter((role) => !offered.some((one) => one.id === role.id))].sort((a, b) => a.name.localeCompare(b.name));
  return el(
    'fieldset',
    { class: 'field' },
    el('legend', { t: 'users.chooseRoles' }),
    ...list.map((role) =>
      el('label', { class: 'choice' }, el('input', { type: 'checkbox', name: 'roleIds', value: role.id, checked: holds.has(role.id) }), el('span', {}, role.name)),
    ),
    el('p', { class: 'field-error', id: 'roles-error', role: 'alert' }),
  );
}

const chosen = (form) => [...form.querySelectorAll('[name=roleIds]:checked')].map((box) => box.value);

function dialog(title, vars, ...fields) {
  const form = el(
    'form',
    { class: 'stack', method: 'post' },
    el('h2', { id: 'dialog-title', t: title, vars }),
    el('div', { 'data-error': true, role: 'alert' }),
    ...fields,
    el(
      'div',
      { class: 'dialog-actions' },
      el('button', { class: 'button', type: 'button', t: 'common.cancel', on: { click: () => node.close() } }),
      el('button', { class: 'button primary', type: 'submit', t: title === 'users.inviteTitle' ? 'users.inviteSubmit' : 'common.save' }),
    ),
  );
  const node = modal({ 'aria-labelledby': 'dialog-title' }, form);
  node.addEventListener('close', () => node.remove());
  document.body.append(node);
  node.showModal();
  return { node, form };
}

/** Runs the form's own check of the boxes, which are no text fields. */
function sending(form, send) {
  return async (values) => {
    const ids = chosen(form);
    if (ids.length === 0) {
      say(one('#roles-error', form), 'users.needRole');
      one('[name=roleIds]', form)?.focus();
      throw Object.assign(new Error('no role'), { code: 'NO_ROLE' });
    }
    return send(values, ids);
  };
}

const failed = (error) => error.code === 'NO_ROLE';

function inviteDialog() {
  const field = (id, t, attributes, hint) =>
    el(
      'div',
      { class: 'field' },
      el('label', { for: `invite-${id}`, t }),
      hint ? el('p', { class: 'hint', id: `invite-${id}-hint`, t: hint }) : null,
      el('input', { id: `invite-${id}`, name: id, 'aria-describedby': `invite-${id}-error${hint ? ` invite-${id}-hint` : ''}`, ...attributes }),
      el('p', { class: 'field-error', id: `invite-${id}-error` }),
    );
  const { node, form } = dialog(
    'users.inviteTitle',
    {},
    field('email', 'field.emailLabel', { type: 'email', required: true, autocomplete: 'off', maxlength: '255' }),
    field('displayName', 'users.nameLabel', { type: 'text', autocomplete: 'off', maxlength: '255' }, 'users.nameHint'),
    choices(),
  );
  handle(form, {
    draft: `invite.${slug}`,
    send: sending(form, ({ email, displayName }, roleIds) => authed('POST', `${CA}/portal/users-invite`, { email, roleIds, ...(displayName.trim() ? { displayName } : {}) })),
    errors: { FORBIDDEN: 'users.roleRefused', INVALID_REQUEST: 'users.roleRefused', UNAUTHENTICATED: 'error.notSaved' },
    failed,
    done: async (_, { email }) => {
      node.close();
      await load();
      news.replaceChildren(note('good', 'users.invited', { email }));
      focusOn(news);
    },
  });
  one('#invite-email', form).focus();
}

function rolesDialog(user) {
  const { node, form } = dialog('users.rolesTitle', { name: user.displayName }, choices(user.roles));
  handle(form, {
    send: sending(form, (_, roleIds) => authed('PUT', `${CA}/portal/users/${user.id}/roles`, { roleIds })),
    errors: { VALIDATION_ERROR: 'users.roleRefused', UNAUTHENTICATED: 'error.notSaved' },
    failed,
    done: async () => {
      node.close();
      await load();
      news.replaceChildren(note('good', 'users.rolesSaved', { name: user.displayName }));
      focusOn(news);
    },
  });
}

async function turn(by) {
  page += by;
  await load();
  focusOn(one('h1'));
}

document.addEventListener('portcullis:language', () => answer && render());
