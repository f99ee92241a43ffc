// The audit trail on D1: who may do what as the matrix has it, the trail as a table in pieces, and the command that
// verifies it, against a database that somebody else has in hand.
import { execFile } from 'node:child_process';
import http from 'node:http';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, isOk } from '../harness/check.mjs';
import { Client } from '../harness/client.mjs';
import { CA, SEEDED, SEED_PASSWORD, logIn, signedIn } from '../harness/people.mjs';
import { filled, routes } from '../harness/routes.mjs';
import { after, note, test } from '../harness/runner.mjs';
import { RAISED } from '../harness/secrets.mjs';
import { start } from '../harness/server.mjs';

const server = await start({ vars: RAISED });
const staff = async (email) => {
  const client = new Client(server);
  client.bearer = isOk(await client.post('/api/auth/login', { email, password: SEED_PASSWORD })).token;
  return client;
};

/** `{route: {persona: status}}` of the native tests' golden file, which is reviewed like code. */
function golden() {
  const [head, ...lines] = readFileSync(new URL('../../native/golden/authorization.txt', import.meta.url), 'utf8').trim().split('\n');
  const names = head.trim().split(/\s+/).slice(1);
  return Object.fromEntries(lines.map((line) => line.trim().split(/\s+/)).map(([route, ...cells]) => [route, Object.fromEntries(names.map((name, n) => [name, Number(cells[n])]))]));
}

test('the authorization matrix holds on workerd: every route as nobody, two customers and three of staff (D2)', async () => {
  const people = {
    nobody: new Client(server),
    'c.admin': await signedIn(server, { email: SEEDED.admin }),
    'c.viewer': await signedIn(server, { email: SEEDED.viewer }),
    's.super': await staff('superadmin@acme.com'),
    's.admin': await staff('admin@acme.com'),
    's.employ': await staff('employee@acme.com'),
  };
  const expected = golden();
  // What ends the session that asks, and what is there for anybody.
  const wanted = routes().filter((route) => !['Public', 'Development'].includes(route.guard) && !/password|logout|revoke_other/.test(route.name) && route.name !== 'update_staff_profile');
  let cells = 0;
  const wrong = [];
  for (const route of wanted) {
    for (const [name, client] of Object.entries(people)) {
      const options = { headers: client.bearer ? { authorization: `Bearer ${client.bearer}` } : {} };
      if (route.takesBody) options.json = {};
      const reply = await client.request(route.method, filled(route.path), options);
      const due = expected[route.name]?.[name];
      const refused = (status) => (status === 401 || status === 403 ? status : 'let in');
      // Whoever is let in asks for what does not exist, which is no matter of rights, but a handler may still refuse.
      const fits = refused(due) === 'let in' ? reply.status !== 401 && reply.status < 500 : reply.status === due;
      if (!fits) wrong.push(`${route.name} as ${name}: ${reply.status} where ${due} was due: ${reply.text.slice(0, 200)}`);
      cells += 1;
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(cells > 300, `only ${cells} cells`);
  note(`${cells} cells of ${wanted.length} routes`);
}, { timeout: 120_000 });

/** Rows as a busy tenant has them. */
async function fill(rows) {
  const { tenantId, organizationId } = server.place;
  const first = (await server.row('SELECT COALESCE(MAX(seq), 0) AS n FROM audit_log WHERE tenant_id = ?', tenantId)).n;
  for (let from = 0; from < rows; from += 10_000) {
    await server.db
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
         INSERT INTO audit_log (id, seq, at, realm, tenant_id, organization_id, actor_kind, actor_id, action, outcome, target_kind, target_id, detail, ip_address, user_agent, request_id, mac)
         SELECT printf('0190f5fe-7c00-7a00-8000-%012d', i), ?3 + i, 1795236462123 + i * 1000, 'customer', ?4, ?5, 'customer', 'somebody', 'login.success', 'success', 'user', 'someone-' || i,
         '{"session":"a session with a name of usual length"}', '203.0.113.7', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'r' || i, 'x' FROM n`,
      )
      .bind(from + 1, Math.min(rows, from + 10_000), first, tenantId, organizationId)
      .run();
  }
}

const residentKiB = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);

test('50,000 rows of the trail leave as a table in pieces, and the isolate does not grow with them', async () => {
  const owner = await staff('admin@acme.com');
  await fill(50_000);
  const before = residentKiB(server.process.pid);
  let most = before;
  const url = new URL('/api/audit/logs.csv?action=login', server.url);
  const seen = await new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const asked = http.get(url, { headers: { authorization: `Bearer ${owner.bearer}`, 'cf-connecting-ip': '203.0.113.9' }, timeout: 60_000 }, (reply) => {
      const found = { status: reply.statusCode, first: performance.now() - startedAt, bytes: 0, lines: 0 };
      reply.on('data', (chunk) => {
        found.bytes += chunk.length;
        for (const byte of chunk) if (byte === 10) found.lines += 1;
        most = Math.max(most, residentKiB(server.process.pid));
      });
      reply.on('end', () => resolve({ ...found, all: performance.now() - startedAt }));
      reply.on('error', reject);
    });
    asked.on('error', reject);
  });
  assert.equal(seen.status, 200);
  const rows = await server.count("SELECT count(*) FROM audit_log WHERE tenant_id = ? AND (action = 'login' OR action LIKE 'login.%')", server.place.tenantId);
  assert.equal(seen.lines, rows + 1, 'a head and every row');
  assert.ok(seen.first < seen.all / 3, `the first byte came after ${seen.first.toFixed(0)} ms of ${seen.all.toFixed(0)} ms`);
  const grown = (most - before) / 1024;
  // Miniflare's D1 lives in the same process, so the bound is generous: a body held whole would be in memory several times.
  assert.ok(grown < 96, `workerd grew by ${grown.toFixed(0)} MiB for ${(seen.bytes / 1e6).toFixed(0)} MB`);
  note(`${seen.lines - 1} rows, ${(seen.bytes / 1e6).toFixed(1)} MB in ${(seen.all / 1000).toFixed(1)} s, first byte after ${seen.first.toFixed(0)} ms, workerd grew by ${grown.toFixed(0)} MiB`);
}, { timeout: 120_000 });

/** Runs the command as an operator does. */
function verify(args, env = {}) {
  const script = new URL('../../../scripts/verify-audit.mjs', import.meta.url).pathname;
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { env: { ...process.env, ...env }, timeout: 60_000 }, (error, stdout, stderr) => resolve({ status: error ? error.code : 0, said: stdout + stderr }));
  });
}

test('the command names a changed byte, a dropped row and a truncated tail, also when the seals are cut as well (I2)', async () => {
  const own = await start({ vars: RAISED });
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-heads-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  // A token: signing in would add a row, which takes the number of one that was cut off.
  const { token } = isOk(await new Client(own).post('/api/auth/login', { email: 'admin@acme.com', password: SEED_PASSWORD }));
  const command = () => verify(['--remote', own.url], { HEADS: join(folder, 'heads.json'), PORTCULLIS_TOKEN: token });
  for (let n = 0; n < 6; n += 1) await logIn(new Client(own), { email: SEEDED.buyer, password: n % 2 ? SEED_PASSWORD : 'wrong password' });
  await own.cron();
  let ran = await command();
  assert.equal(ran.status, 0, ran.said);
  assert.match(ran.said, /sound/);
  const tenant = own.place.tenantId;
  for (const trigger of ['audit_log_is_append_only_update', 'audit_log_is_append_only_delete', 'audit_seals_are_append_only_update', 'audit_seals_are_append_only_delete']) await own.db.prepare(`DROP TRIGGER ${trigger}`).run();

  await own.db.prepare("UPDATE audit_log SET ip_address = ip_address || '1' WHERE tenant_id = ? AND seq = 3").bind(tenant).run();
  ran = await command();
  assert.equal(ran.status, 1, ran.said);
  assert.match(ran.said, /changed rows: 3\b/);
  await own.db.prepare('UPDATE audit_log SET ip_address = substr(ip_address, 1, length(ip_address) - 1) WHERE tenant_id = ? AND seq = 3').bind(tenant).run();
  assert.equal((await command()).status, 0, 'put back');

  await own.db.prepare('DELETE FROM audit_log WHERE tenant_id = ? AND seq = 4').bind(tenant).run();
  ran = await command();
  assert.equal(ran.status, 1, ran.said);
  assert.match(ran.said, /missing rows: 4\b/);

  const head = await own.count('SELECT max(last_seq) FROM audit_seals WHERE tenant_id = ?', tenant);
  await own.db.prepare('DELETE FROM audit_log WHERE tenant_id = ? AND seq >= ?').bind(tenant, head - 1).run();
  ran = await command();
  assert.match(ran.said, new RegExp(`missing rows: .*${head - 1}`));
  await own.db.prepare('DELETE FROM audit_log WHERE tenant_id = ?').bind(tenant).run();
  await own.db.prepare('DELETE FROM audit_seals WHERE tenant_id = ?').bind(tenant).run();
  ran = await command();
  assert.equal(ran.status, 1, ran.said);
  assert.match(ran.said, /cut back/);
}, { timeout: 180_000 });

test('the command says so when it could not verify', async () => {
  assert.equal((await verify([])).status, 2);
  assert.equal((await verify(['--remote', server.url], { PORTCULLIS_EMAIL: 'admin@acme.com', PORTCULLIS_PASSWORD: 'wrong password' })).status, 2);
  assert.equal((await verify(['--remote', 'http://127.0.0.1:9'], { PORTCULLIS_TOKEN: 'a.b.c' })).status, 2);
});
