// Limits over HTTP on workerd: the configured number reaches the hash, exactly, whatever happens at the same time,
// after the limiter was evicted, and after its process was killed. Each with a limiter that gets it wrong.
import { setTimeout as sleep } from 'node:timers/promises';
import { assert, caught, isLimited, isOk, isProblem, limitOf } from '../harness/check.mjs';
import { Client, freshIp } from '../harness/client.mjs';
import { FORGETFUL, RACY } from '../harness/limiters.mjs';
import { CA, freshEmail, logIn, member, parallel, signUp, signedIn, tally } from '../harness/people.mjs';
import { FULL, note, size, test } from '../harness/runner.mjs';
import { RAISED } from '../harness/secrets.mjs';
import { start } from '../harness/server.mjs';

/** The product's numbers: per client address, and per account. */
const [PER_IP, PER_ACCOUNT] = [20, 5];

/** With the product's limits, for every test that keeps to addresses of its own. */
const server = await start();

/** What `n` parallel wrong logins come to, and how many of them were hashed, by the Worker's own count. */
async function wrongLogins(server, n, { ip = freshIp(), email = freshEmail() } = {}) {
  const mark = server.logs.length;
  const replies = await parallel(n, (i) =>
    logIn(new Client(server, { ip: typeof ip === 'function' ? ip(i) : ip }), { email: typeof email === 'function' ? email(i) : email, password: 'wrong password' }, { timeout: 60_000 }),
  );
  for (let tries = 0; server.lines('login', mark).length < n && tries < 100; tries += 1) await sleep(20);
  const lines = server.lines('login', mark);
  assert.equal(lines.length, n, 'a log line a request');
  return { replies, counts: tally(replies), hashed: lines.reduce((sum, line) => sum + line.hash, 0) };
}

function exactly(burst, allowed, limit) {
  const all = burst.replies.length;
  assert.deepEqual(burst.counts, { ...(allowed > 0 ? { 401: allowed } : {}), ...(all > allowed ? { 429: all - allowed } : {}) });
  assert.equal(burst.hashed, allowed, 'hashes');
  for (const reply of burst.replies.filter((r) => r.status === 429)) isLimited(reply, limit);
}

const fromOneAddress = async (server) => exactly(await wrongLogins(server, 200, { email: () => freshEmail() }), PER_IP, PER_IP);

test('200 parallel wrong logins from one address: exactly 20 are hashed, 180 get 429 with its headers (G1)', async () => {
  await fromOneAddress(server);
});

test('… and a limiter that reads before it writes is caught (G1 twin)', async () => {
  const server = await start({ limiter: RACY });
  note(await caught('racy limiter', () => fromOneAddress(server)));
  await server.stop();
}, { timeout: 90_000 });

test('one account from 200 addresses: exactly 5 are hashed (G3); from 1,000 with --full', async () => {
  exactly(await wrongLogins(server, size(200, 1000), { ip: () => freshIp() }), PER_ACCOUNT, PER_ACCOUNT);
  if (FULL) exactly(await wrongLogins(server, 1000, { email: () => freshEmail() }), PER_IP, PER_IP);
}, { timeout: 180_000 });

test('the configured numbers count, by long and by short name', async () => {
  const server = await start({ vars: { RATE_LIMIT_CUSTOMER_LOGIN_IP_POINTS: '7', CUSTOMER_LOGIN_POINTS: '3' } });
  exactly(await wrongLogins(server, 50, { email: () => freshEmail() }), 7, 7);
  exactly(await wrongLogins(server, 50, { ip: () => freshIp() }), 3, 3);
  await server.stop();
});

test('a /64 of IPv6 is one address; two are two; what is no address is everybody', async () => {
  const burst = await wrongLogins(server, 60, { ip: (i) => `2001:db8:1:2:${i.toString(16)}::${i.toString(16)}`, email: () => freshEmail() });
  exactly(burst, PER_IP, PER_IP);
  exactly(await wrongLogins(server, 30, { ip: (i) => `2001:db8:1:${(i + 16).toString(16)}::1`, email: () => freshEmail() }), 30, PER_IP);
});

test('X-Forwarded-For and its kin never choose the bucket', async () => {
  const ip = freshIp();
  const replies = await parallel(60, (i) => {
    const forged = Object.fromEntries(['x-forwarded-for', 'x-real-ip', 'true-client-ip', 'x-client-ip', 'forwarded', 'cf-connecting-ipv6'].map((name) => [name, name === 'forwarded' ? `for=192.0.2.${i}` : `192.0.2.${i}`]));
    return logIn(new Client(server, { ip, headers: forged }), { email: freshEmail(), password: 'wrong password' });
  });
  assert.deepEqual(tally(replies), { 401: PER_IP, 429: 40 });
});

test('counting is announced: remaining goes down one by one, reset is within the window (0.4)', async () => {
  const client = new Client(server);
  const email = freshEmail();
  for (let left = PER_ACCOUNT - 1; left >= 0; left -= 1) {
    const headers = limitOf(await logIn(client, { email, password: 'wrong password' }));
    assert.deepEqual([headers.limit, headers.remaining], [PER_ACCOUNT, left]);
    assert.ok(headers.reset >= 1 && headers.reset <= 60);
  }
  const refused = await logIn(client, { email, password: 'wrong password' });
  isLimited(refused, PER_ACCOUNT);
  assert.equal(refused.headers['retry-after'], '60', 'the first hit over the limit blocks for a minute');
});

test('a success resets its own account’s count and nobody else’s, and no address’s (G4)', async () => {
  const client = new Client(server);
  const [mine, other] = [await member(server), await member(server)];
  for (let i = 0; i < 3; i += 1) {
    isProblem(await logIn(client, { email: mine.email, password: 'wrong password' }), 401);
    isProblem(await logIn(client, { email: other.email, password: 'wrong password' }), 401);
  }
  isOk(await logIn(client, mine, { keep: false }));
  await sleep(300);
  const remaining = async (email) => limitOf(await logIn(client, { email, password: 'wrong password' })).remaining;
  assert.equal(await remaining(mine.email), PER_ACCOUNT - 1, 'its own');
  assert.equal(await remaining(other.email), PER_ACCOUNT - 4, 'the other one’s goes on');
  const rest = await wrongLogins(server, 40, { ip: client.ip, email: () => freshEmail() });
  exactly(rest, PER_IP - 9, PER_IP);
});

test('strangers cannot lock an owner out: a device that signed in has its own bucket and counter (product 2)', async () => {
  const owner = await member(server);
  const device = await signedIn(server, owner);
  const burst = await wrongLogins(server, 50, { email: owner.email, ip: () => freshIp() });
  assert.equal(burst.counts[429] + burst.counts[401], 50);
  isLimited(await logIn(new Client(server), owner), PER_ACCOUNT);
  const { locked_until: until } = await server.row('SELECT locked_until FROM customer_users WHERE email = ?', owner.email);
  assert.ok(Math.abs(until - Date.now() - 900_000) < 60_000, 'five failures lock the account against strangers for 15 minutes');
  isOk(await logIn(device, owner));
  // And the device's own guesses stop at its own counter.
  for (let i = 0; i < 5; i += 1) isProblem(await logIn(device, { ...owner, password: 'wrong password' }), 401);
  isLimited(await logIn(device, owner), PER_ACCOUNT);
});

test('every public auth route is limited per address before any look-up (product 2)', async () => {
  const limits = { 'email/verify': [10, { token: 'x' }, 400], signup: [10, {}, 400], 'portal/sessions-refresh': [300, undefined, 401], 'portal/logout': [120, undefined, 200] };
  for (const [path, [points, body, status]] of Object.entries(limits)) {
    const client = new Client(server);
    const mark = server.logs.length;
    const replies = await parallel(points + 20, () => client.post(`${CA}/${path}`, body));
    assert.deepEqual(tally(replies), { [status]: points, 429: 20 }, path);
    for (const line of server.logs.slice(mark).filter((l) => l?.status === 429)) assert.deepEqual([line.d1, line.hash], [0, 0], path);
  }
  for (const query of ['organizations/lookup?slug=acme', 'tenants/lookup?tenantId=x']) {
    const client = new Client(server);
    const replies = await parallel(80, () => client.get(`/api/directory/${query}`));
    assert.equal(tally(replies)[429], 20, query);
  }
});

test('one account’s sign-ups are limited for all addresses together', async () => {
  const email = freshEmail();
  const replies = await parallel(30, () => signUp(new Client(server), { email }));
  assert.deepEqual(tally(replies), { 202: 3, 429: 27 });
});

test('a signed-in user’s window slides over all their devices: 120 a minute', async () => {
  const owner = await member(server);
  const devices = [await signedIn(server, owner), await signedIn(server, owner)];
  const replies = await parallel(160, (i) => devices[i % 2].get(`${CA}/portal/profile`));
  assert.deepEqual(tally(replies), { 200: 120, 429: 40 });
  isOk(await devices[0].post(`${CA}/portal/sessions-refresh`), 200);
});

// ── Eviction and death ───────────────────────────────────────────────────

/** Twelve hits, an interruption, two hundred: eight more may pass. */
async function across(server, interruption) {
  const ip = freshIp();
  exactly(await wrongLogins(server, 12, { ip, email: () => freshEmail() }), 12, PER_IP);
  await interruption();
  return async () => exactly(await wrongLogins(server, 200, { ip, email: () => freshEmail() }), PER_IP - 12, PER_IP);
}

test('the same after 20 s idle, when the limiter has been evicted; one that counts in memory is caught (G2)', async () => {
  const [server, twin] = [await start(), await start({ limiter: FORGETFUL })];
  let idle;
  const together = () => (idle ??= sleep(20_000));
  const [check, twinCheck] = await Promise.all([across(server, together), across(twin, together)]);
  await check();
  note(await caught('forgetful limiter', twinCheck));
  await Promise.all([server.stop(), twin.stop()]);
}, { timeout: 90_000 });

test('the same after kill -9 and a restart; one that counts in memory is caught (G2)', async () => {
  for (const limiter of [undefined, FORGETFUL]) {
    const server = await start({ limiter, persist: true });
    const check = await across(server, async () => {
      await server.kill();
      await server.restart();
    });
    if (limiter) note(await caught('forgetful limiter', check));
    else await check();
    await server.stop();
  }
}, { timeout: 90_000 });

test('killed in the middle of a burst, the limiter has not forgotten what it answered (G2)', async () => {
  const server = await start({ persist: true });
  const ip = freshIp();
  const calls = Array.from({ length: 200 }, () => logIn(new Client(server, { ip }), { email: freshEmail(), password: 'wrong password' }, { timeout: 4_000 }).catch(() => undefined));
  // While the first of them are being hashed.
  while (server.lines('login').filter((line) => line.hash === 1).length < 3) await sleep(5);
  await server.kill();
  const before = tally(await Promise.all(calls));
  await server.restart();
  const after = (await wrongLogins(server, 100, { ip, email: () => freshEmail() })).counts;
  note(`before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`);
  assert.ok((before[401] ?? 0) + (after[401] ?? 0) <= PER_IP, 'never more than the limit');
  if (before[429]) assert.equal(after[401] ?? 0, 0, 'a key that was blocked stays blocked');
  await server.stop();
}, { timeout: 60_000 });

test('limiter out of reach: refused with 503, never unlimited (G5)', async () => {
  const server = await start({ seeded: false, limiter: "export class LimiterObject { async fetch() { throw new Error('down'); } }" });
  const client = new Client(server);
  for (const path of ['login', 'signup', 'email/verify', 'portal/logout', 'portal/sessions-refresh']) {
    const reply = await client.post(`${CA}/${path}`, { email: freshEmail(), password: 'wrong password', displayName: 'x', token: 'x', tenantId: '0190f5fe-7c00-7a00-8000-000000000001' });
    isProblem(reply, 503);
    assert.match(reply.headers['x-portcullis-operations'], /hash=0/);
  }
  assert.equal((await client.get('/api/health')).status, 503);
  isOk(await client.get('/.well-known/jwks.json'));
  await server.stop();
});

test('limits can be switched off in development, and production refuses to start so', async () => {
  const off = await start({ vars: { RATE_LIMIT_ENABLED: 'false' } });
  exactly(await wrongLogins(off, 30, {}), 30, 0);
  await off.stop();
  const production = await start({ vars: { ...RAISED, ENVIRONMENT: 'production', RATE_LIMIT_ENABLED: 'false', MAIL_API_KEY: 'x' }, seeded: false });
  const reply = await new Client(production).get('/api/health');
  assert.equal(reply.status, 503);
  assert.ok(!reply.text.includes('RATE_LIMIT'), 'what is wrong is not shown in production');
  await production.stop();
});
