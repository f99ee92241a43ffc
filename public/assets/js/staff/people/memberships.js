// Where somebody works, and as what: given, changed, ended.
import { el } from '../../lib/dom.js';
import { ago, timeNode } from '../../lib/format.js';
import { placeName } from '../frame/own-places.js';
import { formDialog } from '../dialog.js';
import { act, button, card } from '../page.js';
import { authed } from '../session.js';
import { placeFields, placeOf, staffRoles } from './place-fields.js';

/**
 * @param {object} options
 * @param {object} options.me who asks
 * @param {object} options.person
 * @param {object[]} options.held the memberships
 * @param {object | null} options.reach how far the caller reaches; null: only looks
 * @param {(node: HTMLElement, work: () => Promise<unknown>, options: object) => unknown} options.run
 * @param {(said: string, vars?: object) => unknown} options.again shows the person anew
 */
export function memberships({ me, person, held, reach, run, again }) {
  const self = person.id === me.id;
  const path = `/api/auth/users/${person.id}/memberships`;
  const name = person.name ?? person.email;
  const may = reach && !self && me.may('auth.roles.list');
  const rows = held.map(row);
  return card(
    'people.memberships',
    rows.length > 0 ? el('ul', { class: 'list plain-list' }, ...rows) : el('p', { class: 'soft', t: 'people.noMemberships' }),
    reach && self ? el('p', { class: 'hint', t: 'memberships.self' }) : '',
    may ? el('div', {}, button('memberships.give', give)) : '',
  );

  function row(one) {
    const tooHigh = may && !reach.below(one.role.priority);
    const id = `too-high-${one.id}`;
    const vars = { role: one.role.name, place: one.organizationName ?? one.tenantName, name };
    const off = tooHigh ? id : undefined;
    const end = (node) => run(node, () => authed('DELETE', `${path}/${one.id}`), { ask: { title: 'memberships.endTitle', text: 'memberships.endText', action: 'memberships.end' }, vars, done: 'memberships.ended' });
    return el(
      'li',
      {},
      el(
        'div',
        { class: 'body' },
        el('span', { class: 'title' }, one.role.name),
        el('span', { class: 'small' }, placeName(one)),
        one.merchantIds.length > 0 ? el('span', { class: 'soft small', t: 'memberships.storesCount', vars: { count: one.merchantIds.length } }) : '',
        el('span', { class: 'soft small' }, el('span', { t: 'memberships.since' }), ' ', timeNode(one.createdAt, ago)),
        tooHigh ? el('span', { class: 'hint', id, t: 'refusal.grantTooHigh' }) : '',
      ),
      el('div', { class: 'actions' }, may ? button('memberships.change', (node) => change(node, one), { label: 'memberships.changeWho', vars, off }) : '', may ? button('memberships.end', end, { kind: 'danger', label: 'memberships.endWho', vars, off }) : ''),
    );
  }

  async function give(node) {
    const roles = await act(node, staffRoles);
    if (!roles) return;
    formDialog({
      title: 'memberships.giveTitle',
      vars: { name },
      submit: 'memberships.giveSubmit',
      fields: placeFields({ me, reach, roles }),
      send: (values, form) => authed('POST', path, placeOf(values, form)),
      done: () => again('memberships.given'),
    });
  }

  async function change(node, one) {
    const roles = await act(node, staffRoles);
    if (!roles) return;
    formDialog({
      title: 'memberships.changeTitle',
      vars: { name, place: one.organizationName ?? one.tenantName },
      fields: placeFields({ me, reach, roles, held: one }),
      send: (values, form) => authed('PUT', `${path}/${one.id}`, placeOf(values, form, one)),
      done: () => again('memberships.changed'),
    });
  }
}
