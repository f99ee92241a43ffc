// kill -9 in the middle of sign-ups: nothing that was acknowledged is lost, nothing is half-written.
import { setTimeout as sleep } from 'node:timers/promises';
import { assert, caught, isOk } from '../harness/check.mjs';
import { Client } from '../harness/client.mjs';
import { CA, freshEmail, logIn, signUp, tokenOf, PASSWORD } from '../harness/people.mjs';
import { note, size, test } from '../harness/runner.mjs';
import { RAISED } from '../harness/secrets.mjs';
import { start } from '../harness/server.mjs';

/** Sign-ups, 24 at any time, until the server dies under them; the addresses that were told 202. */
async function signUpsUntilKilled(server, enough) {
  const acknowledged = [];
  let dead = false;
  const one = async () => {
    while (!dead) {
      const email = freshEmail('crash');
      const reply = await signUp(new Client(server), { email }, { timeout: 5_000 }).catch(() => undefined);
      if (reply) acknowledged.push([email, reply.status]);
      else if (!dead) await sleep(5);
    }
  };
  const running = Array.from({ length: 24 }, one);
  for (const until = performance.now() + 30_000; acknowledged.length < enough; await sleep(3)) {
    if (performance.now() > until) throw new Error(`${acknowledged.length} sign-ups in 30 s`);
  }
  dead = true;
  await server.kill();
  await Promise.all(running);
  assert.deepEqual([...new Set(acknowledged.map(([, status]) => status))], [202]);
  return acknowledged.map(([email]) => email);
}

/** Accounts that lack a part of what a sign-up writes, by part. */
async function halfWritten(server) {
  const parts = {
    role: 'SELECT 1 FROM customer_user_roles r WHERE r.user_id = u.id',
    token: 'SELECT 1 FROM customer_user_email_verifications v WHERE v.user_id = u.id AND v.password_hash IS NOT NULL',
    audit: "SELECT 1 FROM audit_log a WHERE a.target_id = u.id AND a.action = 'user.created'",
    event: "SELECT 1 FROM event_outbox e WHERE e.name = 'customer_accounts.user.created' AND json_extract(e.payload, '$.id') = u.id",
    mail: "SELECT 1 FROM mail_outbox m WHERE m.recipient = u.email AND m.template = 'verify_email'",
  };
  const missing = {};
  for (const [part, sql] of Object.entries(parts)) {
    missing[part] = await server.count(`SELECT count(*) FROM customer_users u WHERE u.email LIKE 'crash-%' AND NOT EXISTS (${sql})`);
  }
  // And the other way round: a part without its account.
  missing.account = await server.count("SELECT count(*) FROM mail_outbox m WHERE m.recipient LIKE 'crash-%' AND NOT EXISTS (SELECT 1 FROM customer_users u WHERE u.email = m.recipient)");
  return missing;
}

const WHOLE = { role: 0, token: 0, audit: 0, event: 0, mail: 0, account: 0 };

async function rounds(server, n) {
  let acknowledged = [];
  for (let round = 0; round < n; round += 1) {
    acknowledged = [...acknowledged, ...(await signUpsUntilKilled(server, 8 + Math.floor(Math.random() * 30)))];
    await server.restart();
    const kept = new Set((await server.rows("SELECT email FROM customer_users WHERE email LIKE 'crash-%'")).map((row) => row.email));
    assert.deepEqual(acknowledged.filter((email) => !kept.has(email)), [], 'acknowledged and lost');
    assert.deepEqual(await halfWritten(server), WHOLE, 'accounts that lack a part');
  }
  return acknowledged;
}

test('kill -9 during sign-ups: every 202 has its account, no account lacks a part (issue item 6)', async () => {
  const server = await start({ vars: RAISED, persist: true });
  const times = size(3, 20);
  const acknowledged = await rounds(server, times);
  const all = await server.count("SELECT count(*) FROM customer_users WHERE email LIKE 'crash-%'");
  note(`${times} kills, ${acknowledged.length} acknowledged, ${all} written`);
  assert.ok(acknowledged.length > times * 3, 'enough was going on');

  // Their mails too: cron sends what the killed process had claimed, once its lease is over. Each once.
  await server.db.prepare('UPDATE mail_outbox SET due_at = 0 WHERE sent_at IS NULL').run();
  for (let run = 0; run < 100 && (await server.count('SELECT count(*) FROM mail_outbox WHERE sent_at IS NULL')) > 0; run += 1) await server.cron();
  const mails = await server.rows("SELECT recipient, count(*) AS n FROM development_inbox WHERE recipient LIKE 'crash-%' GROUP BY recipient");
  assert.equal(mails.length, all);
  assert.deepEqual(mails.filter((row) => row.n !== 1), []);
  const [email] = acknowledged;
  const mail = (await new Client(server).get(`/dev/inbox.json?to=${email}`)).json[0];
  isOk(await new Client(server).post(`${CA}/email/verify`, { token: tokenOf(mail) }));
  isOk(await logIn(new Client(server), { email, password: PASSWORD }));
  await server.stop();
}, { timeout: 300_000 });

test('… and one transaction a statement is caught (twin)', async () => {
  const server = await start({ vars: RAISED, persist: true, twin: 'commit-in-pieces' });
  note(await caught('commit-in-pieces', () => rounds(server, 25)));
  await server.stop();
}, { timeout: 300_000 });
