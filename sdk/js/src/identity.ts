import type { JWTPayload } from 'jose';
import { unauthenticated } from './errors.ts';

/** Who is calling, as a verified token says. */
export interface Identity {
  /** `sub`: the account. */
  readonly user: string;
  /** `sid`: the session the token was made from. */
  readonly session: string;
  readonly realm: 'customer' | 'staff';
  readonly tenant: string;
  readonly organization: string | null;
  readonly email: string | null;
  readonly displayName: string | null;
  /** Slugs of a customer, names of staff; empty where the token had no room for them. */
  readonly roles: readonly string[];
  /** Passes every feature check of its realm. */
  readonly isAdmin: boolean;
  /** Grants, wildcards included; `null` where the token had no room for them and the server has to be asked. */
  readonly features: readonly string[] | null;
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** The token itself, to hand on to another service of the same audience. */
  readonly token: string;
  readonly claims: Readonly<JWTPayload>;
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const texts = (value: unknown): string[] | null => (Array.isArray(value) && value.every((entry) => typeof entry === 'string') ? value : null);

/** Reads the claims of a token whose signature, issuer, audience and times hold. */
export function identityOf(claims: JWTPayload, token: string): Identity {
  const user = text(claims.sub);
  const session = text(claims['sid']);
  const tenant = text(claims['tenantId']);
  const kind = text(claims['realm']) ?? text(claims['type']);
  if (!user || !session || !tenant || (kind !== 'customer' && kind !== 'staff')) throw unauthenticated('The token is not for a person');
  return {
    user,
    session,
    realm: kind,
    tenant,
    organization: text(claims['orgId']),
    email: text(claims['email']),
    displayName: text(claims['displayName']),
    roles: texts(claims['roles']) ?? [],
    isAdmin: claims['isPortalAdmin'] === true || claims['isSuperAdmin'] === true,
    features: claims['featuresOmitted'] === true ? null : (texts(claims['resolvedFeatures']) ?? []),
    issuedAt: claims.iat ?? 0,
    expiresAt: claims.exp ?? 0,
    token,
    claims,
  };
}
