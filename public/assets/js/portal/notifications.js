import { announce, el, focusOn, icon, note, one } from '../lib/dom.js';
import { wordsFor } from '../lib/errors.js';
import { working } from '../lib/form.js';
import { deviceName, timeNode } from '../lib/format.js';
import { has, label, live, say, t } from '../lib/i18n.js';
import { authed, CA, countUnread, enter, failedToLoad } from './inside.js';
import { ownPath } from '../lib/path.js';

const SIZE = 20;
const ICONS = { info: 'info', success: 'check', warning: 'alert', error: 'alert' };
const SIGNS = { info: '', success: 'good', warning: 'warn', error: 'bad' };
const [list, news, allRead, pager] = [one('[data-list]'), one('[data-page-error]'), one('[data-all-read]'), one('.pager')];
let page = 1;
let items = [];
let total = 0;

if (await enter()) {
  await load();
  allRead.addEventListener('click', readAll);
  for (const button of pager.querySelectorAll('button')) button.addEventListener('click', () => turn(Number(button.dataset.turn)));
  document.addEventListener('portcullis:news', arrived);
}

async function load() {
  try {
    ({ items, total } = await authed('GET', `${CA}/portal/notifications?page=${page}&pageSize=${SIZE}`));
    render();
  } catch (error) {
    failedToLoad(error);
  }
}

/** Something new came while somebody reads: it stands above, and whoever was at a row stays there. */
async function arrived() {
  const at = document.activeElement?.closest('[data-list] > li');
  const [id, control] = [at?.dataset.id, at && [...at.querySelectorAll('a, button')].indexOf(document.activeElement)];
  const known = new Set(items.map((item) => item.id));
  try {
    ({ items, total } = await authed('GET', `${CA}/portal/notifications?page=${page}&pageSize=${SIZE}`));
  } catch {
    return;
  }
  render();
  if (id) list.querySelector(`[data-id="${CSS.escape(id)}"]`)?.querySelectorAll('a, button')[control]?.focus();
  if (page === 1 && items.some((item) => !known.has(item.id))) announce('notifications.arrived');
}

function render() {
  const pages = Math.max(1, Math.ceil(total / SIZE));
  list.hidden = items.length === 0;
  one('[data-empty]').hidden = items.length > 0;
  list.replaceChildren(...items.map(row));
  allRead.hidden = !items.some((item) => item.status === 'unread');
  pager.hidden = pages === 1;
  say(one('[data-pages]', pager), 'common.pages', { page, pages });
  for (const button of pager.querySelectorAll('button')) {
    const to = page + Number(button.dataset.turn);
    button.disabled = to < 1 || to > pages;
  }
}

/** Known kinds in the reader's language, others as they came. */
function words(item) {
  const vars = { ...item.titleVariables };
  if (vars.device !== undefined) vars.device = deviceName(vars.device);
  return item.titleKey && has(item.titleKey) ? t(item.titleKey, vars) : item.title;
}

function row(item) {
  const title = live(el('span', { class: 'title' }), () => words(item));
  const body = el('div', { class: 'body' }, title);
  if (item.status === 'unread') body.prepend(el('span', { class: 'visually-hidden', t: 'notifications.new' }));
  body.append(el('span', { class: 'soft small' }, timeNode(item.createdAt)));
  const actions = el('div', { class: 'actions' });
  const path = ownPath(item.linkHref);
  if (path) actions.append(el('a', { class: 'button', href: path, t: 'notifications.open', on: { click: () => read(item, false) } }));
  if (item.status === 'unread') actions.append(button(item, 'notifications.read', () => read(item, true)));
  actions.append(button(item, 'notifications.dismiss', () => dismiss(item)));
  const sign = el('span', { class: `sign ${SIGNS[item.severity] ?? ''}` }, icon(ICONS[item.severity] ?? 'info'));
  return el('li', { class: item.status === 'unread' ? 'unread' : null, 'data-id': item.id }, sign, body, actions);
}

function button(item, key, act) {
  const node = el('button', { class: 'button quiet', type: 'button', t: key, on: { click: () => node.hasAttribute('data-busy') || (working(node, true), act()) } });
  return label(node, 'notifications.which', { action: t(key), title: words(item) });
}

async function attempt(work) {
  try {
    await work();
    news.replaceChildren();
    return true;
  } catch (error) {
    const [key, vars] = wordsFor(error);
    news.replaceChildren(note('bad', key, vars));
    focusOn(news);
    render();
    return false;
  }
}

async function read(item, stay) {
  // Leaving the page must not cancel it.
  if (!stay) return void fetch(`${CA}/portal/notifications/${item.id}/read`, { method: 'PUT', keepalive: true }).catch(() => {});
  const place = items.indexOf(item);
  if (!(await attempt(() => authed('PUT', `${CA}/portal/notifications/${item.id}/read`)))) return;
  item.status = 'read';
  render();
  announce('notifications.readDone');
  list.children[place]?.querySelector('.actions :is(a, button)')?.focus();
  countUnread();
}

async function dismiss(item) {
  const place = items.indexOf(item);
  if (!(await attempt(() => authed('PUT', `${CA}/portal/notifications/${item.id}/dismiss`)))) return;
  items = items.filter((one) => one !== item);
  total -= 1;
  if (items.length === 0 && total > 0) await load();
  else render();
  announce('notifications.dismissed');
  const next = list.children[Math.min(place, items.length - 1)]?.querySelector('.actions :is(a, button)');
  if (next) next.focus();
  else focusOn(one('h1'));
  countUnread();
}

async function readAll() {
  working(allRead, true);
  if (await attempt(() => authed('PUT', `${CA}/portal/notifications/mark-all-read`))) {
    for (const item of items) if (item.status === 'unread') item.status = 'read';
    render();
    announce('notifications.allReadDone');
    focusOn(one('h1'));
    countUnread();
  }
  working(allRead, false);
}

async function turn(by) {
  page += by;
  await load();
  focusOn(one('h1'));
}

document.addEventListener('portcullis:language', () => items.length > 0 && render());
