// Middleware for Hono. `c.get('auth')` is the identity.
import { authenticate, refusal } from './fetch.ts';
import type { Identity } from './identity.ts';
import type { Requirement, Verifier } from './verifier.ts';

/** For `new Hono<PortcullisEnv>()`. */
export interface PortcullisEnv {
  Variables: { auth: Identity };
}

/** The parts of Hono's context that are used. */
export interface HonoContext {
  req: { raw: Request };
  set(name: 'auth', value: Identity): void;
}

export type HonoMiddleware = (c: HonoContext, next: () => Promise<void>) => Promise<Response | void>;

/** Lets through whoever the route wants. */
export function guard(auth: Verifier, wanted: Requirement): HonoMiddleware {
  return async (c, next) => {
    let identity: Identity;
    try {
      identity = await authenticate(auth, c.req.raw, wanted);
    } catch (error) {
      return refusal(error);
    }
    c.set('auth', identity);
    await next();
  };
}

/** Anybody signed in. */
export const requireAuth = (auth: Verifier): HonoMiddleware => guard(auth, {});
/** Whoever holds all of the features. */
export const requireFeatures = (auth: Verifier, ...features: string[]): HonoMiddleware => guard(auth, { features });
/** Whoever has one of the roles. */
export const requireRoles = (auth: Verifier, ...roles: string[]): HonoMiddleware => guard(auth, { roles });
