// Middleware for Express and everything with its (req, res, next). Sets `req.auth`.
import { AuthError, unavailable } from './errors.ts';
import type { Identity } from './identity.ts';
import { tokenOf } from './token.ts';
import type { Requirement, Verifier } from './verifier.ts';

/** The parts of Node's request and response that are used; Express's own fit. */
export interface NodeRequest {
  headers: Record<string, string | string[] | undefined>;
  auth?: Identity;
}

export interface NodeResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}

export type Middleware = (request: NodeRequest, response: NodeResponse, next: (error?: unknown) => void) => void;

/** Lets through whoever the route wants. */
export function guard(auth: Verifier, wanted: Requirement): Middleware {
  return (request, response, next) => {
    const header = (name: string) => {
      const value = request.headers[name.toLowerCase()];
      return Array.isArray(value) ? value.join(', ') : value;
    };
    auth.require(tokenOf(header, auth.tokenSource), wanted).then(
      (identity) => {
        request.auth = identity;
        next();
      },
      (error: unknown) => refuse(response, error),
    );
  };
}

function refuse(response: NodeResponse, error: unknown): void {
  const refused = error instanceof AuthError ? error : unavailable('The token cannot be checked at the moment', error);
  response.statusCode = refused.status;
  for (const [name, value] of Object.entries(refused.headers())) response.setHeader(name, value);
  response.end(JSON.stringify(refused.problem()));
}

/** Anybody signed in. */
export const requireAuth = (auth: Verifier): Middleware => guard(auth, {});
/** Whoever holds all of the features. */
export const requireFeatures = (auth: Verifier, ...features: string[]): Middleware => guard(auth, { features });
/** Whoever has one of the roles. */
export const requireRoles = (auth: Verifier, ...roles: string[]): Middleware => guard(auth, { roles });
