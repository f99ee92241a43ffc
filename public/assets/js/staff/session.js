// Who is signed in, what they may do, and how they stay signed in without losing a word.
import { signInAgain } from '../lib/again.js';
import { ApiError, authed, call, onRepeat, onSessionEnded, onTokenExpired } from '../lib/api.js';
import { ownPath } from '../lib/path.js';

export { authed, call };

/** Features that decide what the frame and the views offer. The server decides anyway; this only spares dead ends. */
const ASKED = [
  'customer_accounts.view', 'customer_accounts.manage', 'customer_accounts.support', 'customer_accounts.invite', 'customer_accounts.roles.manage',
  'customers.companies.view', 'customers.companies.manage', 'customers.people.view', 'customers.people.manage',
  'auth.users.list', 'auth.users.create', 'auth.users.edit', 'auth.users.delete', 'auth.users.support',
  'auth.roles.list', 'auth.roles.manage', 'auth.acl.manage', 'auth.audit.view',
  'directory.tenants.view', 'directory.tenants.manage', 'directory.organizations.view', 'directory.organizations.manage',
  'directory.merchants.view', 'directory.merchants.manage',
  'webhooks.view', 'webhooks.manage',
  'directory.partners.view', 'directory.partners.manage', 'apps.view', 'apps.manage',
  'platform.keys.view', 'platform.keys.manage', 'platform.operations.view', 'platform.operations.manage',
];

let email = null;
/** Where the session works. Signed in anew it has to work there again, or what waited would act somewhere else. */
let place = null;
export function workAt({ tenantId, organizationId }) {
  place = { tenantId, organizationId };
}

/**
 * The session moved while a call was on its way. What is read is read where one is now; what was to be written is written
 * where it was meant, or not at all.
 */
function whereMeant() {
  const meant = place;
  return (method, error) => {
    if (error.reason !== 'moved' || method === 'GET') return {};
    if (!meant?.organizationId) throw error;
    return { 'x-organization-id': meant.organizationId };
  };
}

/** The session cookie buys a new token by being sent there and back again; a page can only tell by where that ended. */
async function renew() {
  const probe = '/api/auth/profile';
  let response;
  try {
    response = await fetch(`/api/auth/session/refresh?redirect=${encodeURIComponent(probe)}`, { headers: { accept: 'application/json' }, cache: 'no-store', signal: AbortSignal.timeout(30_000) });
  } catch {
    throw new ApiError({ code: navigator.onLine ? 'UNREACHABLE' : 'OFFLINE' });
  }
  if (new URL(response.url).pathname !== probe) throw new ApiError({ status: response.ok ? 401 : response.status, code: response.ok ? 'UNAUTHENTICATED' : 'UNAVAILABLE' });
}

/**
 * Who is there. Until that is known, an ended session leads to the sign-in; afterwards it is asked about in place.
 * Resolves to null when the page is on its way elsewhere.
 */
export async function enter() {
  onTokenExpired(renew);
  onRepeat(whereMeant);
  onSessionEnded(leave);
  const [profile, checked] = await Promise.all([authed('GET', '/api/auth/profile'), authed('POST', '/api/auth/feature-check', { features: ASKED })]);
  email = profile.email;
  onSessionEnded(askAgain);
  const granted = new Set(checked.granted);
  return { ...profile, id: checked.userId, may: (feature) => feature.split('|').some((one) => granted.has(one)) };
}

/** Nobody is signed in, or not any more: the page has nothing typed to lose yet. */
function leave() {
  location.replace(`/login?redirect=${encodeURIComponent(location.pathname + location.search)}`);
  return new Promise(() => {});
}

export async function signOut() {
  // Answers with a redirect to the sign-in; what matters is that it was answered.
  const response = await fetch('/api/auth/logout', { method: 'POST', redirect: 'manual', signal: AbortSignal.timeout(30_000) });
  if (response.type !== 'opaqueredirect' && !response.ok && response.status !== 401) throw new ApiError({ status: response.status, code: 'UNAVAILABLE' });
  location.assign('/login?signed-out');
}

/** Where to go after signing in. */
export const wanted = () => ownPath(new URLSearchParams(location.search).get('redirect')) ?? '/backend';

/** The session ended under an open page. */
const askAgain = () =>
  signInAgain({
    email,
    send: async (password) => {
      await call('POST', '/api/auth/login', { email, password });
      await goBack();
    },
    errors: { INVALID_REQUEST: 'login.wrong' },
  });

/** From where a new session starts to where the old one was. A place that is lost has nothing to go on with. */
async function goBack() {
  if (!place) return;
  const now = await call('GET', '/api/auth/memberships');
  if (now.tenantId === place.tenantId && now.organizationId === place.organizationId) return;
  try {
    await call('POST', '/api/auth/switch', { tenantId: place.tenantId, ...(place.organizationId ? { organizationId: place.organizationId } : {}) });
  } catch (error) {
    if (error.status !== 403 && error.status !== 404) throw error;
    location.replace('/backend');
    await new Promise(() => {});
  }
}
