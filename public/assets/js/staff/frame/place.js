// Where the session works: the places one may choose, and the one that is chosen.
import { ApiError } from '../../lib/api.js';
import { trouble } from '../../lib/connection.js';
import { el } from '../../lib/dom.js';
import { label } from '../../lib/i18n.js';
import { authed, workAt } from '../session.js';

/** The session goes there: `{ tenantId, organizationId }`, either of which is enough. */
export async function goTo(place) {
  const moved = await authed('POST', '/api/auth/switch', place);
  workAt(moved);
  return moved;
}

/**
 * Fills the switch; choosing moves the session, then everything on the page is asked for anew.
 *
 * @param {HTMLSelectElement} select
 * @param {(elsewhere: boolean) => unknown} moved told whether it was to another tenant
 */
export async function placeSwitcher(select, moved) {
  let answer;
  let held;
  try {
    [answer, held] = await Promise.all([authed('GET', '/api/directory/organization-switcher'), authed('GET', '/api/auth/memberships')]);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Whoever may not choose works where they are. The room stays, so that nothing moves.
    return select.closest('label').classList.add('unseen');
  }
  const places = new Map();
  const option = (place, selected, ...words) => {
    const value = place.organizationId ?? place.tenantId;
    places.set(value, place);
    return el('option', { value, selected, ...(words.length > 0 ? {} : { t: 'staff.wholeTenant' }) }, ...words);
  };
  const here = held.tenantId;
  workAt(held);
  const options = flatten(answer.items).map(({ item, depth }) => {
    const node = option({ organizationId: item.id }, item.id === answer.selectedId, `${'\u2003'.repeat(depth)}${item.name}`);
    node.disabled = !item.selectable;
    return node;
  });
  // A session sits in no organization only where there is none to sit in, or none that it sees.
  if (!answer.selectedId) options.unshift(option({ tenantId: here }, !answer.selectedId));
  const others = elsewhere(held.items, answer.tenants ?? [], here).map(({ place, name }) => option(place, false, name));
  if (others.length > 0) options.push(label(el('optgroup', {}, ...others), 'staff.elsewhere'));
  select.replaceChildren(...options);
  select.disabled = [...select.options].filter((one) => !one.disabled).length < 2;
  let chosen = select.value;
  select.onchange = async () => {
    const place = places.get(select.value);
    select.disabled = true;
    try {
      const answer = await goTo(place);
      chosen = select.value;
      await moved(answer.tenantId !== here);
    } catch (error) {
      select.value = chosen;
      if (!(error instanceof ApiError)) throw error;
      trouble('staff.switchFailed');
    } finally {
      select.disabled = false;
    }
  };
}

/** Places in other tenants: one's memberships there, and for super admins every tenant. */
function elsewhere(memberships, tenants, here) {
  const found = new Map();
  for (const { tenantId, tenantName, organizationId, organizationName, isOpen } of memberships) {
    if (tenantId === here || !isOpen) continue;
    const place = organizationId ? { tenantId, organizationId } : { tenantId };
    found.set(organizationId ?? tenantId, { place, name: [tenantName, organizationName].filter(Boolean).join(' · ') });
  }
  for (const { id, name } of tenants) if (id !== here && !found.has(id)) found.set(id, { place: { tenantId: id }, name });
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** A tree as rows, each with how deep it lies. */
export const flatten = (items, depth = 0) => items.flatMap((item) => [{ item, depth }, ...flatten(item.children ?? [], depth + 1)]);
