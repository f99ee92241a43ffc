// Prints a new private signing key for `wrangler secret put SIGNING_KEY_JWK`: EC P-256 as JWK, on one line.
import { generateKeyPairSync } from 'node:crypto';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const { kty, crv, x, y, d } = privateKey.export({ format: 'jwk' });
console.log(JSON.stringify({ kty, crv, x, y, d }));
