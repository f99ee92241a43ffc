import { notices } from '../lib/notices.js';
import { one } from '../lib/dom.js';
import { CA, countUnread, enter, failedToLoad } from './inside.js';

if (await enter()) {
  const nodes = { list: one('[data-list]'), empty: one('[data-empty]'), news: one('[data-page-error]'), allRead: one('[data-all-read]'), pager: one('.pager'), heading: one('h1') };
  await notices({ api: `${CA}/portal/notifications`, nodes, failed: failedToLoad, changed: countUnread }).load();
}
