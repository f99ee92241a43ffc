import { el, fill, icon, one } from '../lib/dom.js';
import { timeNode } from '../lib/format.js';
import { open, read, standing } from './frame.js';

await open(async () => {
  const { person, account } = await read('/api/embed/account-status');
  fill(one('[data-of]'), person.displayName);
  if (account) facts(account);
  else none();
});

function facts(account) {
  const { email, lastLoginAt, devices, roles, id } = account;
  one('[data-standing]').replaceChildren(...standing(account));
  const values = [
    email,
    lastLoginAt ? timeNode(lastLoginAt) : el('span', { t: 'embed.never' }),
    el('span', { t: 'embed.devicesCount', vars: { count: devices } }),
    roles.length ? roles.map((role) => role.name).join(', ') : el('span', { t: 'embed.noRoles' }),
  ];
  const places = one('[data-facts]').querySelectorAll('dd');
  values.forEach((value, i) => places[i].replaceChildren(value));
  one('[data-open]').href = `/backend/customer_accounts/${id}`;
  one('[data-open-row]').classList.remove('unseen');
}

function none() {
  one('[data-fills]').replaceChildren(el('div', { class: 'empty' }, icon('user'), el('h2', { t: 'embed.noneTitle' }), el('p', { class: 'soft', t: 'embed.noneText' })));
}
