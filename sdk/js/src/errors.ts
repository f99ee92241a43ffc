/** Why a request is not let through. `message` may be shown to the caller; `cause` is for the log. */
export class AuthError extends Error {
  override readonly name = 'AuthError';
  /** 401 sign in (again), 403 signed in but not allowed, 503 nobody can tell at the moment. */
  readonly status: 401 | 403 | 503;
  readonly code: 'UNAUTHENTICATED' | 'REVOKED' | 'FORBIDDEN' | 'UNAVAILABLE';

  constructor(status: AuthError['status'], code: AuthError['code'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
    this.code = code;
  }

  /** The body our adapters answer: RFC 9457, in the shape of the server's own errors. */
  problem(): Record<string, unknown> {
    return { type: 'about:blank', title: TITLES[this.status], status: this.status, ok: false, error: this.message, code: this.code };
  }

  headers(): Record<string, string> {
    const headers: Record<string, string> = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' };
    if (this.status === 401) headers['www-authenticate'] = this.code === 'REVOKED' ? 'Bearer error="invalid_token"' : 'Bearer';
    if (this.status === 503) headers['retry-after'] = '2';
    return headers;
  }
}

const TITLES = { 401: 'Unauthorized', 403: 'Forbidden', 503: 'Service Unavailable' } as const;

export const unauthenticated = (why: string, cause?: unknown) => new AuthError(401, 'UNAUTHENTICATED', why, cause);
export const revoked = () => new AuthError(401, 'REVOKED', 'The session has ended');
export const forbidden = (why: string) => new AuthError(403, 'FORBIDDEN', why);
export const unavailable = (why: string, cause?: unknown) => new AuthError(503, 'UNAVAILABLE', why, cause);
