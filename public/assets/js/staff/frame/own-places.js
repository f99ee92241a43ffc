// The places one works at: gone to, and left. Answers from anywhere, so that whoever lost one finds the others.
import { el } from '../../lib/dom.js';
import { button } from '../page.js';
import { authed } from '../session.js';
import { goTo } from './place.js';

const OWN = '/api/auth/memberships';

export const ownPlaces = async () => (await authed('GET', OWN)).items;

export const leavePlace = ({ id }) => authed('DELETE', `${OWN}/${id}`);

/** What a place is called, as a node. */
export const placeName = ({ tenantName, organizationName }) => el('span', {}, [tenantName, organizationName].filter(Boolean).join(' · '), organizationName ? '' : ' · ', organizationName ? '' : el('span', { t: 'staff.wholeTenant' }));

/**
 * @param {object[]} places
 * @param {(node: HTMLElement, work: () => Promise<unknown>) => unknown} run does it, and says what went wrong
 * @param {(place: object) => HTMLElement | null} [more] a further action
 */
export function placeList(places, run, more = () => null) {
  const row = (place) => {
    const { tenantId, organizationId, role } = place;
    const go = () => goTo(organizationId ? { tenantId, organizationId } : { tenantId });
    const name = [place.tenantName, place.organizationName].filter(Boolean).join(' · ');
    return el(
      'li',
      {},
      el('div', { class: 'body' }, el('span', { class: 'title' }, placeName(place)), el('span', { class: 'soft small' }, role.name), place.isOpen === false ? el('span', { class: 'badges' }, el('span', { class: 'badge bad', t: 'staff.suspendedPlace' })) : place.isCurrent ? el('span', { class: 'badges' }, el('span', { class: 'badge good', t: 'staff.here' })) : ''),
      el('div', { class: 'actions' }, place.isCurrent || place.isOpen === false ? '' : button('staff.goThere', (node) => run(node, go), { label: 'staff.goTo', vars: { place: name } }), more(place) ?? ''),
    );
  };
  return el('ul', { class: 'list plain-list' }, ...places.map(row));
}
