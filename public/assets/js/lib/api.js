// The API as pages use it: same origin, JSON, one error shape. An expired access token is renewed silently and the call
// repeated once; an ended session is asked about in place, so that nothing typed is ever lost.
export const CA = '/api/customer_accounts';

export class ApiError extends Error {
  constructor({ status = 0, code, details = null, retryAfter = 0, sentence = '', reason = null }) {
    super(code);
    Object.assign(this, { status, code, details, retryAfter, sentence, reason });
  }
}

const STATUS_CODES = { 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN', 404: 'NOT_FOUND', 429: 'RATE_LIMITED', 502: 'UNAVAILABLE', 503: 'UNAVAILABLE', 504: 'UNAVAILABLE' };

/** Refuses the write when somebody else changed the record since this version of it was read. */
export const ifUnchanged = (updatedAt) => (updatedAt ? { 'x-om-ext-optimistic-lock-expected-updated-at': updatedAt } : {});

/** Which fields were wrong, in whichever of the forms that the wire has for it: { field: [messages] }, or null. */
function fieldsOf({ details, issues, fieldErrors }) {
  const found = details ?? issues ?? fieldErrors;
  if (!found || typeof found !== 'object') return null;
  if (!Array.isArray(found)) return Object.fromEntries(Object.entries(found).map(([field, messages]) => [field, [messages].flat()]));
  const fields = {};
  for (const { path, message } of found) (fields[path?.[0] ?? ''] ??= []).push(message);
  return fields;
}

/** One call, nothing else. */
export async function call(method, path, body, headers = {}, credentials = 'same-origin') {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials,
      cache: 'no-store',
      signal: AbortSignal.timeout(30_000),
    });
  } catch {
    throw new ApiError({ code: navigator.onLine ? 'UNREACHABLE' : 'OFFLINE' });
  }
  // Something between us and the server may answer too, and not in JSON.
  const data = await response.json().catch(() => ({}));
  if (response.ok) return data;
  throw new ApiError({
    status: response.status,
    code: data.code ?? STATUS_CODES[response.status] ?? 'INTERNAL',
    details: fieldsOf(data),
    sentence: typeof data.error === 'string' ? data.error : '',
    reason: data.reason ?? null,
    retryAfter: Number(response.headers.get('retry-after')) || 0,
  });
}

let renew = () => call('POST', `${CA}/portal/sessions-refresh`);

/** How an expired access token is renewed, where it is not a customer's. Rejects with a 401 when the session is over. */
export function onTokenExpired(handler) {
  renew = handler;
}

let refreshing = null;

/** However many calls find their token expired, one refresh goes out. */
function refresh() {
  refreshing ??= renew().finally(() => (refreshing = null));
  return refreshing;
}

let sessionEnded = () => Promise.reject(new ApiError({ status: 401, code: 'UNAUTHENTICATED' }));

/** What happens when a session is over: resolves once there is one again, so that the call can be repeated. */
export function onSessionEnded(handler) {
  sessionEnded = handler;
}

let mark = () => () => ({});

/** What a repeated call has to say beyond the first: `mark()` when one goes out gives `(method, error) => headers`. */
export function onRepeat(handler) {
  mark = handler;
}

/** A call of somebody signed in. */
export async function authed(method, path, body, headers) {
  const repeated = mark();
  let more;
  try {
    return await call(method, path, body, headers);
  } catch (error) {
    if (error.status !== 401) throw error;
    more = repeated(method, error);
  }
  try {
    await refresh();
  } catch (error) {
    if (error.status !== 401) throw error;
    await sessionEnded();
  }
  return call(method, path, body, { ...headers, ...more });
}
