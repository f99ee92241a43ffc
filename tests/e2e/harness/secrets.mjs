// The settings of a test server: development, with secrets made anew for every run.
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';

export const secret = () => randomBytes(32).toString('base64url');

/** A P-256 key pair: the private JWK as the Worker wants it, and what else a test may need of it. */
export function signingKey(namedCurve = 'P-256') {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  const { kty, crv, x, y, d } = privateKey.export({ format: 'jwk' });
  // RFC 7638: the required members only, in this order, without spaces.
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return { kid, privateKey, publicKey, jwk: { kty, crv, x, y, d, kid, alg: 'ES256', use: 'sig' } };
}

/** One key for the process, so that a server that is started again on the same state has the same. */
export const KEY = signingKey();

export const BOOTSTRAP_SECRET = secret();
const secrets = { MASTER_SECRET: secret(), BOOTSTRAP_SECRET, SIGNING_KEY_JWK: JSON.stringify(KEY.jwk) };

/** Where every mailed link must lead. Deliberately not the address a test server listens at. */
export const APP_URL = 'https://id.example.com';

export const vars = (extra = {}) => ({ ENVIRONMENT: 'development', APP_URL, ...secrets, ...extra });

/** Every limit out of the way, for what is not about limits. They stay switched on: the limiter is asked as always. */
export const RAISED = Object.fromEntries(
  [
    'CUSTOMER_LOGIN', 'CUSTOMER_SIGNUP', 'CUSTOMER_PASSWORD_RESET', 'CUSTOMER_MAGIC_LINK', 'CUSTOMER_INVITE', 'CUSTOMER_EMAIL_VERIFY',
    'CUSTOMER_MAGIC_LINK_VERIFY', 'CUSTOMER_PASSWORD_RESET_CONFIRM', 'CUSTOMER_INVITATION_ACCEPT', 'CUSTOMER_REFRESH', 'CUSTOMER_LOGOUT',
    'CUSTOMER_PASSWORD_CHANGE', 'LOGIN', 'REFRESH', 'LOGOUT', 'STAFF_INVITE', 'STAFF_INVITATION_ACCEPT', 'BOOTSTRAP', 'RESET', 'RESET_CONFIRM', 'PASSWORD_CHANGE', 'RESEND_INVITE', 'DIRECTORY_ORG_LOOKUP', 'DIRECTORY_TENANT_LOOKUP', 'SIGNED_IN',
  ].flatMap((name) => [[`RATE_LIMIT_${name}_POINTS`, '100000'], [`RATE_LIMIT_${name}_IP_POINTS`, '100000']]),
);
