// What people do, in the calls they make. Everything a suite needs before it can begin with its own matter.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from './client.mjs';

export const CA = '/api/customer_accounts';
/** Of everybody who is seeded. */
export const SEED_PASSWORD = 'Portcullis-dev-1';
export const SEEDED = { admin: 'admin@portal.acme.com', buyer: 'buyer@portal.acme.com', viewer: 'viewer@portal.acme.com' };
export const PASSWORD = 'correct horse battery staple';

export const freshEmail = (tag = 'p') => `${tag}-${randomUUID().slice(0, 13)}@mail.example`;

/** Mails to an address, newest first, once there are `least` of them. */
export async function inbox(server, to, { least = 1, timeout = 10_000, where = () => true } = {}) {
  const reader = new Client(server);
  for (const until = performance.now() + timeout; ; await sleep(40)) {
    const reply = await reader.get(`/dev/inbox.json?to=${encodeURIComponent(to)}`);
    assert.equal(reply.status, 200, reply.text);
    const mails = reply.json.filter(where);
    if (mails.length >= least) return mails;
    if (performance.now() > until) throw new Error(`${mails.length} of ${least} mails to ${to} after ${timeout} ms`);
  }
}

/** Waits until no mail is on its way any more: then what the inbox holds is all there will be. */
export async function mailsSettled(server, { timeout = 15_000, every = 50 } = {}) {
  for (const until = performance.now() + timeout; ; await sleep(every)) {
    const waiting = await server.count('SELECT count(*) FROM mail_outbox WHERE sent_at IS NULL AND abandoned_at IS NULL');
    if (waiting === 0) return;
    if (performance.now() > until) throw new Error(`${waiting} mails still waiting after ${timeout} ms`);
  }
}

/** The token in a mail's link. */
export function tokenOf(mail) {
  const link = mail.links.find((one) => one.includes('token='));
  assert.ok(link, `no link with a token in: ${JSON.stringify(mail.links)}`);
  return new URL(link).searchParams.get('token');
}

export function signUp(client, { email, password = PASSWORD, displayName = 'Pat Person', ...rest }, options) {
  return client.post(`${CA}/signup`, { email, password, displayName, ...client.server.place, ...rest }, options);
}

export function logIn(client, { email, password = PASSWORD, ...rest }, options) {
  return client.post(`${CA}/login`, { email, password, ...client.server.place, ...rest }, options);
}

/** Sign-up, mail, link: an account that can sign in. */
export async function member(server, { email = freshEmail(), password = PASSWORD, displayName } = {}) {
  const client = new Client(server);
  const signup = await signUp(client, { email, password, displayName });
  assert.equal(signup.status, 202, signup.text);
  const [mail] = await inbox(server, email);
  const verified = await client.post(`${CA}/email/verify`, { token: tokenOf(mail) });
  assert.equal(verified.status, 200, verified.text);
  return { email, password };
}

/** Somebody signed in, on a browser of their own. */
export async function signedIn(server, { email = SEEDED.buyer, password = SEED_PASSWORD } = {}) {
  const client = new Client(server);
  const reply = await logIn(client, { email, password });
  assert.equal(reply.status, 200, reply.text);
  return client;
}

/** A member of staff, signed in. */
export async function staff(server, email = 'admin@acme.com') {
  const client = new Client(server);
  const reply = await client.post('/api/auth/login', { email, password: SEED_PASSWORD });
  assert.equal(reply.status, 200, reply.text);
  return client;
}

/** Calls in parallel; what each came to. */
export const parallel = (n, call) => Promise.all(Array.from({ length: n }, (_, i) => call(i)));

/** The same on connections that are open already: calls that arrive together, not one by one as they connect. */
export async function together(server, n, call) {
  await parallel(n, () => new Client(server).get('/.well-known/jwks.json'));
  return parallel(n, call);
}

/** {200: 3, 429: 197} */
export function tally(replies) {
  const counts = {};
  for (const reply of replies) counts[reply?.status ?? 'none'] = (counts[reply?.status ?? 'none'] ?? 0) + 1;
  return counts;
}
