import { errors, jwtVerify, type JWTHeaderParameters, type JWTPayload } from 'jose';
import { AuthError, forbidden, revoked, unauthenticated, unavailable } from './errors.ts';
import { isGranted } from './features.ts';
import { type Identity, identityOf } from './identity.ts';
import { Keys } from './keys.ts';
import { Revocations } from './revocations.ts';
import type { TokenSource } from './token.ts';
import { ask, type World } from './world.ts';

/** What an app was given when it was registered. */
export interface Credentials {
  clientId: string;
  clientSecret: string;
}

export interface Options {
  /** Where Portcullis is, as in the tokens' `iss`: `https://id.example.com`. */
  issuer: string;
  /** Whom tokens must be for: the audience your app is registered with, or `customer` / `staff` under the portal's own host. */
  audience: string;
  /** Where a token may stand, beside `Authorization: Bearer`. */
  token?: TokenSource;
  /** The app's credentials, to ask what a token had no room for. Never in a browser. */
  credentials?: Credentials;
  /** Seconds that clocks may differ; 60 at most. */
  clockTolerance?: number;
  /** Milliseconds to wait for Portcullis; 2,000 unless told. */
  timeout?: number;
  /** For tests. */
  fetch?: typeof fetch;
  /** For tests: milliseconds since the epoch. */
  now?: () => number;
}

/** What a route asks of its caller. */
export interface Requirement {
  /** All of these features. */
  features?: readonly string[];
  /** One of these roles, as tokens name them: slugs of customers, names of staff. */
  roles?: readonly string[];
  realm?: 'customer' | 'staff';
}

/** The server refuses longer ones before any cryptography, and so do we. */
const LONGEST_TOKEN = 8 * 1024;

/** Verifies tokens offline and knows within seconds which of them were revoked. Make one a process, and keep it. */
export class Verifier {
  readonly tokenSource: TokenSource;
  readonly #options: Options;
  readonly #issuer: string;
  readonly #world: World;
  readonly #keys: Keys;
  readonly #revocations: Revocations;

  constructor(options: Options) {
    this.#options = options;
    this.#issuer = options.issuer.replace(/\/+$/, '');
    this.tokenSource = options.token ?? {};
    this.#world = { fetch: options.fetch ?? ((...args) => fetch(...args)), now: options.now ?? Date.now, timeout: options.timeout ?? 2_000 };
    this.#keys = new Keys(this.#world, `${this.#issuer}/.well-known/jwks.json`);
    this.#revocations = new Revocations(this.#world, `${this.#issuer}/.well-known/revocations`, this.#issuer, this.#keys);
  }

  /** Who is calling; throws an {@link AuthError} where that is nobody, or nobody can tell. */
  async verify(token: string | null | undefined): Promise<Identity> {
    if (!token) throw unauthenticated('Authentication required');
    if (token.length > LONGEST_TOKEN) throw unauthenticated('The token is too long');
    const identity = identityOf(await this.#claims(token), token);
    if (await this.#revocations.includes(identity)) throw revoked();
    return identity;
  }

  /** {@link verify}, and that the caller is who the route wants. */
  async require(token: string | null | undefined, wanted: Requirement = {}): Promise<Identity> {
    const identity = await this.verify(token);
    if (wanted.realm && identity.realm !== wanted.realm) throw forbidden('Insufficient permissions');
    if (wanted.roles && !wanted.roles.some((role) => identity.roles.includes(role))) throw forbidden('Insufficient permissions');
    const features = wanted.features ?? [];
    if (features.length > 0 && (await this.granted(identity, features)).length < features.length) throw forbidden('Insufficient permissions');
    return identity;
  }

  /** Which of the features the caller holds, in the order asked. Asks the server only where the token had no room for them. */
  async granted(identity: Identity, features: readonly string[]): Promise<string[]> {
    if (identity.isAdmin) return [...features];
    const grants = identity.features ?? (await this.#omitted(identity, features));
    return features.filter((feature) => isGranted(grants, feature));
  }

  async #claims(token: string) {
    const tolerance = Math.min(this.#options.clockTolerance ?? 60, 60);
    try {
      const { payload, protectedHeader } = await jwtVerify(token, this.#keys.find, {
        algorithms: ['ES256'],
        typ: 'JWT',
        issuer: this.#issuer,
        audience: this.#options.audience,
        clockTolerance: tolerance,
        requiredClaims: ['exp', 'iat', 'sub', 'sid', 'jti'],
        currentDate: new Date(this.#world.now()),
      });
      if (!isOurs(protectedHeader, payload, this.#options.audience)) throw unauthenticated('The token is not as ours are');
      if ((payload.iat ?? 0) > this.#world.now() / 1000 + tolerance) throw unauthenticated('The token is of the future');
      return payload;
    } catch (error) {
      if (error instanceof AuthError) throw error;
      if (error instanceof errors.JOSEError) throw unauthenticated(error instanceof errors.JWTExpired ? 'The token has expired' : 'The token does not hold', error);
      throw unavailable('The token cannot be checked at the moment', error);
    }
  }

  /** What a token without room left out, as far as it was asked for. An app asks as itself; a token for the portal's own host is enough there. */
  #omitted(identity: Identity, features: readonly string[]): Promise<string[]> {
    if (this.#options.credentials) return this.#introspect(identity, this.#options.credentials);
    const route = FEATURE_CHECKS[this.#options.audience];
    if (!route) throw forbidden('The token has no room for its features, and there are no credentials to ask for them');
    return this.#check(identity, route, features);
  }

  async #introspect(identity: Identity, { clientId, clientSecret }: Credentials): Promise<string[]> {
    const basic = btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`);
    const headers = { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await this.#post('/api/introspect', headers, new URLSearchParams({ token: identity.token }).toString());
    if (answer['active'] !== true) throw revoked();
    return strings(answer['resolvedFeatures']);
  }

  async #check(identity: Identity, route: string, features: readonly string[]): Promise<string[]> {
    const headers = { authorization: `Bearer ${identity.token}`, 'content-type': 'application/json' };
    return strings((await this.#post(route, headers, JSON.stringify({ features })))['granted']);
  }

  async #post(path: string, headers: Record<string, string>, body: string): Promise<Record<string, unknown>> {
    let response: Response;
    try {
      response = await ask(this.#world, this.#issuer + path, { method: 'POST', headers, body });
    } catch (error) {
      throw unavailable(UNTOLD, error);
    }
    if (response.status === 401) throw revoked();
    if (!response.ok) throw unavailable(UNTOLD, new Error(`${path} answered ${response.status}`));
    return (await response.json()) as Record<string, unknown>;
  }
}

/**
 * As narrow as the server: a header of exactly `alg`, `typ` and `kid`, whole seconds, and one audience, beside which only
 * an operator's token names another.
 */
function isOurs(header: JWTHeaderParameters, { aud, exp, iat }: JWTPayload, audience: string): boolean {
  const plain = Object.keys(header).sort().join() === 'alg,kid,typ' && header.typ === 'JWT' && typeof header.kid === 'string';
  const audiences = audience === 'staff' && Array.isArray(aud) ? aud.join() === 'staff,operator' : aud === audience;
  return plain && audiences && Number.isSafeInteger(exp) && Number.isSafeInteger(iat);
}

const UNTOLD = 'What the caller may do cannot be told at the moment';
const FEATURE_CHECKS: Record<string, string> = { customer: '/api/customer_accounts/portal/feature-check', staff: '/api/auth/feature-check' };
const strings = (value: unknown): string[] => (Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : []);

/** A verifier for your app. */
export const portcullis = (options: Options): Verifier => new Verifier(options);
