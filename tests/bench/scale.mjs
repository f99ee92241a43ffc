// Whether what a request reads depends on how many people there are.
//
//   node tests/bench/scale.mjs [--users=100000] [--sessions=3] [--small=1000]
//
// Two databases, a small one and a large one, filled through SQLite itself; in each the same requests, with D1's own
// count of the rows read. The large one must not read more: an index was used for everything, and nothing was counted by hand.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Client } from '../e2e/harness/client.mjs';
import { migrate } from '../e2e/harness/migrations.mjs';
import { SEED_PASSWORD } from '../e2e/harness/people.mjs';
import { RAISED, vars as settings } from '../e2e/harness/secrets.mjs';
import { COLUMNS, accessToken, person, seedOf } from './people.mjs';
import { table } from './table.mjs';
import { ours, script } from './workerd.mjs';

const option = (name, otherwise) => Number(process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise);
const sizes = [option('small', 1_000), option('users', 100_000)];
const sessions = option('sessions', 3);
const vars = settings(RAISED);
const startedAt = performance.now();
const say = (line) => console.log(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${line}`);
const CA = '/api/customer_accounts';
/** A search counts each of its words to 10,000 and looks at as many candidates, then says that there are more: bounded,
 *  not constant. These hold words that everybody has (an address those of its domain). */
const COMMON = ['admin list, by address', 'admin list, search for all'];
const BOUND = 150_000;

/** A recording Worker on files that stay. */
const server = async (folder) => {
  const worker = await ours('build/worker', vars, { entry: script('recorder.js'), folder }).up();
  await migrate(await worker.db);
  return worker;
};

/** Everybody, through SQLite itself, triggers and all. Whom the requests will be about is given back. */
function fill(folder, users, place) {
  const home = join(folder, 'd1', 'miniflare-D1DatabaseObject');
  const file = readdirSync(home).map((name) => join(home, name)).filter((name) => name.endsWith('.sqlite') && !name.endsWith('metadata.sqlite'))[0];
  const db = new DatabaseSync(file);
  db.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; PRAGMA temp_store = MEMORY');
  const inserts = Object.entries(COLUMNS).map(([name, columns]) => [name, db.prepare(`INSERT INTO ${name} (${columns}) VALUES (${columns.map(() => '?')})`)]);
  const asked = new Set([0, 1, users >> 1, users - 1]);
  const kept = [];
  db.exec('BEGIN');
  for (let n = 0; n < users; n += 1) {
    const one = person(n, { ...place, sessions });
    for (const [name, insert] of inserts) for (const row of one.rows[name]) insert.run(...row);
    if (asked.has(n)) kept.push({ id: one.id, email: one.email, token: one.token, session: one.session, n });
    if (n > 0 && n % 100_000 === 0) {
      db.exec('COMMIT; BEGIN');
      say(`${n.toLocaleString('en')} people`);
    }
  }
  db.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
  return { people: kept, megabytes: statSync(file).size / 1e6 };
}

async function measure(users) {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-scale-'));
  let worker;
  try {
    worker = await server(folder);
    const place = await seedOf(worker, vars);
    await worker.down();
    const since = performance.now();
    const { people, megabytes } = fill(folder, users, place);
    say(`${users.toLocaleString('en')} people with ${(users * sessions).toLocaleString('en')} sessions loaded in ${((performance.now() - since) / 60_000).toFixed(1)} min, ${megabytes.toFixed(0)} MB`);
    worker = await server(folder);
    return await ask(worker, place, people);
  } finally {
    await worker?.down();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rows read by each route's statements, for each of the people: `login` → [[rows a batch, …], …]. */
async function ask(worker, place, people) {
  const reads = {};
  const record = async (name, call) => {
    await fetch(`${worker.url}/recorded`);
    const since = performance.now();
    const reply = await call();
    const took = performance.now() - since;
    if (reply.status !== 200) throw new Error(`${name} answered ${reply.status}: ${reply.text}`);
    const batches = await (await fetch(`${worker.url}/recorded`)).json();
    (reads[name] ??= []).push({ rows: batches.flat().reduce((sum, one) => sum + one.read, 0), batches: batches.length, took });
  };
  const { tenantId, organizationId } = place;
  for (const one of people) {
    const client = new Client(worker, { headers: { host: 'id.example.com' } });
    const authorized = { headers: { authorization: `Bearer ${accessToken(one, place)}` }, keep: false };
    const refresh = { headers: { cookie: `customer_session_token=${one.token}` }, keep: false };
    // The first answer of a place fills KV.
    await client.post(`${CA}/portal/sessions-refresh`, undefined, refresh);
    await record('refresh', () => client.post(`${CA}/portal/sessions-refresh`, undefined, refresh));
    await record('feature-check', () => client.post(`${CA}/portal/feature-check`, { features: ['portal.account.manage'] }, authorized));
    await record('profile', () => client.get(`${CA}/portal/profile`, authorized));
    await record('sessions', () => client.get(`${CA}/portal/sessions`, authorized));
    await record('login', () => client.post(`${CA}/login`, { email: one.email, password: SEED_PASSWORD, tenantId, organizationId }, { keep: false }));
  }
  const staff = new Client(worker, { headers: { host: 'id.example.com' } });
  const reply = await staff.post('/api/auth/login', { email: 'admin@acme.com', password: SEED_PASSWORD });
  if (reply.status !== 200) throw new Error(`staff login answered ${reply.status}: ${reply.text}`);
  const list = (name, query) => record(`admin list, ${name}`, () => staff.get(`${CA}/admin/users${query}`));
  for (const one of people) {
    await list('first page', '?pageSize=25');
    await list('tenth page', '?pageSize=25&page=10');
    await list('search for one', `?search=n${one.n}x`);
    await list('by address', `?search=${encodeURIComponent(one.email)}`);
    await list('search for all', '?search=benno');
  }
  return reads;
}

const [small, large] = [await measure(sizes[0]), await measure(sizes[1])];
const title = (n) => n.toLocaleString('en');
const rows = [['', `rows read of ${title(sizes[0])}`, `of ${title(sizes[1])}`, 'round trips', `ms of ${title(sizes[0])}`, `ms of ${title(sizes[1])}`, '']];
let failed = false;
for (const name of Object.keys(small)) {
  const [a, b] = [small, large].map((reads) => reads[name].map(({ rows: n }) => n).sort((x, y) => x - y));
  const took = [small, large].map((reads) => Math.min(...reads[name].map((one) => one.took)).toFixed(1));
  const bounded = COMMON.includes(name);
  const same = bounded ? b.at(-1) <= BOUND : b.every((n, at) => n <= a[at]);
  failed ||= !same;
  const range = (list) => (list[0] === list.at(-1) ? String(list[0]) : `${list[0]}-${list.at(-1)}`);
  rows.push([name, range(a), range(b), Math.max(...small[name].map((one) => one.batches)), ...took, same ? (bounded ? 'bounded' : a.join() === b.join() ? 'same' : 'no more') : 'MORE']);
}
console.log(`\n${table(rows)}\n`);
say(failed ? 'something reads more where more people are' : 'what is read does not depend on how many people there are');
process.exit(failed ? 1 : 0);
