// Where we are: the organization in the address, its pages, and where to go after signing in.
import { ApiError, call } from '../lib/api.js';
import { ownPath } from '../lib/path.js';
import { tab } from '../lib/store.js';
import { wayBack } from '../lib/way-back.js';

export const slug = decodeURIComponent(location.pathname.split('/')[1] ?? '').toLowerCase();

/** `/acme/portal/login` for `login`. */
export const pageOf = (page, of = slug) => `/${encodeURIComponent(of)}/portal${page ? `/${page}` : ''}`;

/** How long a tab's copy of the card is good enough to greet with; signing in checks anyway. */
const GREETS = 5 * 60_000;

/** This tab's copy, however old: for the first paint. */
export function kept() {
  const copy = tab.get(`org.${slug}`);
  return copy?.id ? copy : null;
}

/** The organization's public card. */
export async function organization({ fresh = false } = {}) {
  const copy = fresh ? null : kept();
  if (copy && Date.now() - copy.at < GREETS) return copy;
  let card;
  try {
    ({ organization: card } = await call('GET', `/api/directory/organizations/lookup?slug=${encodeURIComponent(slug)}`));
  } catch (error) {
    if (copy && error.code !== 'NOT_FOUND') return copy;
    throw error;
  }
  tab.set(`org.${slug}`, { ...card, at: Date.now() });
  return card;
}

/** A call that names the organization; a copy that went stale is fetched anew once. */
export async function inOrganization(path, body) {
  const card = await organization();
  try {
    return await call('POST', path, { ...body, organizationId: card.id });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'INVALID_REQUEST') throw error;
    const again = await organization({ fresh: true });
    if (again.id === card.id) throw error;
    return call('POST', path, { ...body, organizationId: again.id });
  }
}

export const wantedNext = () => ownPath(new URLSearchParams(location.search).get('next'));

/** On to where the person was going, here or at an app that sent them, or to the dashboard. */
export async function goOn(of = slug) {
  location.assign((await wayBack()) ?? wantedNext() ?? pageOf('dashboard', of));
}
