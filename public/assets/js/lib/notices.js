// What one was told, newest first: read, opened, dismissed. The same for customers and for staff.
import { announce, el, focusOn, icon, note, one } from './dom.js';
import { authed } from './api.js';
import { wordsFor } from './errors.js';
import { working } from './form.js';
import { deviceName, timeNode } from './format.js';
import { has, label, live, say, t } from './i18n.js';
import { ownPath } from './path.js';

const SIZE = 20;
const ICONS = { info: 'info', success: 'check', warning: 'alert', error: 'alert' };
const SIGNS = { info: '', success: 'good', warning: 'warn', error: 'bad' };

/** Known kinds in the reader's language, others as they came. */
function words(item) {
  const vars = { ...item.titleVariables };
  if (vars.device !== undefined) vars.device = deviceName(vars.device);
  return item.titleKey && has(item.titleKey) ? t(item.titleKey, vars) : item.title;
}

/** The number at a bell. Nobody is bothered when it cannot be had. */
export async function countUnread(api, badge) {
  try {
    const { unreadCount } = await authed('GET', `${api}/unread-count`);
    badge.hidden = unreadCount === 0;
    one('[data-unread-number]', badge).textContent = unreadCount > 99 ? '99+' : String(unreadCount);
    say(one('[data-unread-words]', badge), 'nav.unread', { count: unreadCount });
    return unreadCount;
  } catch {
    badge.hidden = true;
    return null;
  }
}

/**
 * @param {object} options
 * @param {string} options.api where the notices of this realm are
 * @param {Record<'list' | 'empty' | 'news' | 'allRead' | 'pager' | 'heading', HTMLElement>} options.nodes what the page has for them
 * @param {(error: Error) => void} options.failed the list could not be had
 * @param {() => void} options.changed the number of unread ones may be another now
 */
export function notices({ api, nodes: { list, empty, news, allRead, pager, heading }, failed, changed }) {
  let page = 1;
  let items = [];
  let total = 0;

  allRead.addEventListener('click', readAll);
  for (const button of pager.querySelectorAll('button')) button.addEventListener('click', () => turn(Number(button.dataset.turn)));
  document.addEventListener('portcullis:language', () => list.isConnected && items.length > 0 && render());
  document.addEventListener('portcullis:news', () => list.isConnected && arrived());
  return { load };

  async function load() {
    try {
      ({ items, total } = await authed('GET', `${api}?page=${page}&pageSize=${SIZE}`));
      render();
    } catch (error) {
      failed(error);
    }
  }

  /** Something new came while somebody reads: it stands above, and whoever was at a row stays there. */
  async function arrived() {
    const at = document.activeElement?.closest('li');
    const [id, control] = [at?.dataset.id, at && [...at.querySelectorAll('a, button')].indexOf(document.activeElement)];
    const known = new Set(items.map((item) => item.id));
    try {
      ({ items, total } = await authed('GET', `${api}?page=${page}&pageSize=${SIZE}`));
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
    empty.hidden = items.length > 0;
    list.replaceChildren(...items.map(row));
    allRead.hidden = !items.some((item) => item.status === 'unread');
    pager.hidden = pages === 1;
    say(one('[data-pages]', pager), 'common.pages', { page, pages });
    for (const button of pager.querySelectorAll('button')) {
      const to = page + Number(button.dataset.turn);
      button.disabled = to < 1 || to > pages;
    }
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
    if (!stay) return void fetch(`${api}/${item.id}/read`, { method: 'PUT', keepalive: true }).then(changed, () => {});
    const place = items.indexOf(item);
    if (!(await attempt(() => authed('PUT', `${api}/${item.id}/read`)))) return;
    item.status = 'read';
    render();
    announce('notifications.readDone');
    list.children[place]?.querySelector('.actions :is(a, button)')?.focus();
    changed();
  }

  async function dismiss(item) {
    const place = items.indexOf(item);
    if (!(await attempt(() => authed('PUT', `${api}/${item.id}/dismiss`)))) return;
    items = items.filter((one) => one !== item);
    total -= 1;
    if (items.length === 0 && total > 0) await load();
    else render();
    announce('notifications.dismissed');
    const next = list.children[Math.min(place, items.length - 1)]?.querySelector('.actions :is(a, button)');
    if (next) next.focus();
    else focusOn(heading);
    changed();
  }

  async function readAll() {
    working(allRead, true);
    if (await attempt(() => authed('PUT', `${api}/mark-all-read`))) {
      for (const item of items) if (item.status === 'unread') item.status = 'read';
      render();
      announce('notifications.allReadDone');
      focusOn(heading);
      changed();
    }
    working(allRead, false);
  }

  async function turn(by) {
    page += by;
    await load();
    focusOn(heading);
  }
}
