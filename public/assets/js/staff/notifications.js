// What one was told in the back office.
import { el, icon, note } from '../lib/dom.js';
import { wordsFor } from '../lib/errors.js';
import { notices } from '../lib/notices.js';
import { NOTICES, ring } from './frame/bell.js';
import { head } from './page.js';

export async function show(frame) {
  const { main } = frame;
  const allRead = el('button', { class: 'button', type: 'button', hidden: true, t: 'notifications.allRead' });
  const heading = head(frame, { t: 'notifications.title', actions: [allRead] });
  const news = el('div', { 'data-error': true, role: 'alert' });
  const list = el('ul', { class: 'list' }, ...Array.from({ length: 3 }, () => el('li', { 'aria-hidden': 'true' }, el('span', { class: 'waiting' }))));
  const empty = el('div', { class: 'empty', hidden: true }, icon('bell'), el('h2', { t: 'notifications.emptyTitle' }), el('p', { class: 'soft', t: 'staff.noNotices' }));
  const turn = (key, by) => el('button', { class: 'button', type: 'button', 'data-turn': by, t: key });
  const pager = el('div', { class: 'pager', hidden: true }, turn('common.previous', '-1'), el('span', { 'data-pages': true }), turn('common.next', '1'));
  main.append(news, list, empty, pager);
  // At first the frame says why a view cannot be filled; later, what is there stays.
  let [trouble, shown] = [null, false];
  const failed = (error) => (shown ? news.replaceChildren(note('bad', ...wordsFor(error))) : (trouble = error));
  await notices({ api: NOTICES, nodes: { list, empty, news, allRead, pager, heading }, failed, changed: ring }).load();
  if (trouble) throw trouble;
  shown = true;
}
