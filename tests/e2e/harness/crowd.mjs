// Accounts by the thousand, put straight into the database, so that a measurement asks for every address once: then
// neither a limiter object that is awake, nor a mail of before, nor a link that is waiting tells one from another.
import { COLUMNS, insert, lookup, person, sha256, uuid } from '../../bench/people.mjs';
import { vars } from './secrets.mjs';

const MINUTE = 60_000;

/** Iterators of addresses of each kind; all look alike. `each` of every kind. */
export async function crowd(server, each) {
  const { password_hash: phc } = await server.row("SELECT password_hash FROM customer_users WHERE email LIKE 'buyer@%'");
  const { id: roleId } = await server.row("SELECT id FROM customer_roles WHERE slug = 'buyer' AND organization_id = ?", server.place.organizationId);
  const now = Date.now();
  const about = { ...server.place, roleId, phc, hash: lookup(vars().MASTER_SECRET), now };
  const from = (first) => Array.from({ length: each }, (_, n) => person(first + n, about));
  const [verified, unverified, unknown] = [from(100_000), from(200_000), from(300_000)];
  const live = ['password_hash', 'email_verified_at', 'last_login_at'].map((name) => COLUMNS.customer_users.indexOf(name));
  for (const { rows } of unverified) for (const at of live) rows.customer_users[0][at] = null;
  await insert(server.db, [...verified, ...unverified]);
  // As sign-up leaves it, two minutes ago: a repeated one now is no double click.
  const waiting = unverified.map(({ rows }) => [uuid(), rows.customer_users[0][0], sha256(uuid()), phc, now + 1440 * MINUTE, now - 2 * MINUTE]);
  const columns = ['id', 'user_id', 'token', 'password_hash', 'expires_at', 'created_at'];
  const insertWaiting = server.db.prepare(`INSERT INTO customer_user_email_verifications (${columns}) SELECT ${columns.map((_, n) => `json_extract(value, '$[${n}]')`)} FROM json_each(?)`);
  for (let n = 0; n < waiting.length; n += 1000) await insertWaiting.bind(JSON.stringify(waiting.slice(n, n + 1000))).run();
  const next = (people) => {
    const emails = people.map(({ email }) => email).values();
    return () => emails.next().value;
  };
  return { verified: next(verified), unverified: next(unverified), unknown: next(unknown) };
}
