import { all, el, fill, icon, one } from '../lib/dom.js';
import { timeNode } from '../lib/format.js';
import { say } from '../lib/i18n.js';
import { open, read, show, standing } from './frame.js';

const pager = one('.pager');
let page = 1;

for (const button of all('[data-turn]', pager)) button.addEventListener('click', () => show(() => load(page + Number(button.dataset.turn))));
await open(() => load(1));

async function load(wanted) {
  const answer = await read(`/api/embed/portal-users?page=${wanted}`);
  page = answer.page;
  fill(one('[data-of]'), answer.company.displayName);
  one('[data-list]').replaceChildren(...answer.users.map(row));
  if (answer.total === 0) one('[data-fills]').replaceChildren(el('div', { class: 'empty' }, icon('users'), el('h2', { t: 'embed.noUsersTitle' }), el('p', { class: 'soft', t: 'embed.noUsersText' })));
  pager.hidden = answer.totalPages < 2;
  say(one('[data-pages]', pager), 'common.pages', { page, pages: answer.totalPages });
  const [back, on] = all('[data-turn]', pager);
  back.disabled = page <= 1;
  on.disabled = page >= answer.totalPages;
}

function row(user) {
  const last = user.lastLoginAt ? el('span', {}, el('span', { t: 'embed.lastSignIn' }), ' ', timeNode(user.lastLoginAt)) : el('span', { t: 'embed.never' });
  return el(
    'li',
    {},
    el(
      'div',
      { class: 'body' },
      el('p', { class: 'title' }, el('a', { href: `/backend/customer_accounts/${user.id}`, target: '_blank', rel: 'noopener' }, user.displayName)),
      el('p', { class: 'small soft' }, user.email, ' · ', last),
      el('p', { class: 'badges' }, ...standing(user)),
    ),
  );
}
