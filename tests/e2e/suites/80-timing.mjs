// Whether an address has an account does not show: not in an answer, and not in its time. (A5)
import { assert, caught, isOk, isProblem } from '../harness/check.mjs';
import { Client } from '../harness/client.mjs';
import { crowd } from '../harness/crowd.mjs';
import { CA, PASSWORD, freshEmail, logIn, mailsSettled, member, signUp } from '../harness/people.mjs';
import { random } from '../harness/random.mjs';
import { note, size, test } from '../harness/runner.mjs';
import { RAISED } from '../harness/secrets.mjs';
import { start } from '../harness/server.mjs';
import { describe, trimmed, welch } from '../harness/stats.mjs';

const LIMIT = 4.5;
/** The first rounds of a sample are its warm-up. */
const WARM_UP = 5;

/** Nobody has it. Always the same, as everybody else's is: the first request for any address makes its limiter, which takes a millisecond. */
const STRANGER = freshEmail();

/** An account in every state that a sign-in can find; `right` says that the right password is given. */
async function everybody(server) {
  const set = (email, columns) => server.db.prepare(`UPDATE customer_users SET ${columns} WHERE email = ?`).bind(email).run();
  const [wrong, locked, inactive, unverified] = [(await member(server)).email, (await member(server)).email, (await member(server)).email, freshEmail()];
  await set(locked, `locked_until = ${Date.now() + 86_400_000}, failed_login_attempts = 5`);
  await set(inactive, 'is_active = 0');
  assert.equal((await signUp(new Client(server), { email: unverified })).status, 202);
  await mailsSettled(server);
  return { unknown: () => STRANGER, 'wrong password': () => wrong, locked: () => locked, inactive: () => inactive, unverified: () => unverified, reset: () => set(wrong, 'failed_login_attempts = 0, locked_until = NULL') };
}

const masked = (reply) => ({
  status: reply.status,
  body: { ...reply.json, requestId: '' },
  headers: Object.fromEntries(Object.entries(reply.headers).map(([name, value]) => [name, /^(x-request-id|date|x-ratelimit-(remaining|reset))$/.test(name) ? '' : value])),
  order: reply.rawHeaders.filter((_, i) => i % 2 === 0),
  cookies: reply.cookies,
});

test('every way a sign-in fails looks the same: status, headers, body, and operations (A5)', async () => {
  const server = await start({ vars: RAISED });
  const people = await everybody(server);
  const answers = {};
  for (const [state, password] of [['unknown', 'x'], ['wrong password', 'x'], ['locked', 'x'], ['locked', PASSWORD], ['inactive', 'x'], ['inactive', PASSWORD], ['unverified', 'x'], ['unverified', PASSWORD]]) {
    const reply = await logIn(new Client(server), { email: people[state](), password });
    isProblem(reply, 401, 'Invalid email or password');
    answers[`${state}, ${password === 'x' ? 'wrong' : 'right'}`] = masked(reply);
    assert.match(reply.headers['x-portcullis-operations'], /hash=1/, 'one hash computed');
  }
  const [first, ...others] = Object.entries(answers);
  for (const [state, answer] of others) assert.deepEqual(answer, first[1], state);
  await server.stop();
});

test('sign-up looks the same for a fresh, an unverified and a verified address (product 1)', async () => {
  const server = await start({ vars: RAISED });
  const known = (await member(server)).email;
  const [fresh, pending] = [freshEmail(), freshEmail()];
  await signUp(new Client(server), { email: pending });
  const mark = server.logs.length;
  const answers = [];
  for (const email of [fresh, fresh, pending, known, known]) {
    const reply = await signUp(new Client(server), { email });
    assert.equal(reply.status, 202);
    answers.push({ ...masked(reply) });
  }
  for (const answer of answers) assert.deepEqual(answer, answers[0]);
  assert.deepEqual([...new Set(server.lines('signup', mark).map((line) => [line.d1, line.hash].join()))].length, 1, 'the same operations');
  await server.stop();
});

/** Interleaved in random order, so that what slows the machine down slows all of them down. */
async function sample(rounds, states, call, before = async () => {}) {
  const rng = random(Date.now());
  const times = Object.fromEntries(states.map((state) => [state, []]));
  for (let round = -WARM_UP; round < rounds; round += 1) {
    await before();
    for (const state of rng.shuffle(states)) {
      const ms = await call(state);
      if (round >= 0) times[state].push(ms);
    }
  }
  return times;
}

function compare(times, reference) {
  const found = {};
  for (const [state, list] of Object.entries(times)) {
    if (state === reference) continue;
    const [a, b] = trimmed(list, times[reference]);
    found[state] = { t: welch(a, b), all: welch(list, times[reference]), ms: describe(a).mean - describe(b).mean };
  }
  note(`${reference}: ${describe(times[reference]).mean.toFixed(2)} ms`);
  for (const [state, { t, all, ms }] of Object.entries(found)) note(`${state}: ${ms >= 0 ? '+' : ''}${ms.toFixed(2)} ms, t = ${t.toFixed(2)} (with every pause ${all.toFixed(2)})`);
  return found;
}

async function loginTimes(server, rounds, states) {
  const people = await everybody(server);
  const client = new Client(server);
  const times = await sample(rounds, states, async (state) => {
    const reply = await logIn(client, { email: people[state](), password: 'wrong password' });
    assert.equal(reply.status, 401, reply.text);
    return reply.ms;
  }, people.reset);
  within(compare(times, 'wrong password'));
}

const STATES = ['wrong password', 'unknown', 'locked', 'inactive', 'unverified'];

test(`login takes the same time for known and unknown: Welch |t| < ${LIMIT} over ${size(300, 1000)} interleaved pairs (A5)`, async () => {
  const server = await start({ vars: RAISED });
  await loginTimes(server, size(300, 1000), ['wrong password', 'unknown']);
  await server.stop();
}, { timeout: size(300_000, 900_000) });

test(`… and for locked, inactive and unverified ones, over ${size(60, 1000)} rounds (A5)`, async () => {
  const server = await start({ vars: RAISED });
  await loginTimes(server, size(60, 1000), STATES);
  await server.stop();
}, { timeout: size(300_000, 1_800_000) });

/** People of whom some brought the hashes of another system, and one who is nobody. */
async function movedIn(server, cost) {
  const hashes = {
    bcrypt: `$2b$${cost}$jZySffCaxZFxELTktyVjJudxPRJpvZBfIKleTj1AEZmxepufdim1K`,
    'cheaper bcrypt': '$2b$05$jZySffCaxZFxELTktyVjJudxPRJpvZBfIKleTj1AEZmxepufdim1K',
    pbkdf2: '$pbkdf2-sha256$5000$4zwnpLTWWqu1di7FWCtFSA$CVf76Vh/wYuVi2ulEm2Z9v2K214WAno6rE3rJu34tXo',
    scrypt: '$scrypt$ln=11,r=8,p=1$5JxTSonxnpOS0hqj9B5jrA$TGYS87MUYtuQdVpE1p7cveab74LK8dwqydrCtQdQ4J4',
  };
  const emails = Object.fromEntries(Object.keys(hashes).map((state) => [state, freshEmail()]));
  const staff = new Client(server);
  isOk(await staff.post('/api/auth/login', { email: 'superadmin@acme.com', password: 'Portcullis-dev-1' }));
  const run = isOk(await staff.post(`${CA}/admin/imports`, { source: 'timing' }), 201).import;
  const lines = Object.entries(hashes).map(([state, passwordHash]) => JSON.stringify({ email: emails[state], emailVerified: true, passwordHash })).join('\n');
  assert.equal(isOk(await staff.post(`${CA}/admin/imports/${run.id}/lines`, { from: 1, lines })).import.created, Object.keys(hashes).length);
  const own = (await member(server)).email;
  const reset = () => server.db.prepare('UPDATE customer_users SET failed_login_attempts = 0, locked_until = NULL WHERE failed_login_attempts > 0').run();
  return { email: (state) => (state === 'unknown' ? STRANGER : emails[state] ?? own), states: ['unknown', 'our own', ...Object.keys(hashes)], reset };
}

async function movedTimes(server, rounds, cost = '07') {
  const { email, states, reset } = await movedIn(server, cost);
  const client = new Client(server);
  const times = await sample(rounds, states, async (state) => {
    const reply = await logIn(client, { email: email(state), password: 'wrong password' });
    assert.equal(reply.status, 401, reply.text);
    return reply.ms;
  }, reset);
  within(compare(times, 'unknown'));
}

test(`where people brought hashes of three schemes, a login takes the same time for each of them, for our own and for nobody: Welch |t| < ${LIMIT} over ${size(40, 1000)} rounds (A5)`, async () => {
  const server = await start({ vars: RAISED });
  await movedTimes(server, size(40, 1000));
  await server.stop();
}, { timeout: size(300_000, 2_400_000) });

test('… and a login that does each person\'s own scheme and no other is caught (A5 twin)', async () => {
  const server = await start({ vars: RAISED, twin: 'login-own-scheme-only' });
  // Dear enough that twelve rounds tell, on whatever machine: 4 ms of some 50 did not always.
  note(await caught('login-own-scheme-only', () => movedTimes(server, 12, '10')));
  await server.stop();
}, { timeout: 120_000 });

/** A route that mails something: every address is asked for once, so that nothing but its account makes a difference. */
async function mailTimes(server, rounds, states, call, between = async () => {}) {
  const people = await crowd(server, rounds + WARM_UP);
  const client = new Client(server);
  const times = await sample(rounds, states, async (state) => {
    const reply = await call(client, people[state]());
    // What follows the answer must not slow down whoever is asked for next.
    await mailsSettled(server, { every: 5 });
    await between(client);
    return reply.ms;
  });
  return compare(times, 'unknown');
}

function within(found) {
  assert.deepEqual(Object.entries(found).filter(([, { t }]) => Math.abs(t) >= LIMIT).map(([state, { t }]) => `${state}: t = ${t.toFixed(1)}`), []);
}

async function linkTimes(server, route, rounds) {
  const ask = async (client, email) => {
    const reply = await client.post(`${CA}/${route}`, { email, tenantId: server.place.tenantId });
    isOk(reply);
    return reply;
  };
  // Each comes after one for nobody: what sending a mail left in caches weighs on neither.
  const found = await mailTimes(server, rounds, ['verified', 'unknown'], ask, (client) => ask(client, freshEmail()));
  // Otherwise both were nobody, and the comparison says nothing.
  assert.equal(await server.count('SELECT count(*) FROM development_inbox'), rounds + WARM_UP, 'every known one got a mail');
  within(found);
}

for (const route of ['password/reset-request', 'magic-link/request']) {
  test(`${route} takes the same time for known and unknown: Welch |t| < ${LIMIT} over ${size(300, 1000)} interleaved pairs (A5)`, async () => {
    const server = await start({ vars: RAISED });
    await linkTimes(server, route, size(300, 1000));
    await server.stop();
  }, { timeout: size(240_000, 900_000) });
}

async function signUpTimes(server, rounds, states) {
  const found = await mailTimes(server, rounds, states, async (client, email) => {
    const reply = await signUp(client, { email });
    isOk(reply, 202);
    return reply;
  });
  within(found);
}

test(`sign-up takes the same time for verified, unverified and unknown: Welch |t| < ${LIMIT} over ${size(300, 1000)} interleaved rounds (A5)`, async () => {
  const server = await start({ vars: RAISED });
  const rounds = size(300, 1000);
  await signUpTimes(server, rounds, ['verified', 'unverified', 'unknown']);
  // Each was what it was meant to be.
  const done = await server.rows("SELECT action, json_extract(detail, '$.mail') AS mail, count(*) AS n FROM audit_log WHERE action IN ('user.created', 'signup.repeated') AND actor_kind = 'anonymous' GROUP BY 1, 2 ORDER BY 2");
  assert.deepEqual(done.map(({ action, mail, n }) => [action, mail, n]), [
    ['user.created', null, rounds + WARM_UP], ['signup.repeated', 'existing_account', rounds + WARM_UP], ['signup.repeated', 'verification', rounds + WARM_UP],
  ]);
  await server.stop();
}, { timeout: size(300_000, 1_200_000) });

test('… and a login that returns early when nobody is there is caught (A5 twin)', async () => {
  const server = await start({ vars: RAISED, twin: 'login-early-return' });
  note(await caught('login-early-return', () => loginTimes(server, 40, ['wrong password', 'unknown'])));
  await server.stop();
}, { timeout: 120_000 });

test('… and a sign-up that returns early when there is an account is caught (A5 twin)', async () => {
  const server = await start({ vars: RAISED, twin: 'signup-early-return' });
  note(await caught('signup-early-return', () => signUpTimes(server, 40, ['verified', 'unknown'])));
  await server.stop();
}, { timeout: 120_000 });
