// Accounts with live sessions, made here and put straight into the database: seeding through the front door would take
// longer than measuring. Whether they are what the Worker thinks they are shows when it lets them in.
import { createHash, createHmac, hkdfSync, randomBytes, sign } from 'node:crypto';
import { APP_URL, KEY } from '../e2e/harness/secrets.mjs';

export const DAY = 86_400_000;

/** UUID version 7 of an instant. */
export function uuid(now = Date.now()) {
  const bytes = Buffer.concat([Buffer.alloc(6), randomBytes(10)]);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = (bytes[6] & 15) | 112;
  bytes[8] = (bytes[8] & 63) | 128;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** How an address is found: core/src/domain/keys.rs. */
export function lookup(master) {
  const key = Buffer.from(hkdfSync('sha256', Buffer.from(master, 'base64url'), 'portcullis/v1', 'lookup-hash', 32));
  return (email) => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(Buffer.byteLength(email)));
    return `v2:${createHmac('sha256', key).update(length).update(email).digest('hex')}`;
  };
}

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

export function accessToken({ id, email, session }, { tenantId, organizationId, features }, now = Date.now()) {
  const iat = Math.floor(now / 1000);
  const claims = {
    iss: APP_URL, aud: 'customer', iat, exp: iat + 28_800, jti: uuid(now), sub: id, sid: session, type: 'customer', tenantId, orgId: organizationId,
    customerEntityId: null, displayName: 'Benno Bench', email, isPortalAdmin: false, personEntityId: null, resolvedFeatures: features,
    roles: ['buyer'], session_expiry: iat + 30 * 86_400,
  };
  const input = `${encoded({ alg: 'ES256', typ: 'JWT', kid: KEY.kid })}.${encoded(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), { key: KEY.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

export const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/** The columns both ways of seeding fill; all others have defaults. */
export const COLUMNS = {
  customer_users: ['id', 'tenant_id', 'organization_id', 'email', 'email_hash', 'password_hash', 'display_name', 'email_verified_at', 'last_login_at', 'created_at', 'search_name', 'search_email'],
  customer_user_roles: ['user_id', 'role_id', 'created_at'],
  customer_user_sessions: ['id', 'user_id', 'token_hash', 'ip_address', 'user_agent', 'expires_at', 'last_used_at', 'created_at'],
};

/** Person `n` of a place, as rows. `sessions` of them live; the token of the first is given back. */
export function person(n, { tenantId, organizationId, roleId, phc, hash, now, sessions = 1 }) {
  const id = uuid(now - 400 * DAY + n * 1000);
  const email = `n${n}x@mail.example`;
  const name = `Benno Bench n${n}x`;
  const opened = Array.from({ length: sessions }, () => ({ id: uuid(now - DAY), token: randomBytes(32).toString('base64url') }));
  return {
    id, email, token: opened[0].token, session: opened[0].id,
    rows: {
      customer_users: [[id, tenantId, organizationId, email, hash(email), phc, name, now - DAY, now - DAY, now - 400 * DAY + n * 1000, JSON.stringify(['benno', 'bench', `n${n}x`]), JSON.stringify([`n${n}x`, 'mail', 'example'])]],
      customer_user_roles: [[id, roleId, now - DAY]],
      customer_user_sessions: opened.map(({ id: session, token }) => [session, id, sha256(token), '192.0.2.1', 'bench', now + 30 * DAY, now - 1000, now - DAY]),
    },
  };
}

/** The place, role and password hash that the development seed left behind. */
export async function seedOf(worker, vars) {
  const reply = await fetch(`${worker.url}/dev/seed`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  if (!reply.ok) throw new Error(`seeding answered ${reply.status}: ${await reply.text()}`);
  const { tenantId, organizationId } = await reply.json();
  const db = await worker.db;
  const role = await db.prepare("SELECT r.id, a.features_json FROM customer_roles r JOIN customer_role_acls a ON a.role_id = r.id WHERE r.slug = 'buyer' AND r.organization_id = ?").bind(organizationId).first();
  const { password_hash: phc } = await db.prepare("SELECT password_hash FROM customer_users WHERE email LIKE 'buyer@%'").first();
  return { tenantId, organizationId, roleId: role.id, features: JSON.parse(role.features_json), phc, hash: lookup(vars.MASTER_SECRET), now: Date.now() };
}

/** Puts people into D1, a thousand rows a statement. */
export async function insert(db, people) {
  for (const [table, columns] of Object.entries(COLUMNS)) {
    const rows = people.flatMap((one) => one.rows[table]);
    const values = columns.map((_, at) => `json_extract(value, '$[${at}]')`);
    const statement = db.prepare(`INSERT INTO ${table} (${columns}) SELECT ${values} FROM json_each(?)`);
    for (let at = 0; at < rows.length; at += 1000) await statement.bind(JSON.stringify(rows.slice(at, at + 1000))).run();
  }
}
