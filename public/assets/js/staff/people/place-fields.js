// The fields that say where somebody shall work, as what, and at which stores: for memberships and for invitations.
import { el } from '../../lib/dom.js';
import { indented } from '../authority.js';
import { boxes, field, ticked } from '../dialog.js';
import { authed } from '../session.js';

/** The roles there are, the highest first. */
export const staffRoles = async () => (await authed('GET', '/api/auth/roles?pageSize=100')).items;

/**
 * @param {object} options
 * @param {object} options.me who asks
 * @param {Awaited<ReturnType<import('../authority.js').authority>>} options.reach
 * @param {object[]} options.roles
 * @param {object} [options.held] the membership as it is; its place stays
 */
export function placeFields({ me, reach, roles, held }) {
  const places = [...(reach.everywhere ? [['', { key: 'staff.wholeTenant' }]] : []), ...reach.organizations.map(indented)];
  const fields = held ? [] : [field('organizationId', 'memberships.place', { choices: places })];
  const tooHigh = roles.some((role) => !reach.below(role.priority));
  const choices = roles.map((role) => [role.id, role.name, !reach.below(role.priority) && role.id !== held?.role.id]);
  fields.push(field('roleId', 'memberships.role', { choices, value: held?.role.id ?? choices.findLast(([, , off]) => !off)?.[0], hint: tooHigh ? 'memberships.rolesTooHigh' : undefined }));
  const stores = el('div', { 'data-stores': true });
  fields.push(stores);
  const of = held?.organizationId ?? fields[0].querySelector('[name=organizationId]')?.value;
  offer(of);
  fields[0].querySelector('[name=organizationId]')?.addEventListener('change', (event) => offer(event.target.value));
  return fields;

  /** The stores of the organization; whoever may not see them gives or leaves the whole of it. */
  async function offer(organization) {
    stores.replaceChildren();
    if (!organization || !me.may('directory.merchants.view')) return;
    const answer = await authed('GET', `/api/directory/merchants?${new URLSearchParams({ organizationId: organization, pageSize: '100' })}`).catch(() => null);
    const current = held ? organization : fields[0].querySelector('[name=organizationId]').value;
    if (!answer || answer.items.length === 0 || organization !== current) return;
    stores.replaceChildren(boxes('merchantIds', 'memberships.stores', answer.items.map((store) => [store.id, store.name, held?.merchantIds.includes(store.id) ?? false])), el('p', { class: 'hint', t: 'memberships.storesHint' }));
  }
}

/** What the fields came to. Stores that were not offered stay as they are. */
export function placeOf({ organizationId, roleId }, form, held) {
  const offered = new Set([...form.querySelectorAll('[name=merchantIds]')].map((box) => box.value));
  const unseen = (held?.merchantIds ?? []).filter((id) => !offered.has(id));
  const merchantIds = [...ticked(form, 'merchantIds'), ...unseen];
  return { roleId, ...(organizationId ? { organizationId } : {}), ...(merchantIds.length > 0 || held ? { merchantIds } : {}) };
}
