// For everything that speaks Request and Response: Workers, Deno, Bun, service workers, Next.js route handlers.
import { AuthError, unavailable } from './errors.ts';
import type { Identity } from './identity.ts';
import { tokenOf } from './token.ts';
import type { Requirement, Verifier } from './verifier.ts';

/** Who sent the request; throws an {@link AuthError}. */
export function authenticate(auth: Verifier, request: Request, wanted: Requirement = {}): Promise<Identity> {
  return auth.require(tokenOf((name) => request.headers.get(name), auth.tokenSource), wanted);
}

/** A handler that only sees callers the route wants. */
export function guard<Rest extends unknown[]>(
  auth: Verifier,
  wanted: Requirement,
  handler: Handler<Rest>,
): (request: Request, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => {
    let identity: Identity;
    try {
      identity = await authenticate(auth, request, wanted);
    } catch (error) {
      return refusal(error);
    }
    return handler(request, identity, ...rest);
  };
}

/** The answer to a caller who is not let through. What is no {@link AuthError} fails closed. */
export function refusal(error: unknown): Response {
  const refused = error instanceof AuthError ? error : unavailable('The token cannot be checked at the moment', error);
  return new Response(JSON.stringify(refused.problem()), { status: refused.status, headers: refused.headers() });
}

type Handler<Rest extends unknown[]> = (request: Request, identity: Identity, ...rest: Rest) => Response | Promise<Response>;

/** Anybody signed in. */
export const requireAuth = <R extends unknown[]>(auth: Verifier, handler: Handler<R>) => guard(auth, {}, handler);
/** Whoever holds all of the features. */
export const requireFeatures = <R extends unknown[]>(auth: Verifier, features: string[], handler: Handler<R>) => guard(auth, { features }, handler);
/** Whoever has one of the roles. */
export const requireRoles = <R extends unknown[]>(auth: Verifier, roles: string[], handler: Handler<R>) => guard(auth, { roles }, handler);
