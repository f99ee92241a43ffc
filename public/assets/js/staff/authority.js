// How far the caller reaches, as far as the API tells it. It only spares dead ends, so wherever it cannot be sure it offers,
// and the server's refusal is shown: nobody manages what stands at or above their own height, nor gives what they do not hold.
import { authed } from './session.js';
import { flatten } from './frame/place.js';

/** As many as one feature check takes. */
const AT_ONCE = 50;

/** @returns {Promise<{ isSuperAdmin: boolean, below: (priority: number) => boolean, everywhere: boolean, organizations: { id: string, name: string, depth: number }[] }>} */
export async function authority() {
  const [held, places] = await Promise.all([authed('GET', '/api/auth/memberships'), authed('GET', '/api/directory/organization-switcher')]);
  const isSuperAdmin = places.isSuperAdmin === true;
  const height = Math.max(0, ...held.items.map((one) => one.role.priority));
  return {
    isSuperAdmin,
    below: (priority) => isSuperAdmin || priority < height,
    everywhere: isSuperAdmin || places.canViewAllOrganizations === true,
    organizations: flatten(places.items).map(({ item, depth }) => ({ id: item.id, name: item.name, depth })),
  };
}

/** Whether the caller may give a grant: what is registered and not theirs, they may not. */
export async function givable({ items, modules }, { isSuperAdmin }) {
  if (isSuperAdmin) return () => true;
  const asked = [...items.map((feature) => feature.id), ...modules.map((module) => `${module.id}.*`)];
  const parts = Array.from({ length: Math.ceil(asked.length / AT_ONCE) }, (_, i) => asked.slice(i * AT_ONCE, (i + 1) * AT_ONCE));
  const answers = await Promise.all(parts.map((features) => authed('POST', '/api/auth/feature-check', { features })));
  const [known, own] = [new Set(asked), new Set(answers.flatMap((answer) => answer.granted))];
  return (grant) => own.has(grant) || !known.has(grant);
}

/** Organizations as choices of a select or of boxes, the tree shown by indenting. */
export const indented = ({ id, name, depth }) => [id, `${'\u2003'.repeat(depth)}${name}`];
