// Makes .dev.vars: secrets of this clone's development server, never committed, never the same twice.
// Names that are there already keep their values; names that are missing are added.
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

const file = new URL('../.dev.vars', import.meta.url);
const state = new URL('../.wrangler/state', import.meta.url);
const oldState = new URL('../.wrangler/state.old', import.meta.url);

const secret = () => randomBytes(32).toString('base64url');

/** A P-256 key as the Worker wants it: private JWK, `kid` its RFC 7638 thumbprint. */
function signingKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { kty, crv, x, y, d } = privateKey.export({ format: 'jwk' });
  // RFC 7638: the required members only, in this order, without spaces.
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return JSON.stringify({ kty, crv, x, y, d, kid, alg: 'ES256', use: 'sig' });
}

const wanted = {
  ENVIRONMENT: () => 'development',
  MASTER_SECRET: secret,
  BOOTSTRAP_SECRET: secret,
  SIGNING_KEY_JWK: signingKey,
};

const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
const missing = Object.keys(wanted).filter((name) => !new RegExp(`^\\s*${name}\\s*=`, 'm').test(before));

if (missing.length === 0) {
  console.log('ok   secrets in .dev.vars');
} else {
  const lines = missing.map((name) => `${name}='${wanted[name]()}'`);
  const head = before || '# Made by scripts/dev-secrets.mjs for this clone. .dev.vars.example explains the names.\n';
  writeFileSync(file, `${head.replace(/\n*$/, '\n')}${lines.join('\n')}\n`, { mode: 0o600 });
  console.log(`ok   made secrets in .dev.vars: ${missing.join(', ')}`);

  // Addresses are looked up, and keys wrapped, under the master secret: an older database is noise to a new one.
  if (missing.includes('MASTER_SECRET') && existsSync(state)) {
    rmSync(oldState, { recursive: true, force: true });
    renameSync(state, oldState);
    console.log('ok   set the old local database aside as .wrangler/state.old: it was made under other secrets');
  }
}
chmodSync(file, 0o600);
