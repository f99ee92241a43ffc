// Where somebody works, and as what.
import { el } from '../../lib/dom.js';
import { card } from '../page.js';

export function memberships({ person }) {
  const rows = person.memberships.map((held) =>
    el(
      'li',
      {},
      el('div', { class: 'body' }, el('span', { class: 'title' }, held.role.name), el('span', { class: 'soft small' }, held.organizationName ?? el('span', { t: 'staff.wholeTenant' }))),
    ),
  );
  return card('people.memberships', rows.length > 0 ? el('ul', { class: 'list plain-list' }, ...rows) : el('p', { class: 'soft', t: 'people.noMemberships' }));
}
