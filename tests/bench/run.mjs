// How fast Portcullis is, beside what the machine allows and what a Worker by hand would do.
//
//   node tests/bench/run.mjs [--seconds=2] [--rounds=5] [--only=jwks,refresh] [--against=folder of another build]
//
// Contenders take turns within each round, so that whatever else the machine does meets them all; figures are medians
// of the rounds. Aims are ratios. Below one the exit code stays 0: a busy machine must not fail a build.
import { cpus } from 'node:os';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { KEY, RAISED, vars as settings } from '../e2e/harness/secrets.mjs';
import { migrate } from '../e2e/harness/migrations.mjs';
import { coldStart } from './cold.mjs';
import { CONNECTIONS, request, run, source } from './load.mjs';
import { insert, person, seedOf } from './people.mjs';
import { CHECK, scenarios, send } from './scenarios.mjs';
import { median, table, whole } from './table.mjs';
import { Workerd, ours, script, storage } from './workerd.mjs';

const option = (name, otherwise) => process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise;
const rounds = Number(option('rounds', 5));
const seconds = Number(option('seconds', 2));
const only = option('only')?.split(',');
const against = option('against');
const build = option('build', 'build/worker');
const PEOPLE = 2_000;

const startedAt = performance.now();
const say = (line) => console.log(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${line}`);
const vars = settings(RAISED);
const running = [];
const start = async (worker) => {
  running.push(await worker.up());
  return worker;
};

/** A server with people in it; the same people everywhere, so that one list of requests fits all. */
let people;
let place;
async function peopled(worker) {
  const db = await worker.db;
  await migrate(db);
  if (!place) {
    place = await seedOf(worker, vars);
    people = Array.from({ length: PEOPLE }, (_, n) => person(n, place));
  } else {
    await copyPlace(running[0], worker);
  }
  await insert(db, people);
  // What people were made of is no news: the requests were signed before the later servers had them.
  await db.prepare('DELETE FROM revocations').run();
  // An app behind a proxy, whose rules every request for it is held to.
  const app = '0190f5fe-7c00-7a00-8000-0000000000b0';
  const rules = JSON.stringify([{ path: '/public/**', access: 'public' }, { path: '/orders/**', access: 'features', match: 'all', features: ['portal.orders.view'] }]);
  await db.batch([
    db.prepare(`INSERT INTO apps (id, tenant_id, name, audience, features_json, customers, created_at) VALUES (?, ?, 'Shop', 'shop', '["portal.*"]', 1, 1)`).bind(app, place.tenantId),
    db.prepare("INSERT INTO app_hosts (host, app_id) VALUES ('shop.example.com', ?)").bind(app),
    db.prepare("INSERT INTO app_rules (app_id, version, realm, login_slug, rules_json, created_at) VALUES (?, 1, 'customer', 'acme', ?, 1)").bind(app, rules),
  ]);
  return worker;
}

/** The seeded tenant, organization and roles, as the first server has them. */
async function copyPlace(from, to) {
  const [source, target] = [await from.db, await to.db];
  for (const name of ['tenants', 'organizations', 'customer_roles', 'customer_role_acls']) {
    const { results } = await source.prepare(`SELECT * FROM ${name}`).all();
    for (const row of results) {
      const columns = Object.keys(row);
      await target.prepare(`INSERT INTO ${name} (${columns}) VALUES (${columns.map(() => '?')})`).bind(...Object.values(row)).run();
    }
  }
}

async function main() {
  say(`${cpus().length} cores, load from ${source} over ${CONNECTIONS} connections, ${rounds} rounds of ${seconds} s each`);
  const worker = await peopled(await start(ours(build, vars)));
  const recorder = await peopled(await start(ours(build, vars, { entry: script('recorder.js') })));
  const all = scenarios({ people, place });

  // What the Worker asks of D1, for the reference to ask the same.
  const recorded = async (name) => {
    // Warm: the first request of all asks for the keys.
    await send(recorder.url, all[name].requests[1]);
    await fetch(`${recorder.url}/recorded`);
    await CHECK[name](await send(recorder.url, all[name].requests[0]));
    return (await (await fetch(`${recorder.url}/recorded`)).json()).map((batch) => batch.map(({ sql }) => sql));
  };
  const [[featureCheck], [refresh]] = [await recorded('feature-check'), await recorded('refresh')];
  await recorder.down();
  const reference = await peopled(
    await start(
      new Workerd([script('reference.js')], { bindings: { ...vars, KID: KEY.kid, STATEMENTS: { featureCheck, refresh } }, objects: { LIMITER: 'LimiterObject' } }),
    ),
  );
  const pong = await start(new Workerd([script('pong.js')], { d1: false }));
  const hash = await start(ours(build, vars, { entry: script('hash.js') }));
  const other = against && (await peopled(await start(ours(against, vars))));

  // The same answers, or the comparison says nothing.
  const operations = {};
  for (const [name, { requests }] of Object.entries(all)) {
    const reply = await send(worker.url, requests[0]);
    CHECK[name](reply);
    // The second of its kind, which finds the caches warm.
    operations[name] = (await send(worker.url, requests[1])).headers['x-portcullis-operations'] ?? '';
    if (!all[name].reference) continue;
    const same = await send(reference.url, requests[0]);
    CHECK[name](same);
    const [want, have] = [reply, same].map(({ headers }) => Object.keys(headers).sort().join());
    if (want !== have) throw new Error(`${name}: the reference answers with other headers:\n${want}\n${have}`);
    if (reply.text !== same.text) throw new Error(`${name}: the reference answers otherwise:\n${reply.text}\n${same.text}`);
  }
  say('the reference Worker answers alike');

  const contenders = Object.entries(all)
    .filter(([name]) => !only || only.includes(name))
    .flatMap(([name, { requests, reference: compared, base, spent }]) => [
      ...(base === 'pong' ? [{ name: 'pong', worker: pong, requests }] : []),
      ...(base === 'hash' ? [{ name: 'the hash alone', worker: hash, requests: [request('POST', '/', {}, JSON.stringify({ op: 'verify', password: 'Portcullis-dev-1', phc: place.phc }))] }] : []),
      { name, worker, requests, spent },
      ...(other ? [{ name: `${name}, other build`, worker: other, requests, spent }] : []),
      ...(compared ? [{ name: `${name}, JS by hand`, worker: reference, requests }] : []),
    ])
    .map((one) => ({ ...one, runs: [], offset: 2 }));

  // The first load compiles what is hot.
  for (const one of contenders) await load(one, 1);
  for (const one of contenders) one.runs = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const one of contenders) await load(one, seconds);
    say(`round ${round + 1} of ${rounds}`);
  }
  const memory = worker.memoryMiB();
  for (const one of running.splice(0)) await one.down();

  const starts = only ? undefined : {
    pong: await coldStart(() => new Workerd([script('pong.js')], { d1: false }), '/', 5),
    worker: await coldStart(() => ours(build, vars), '/.well-known/jwks.json', 5),
  };
  report(contenders, operations, all, starts, memory);
}

async function load(one, duration) {
  const before = one.worker.cpu();
  const result = await run(one.worker.url, one.requests, { seconds: duration, offset: one.offset });
  if (result.errors > 0) throw new Error(`${one.name}: ${result.errors} of ${result.requests} requests failed`);
  // Sign-ups need addresses that nobody has; the connections may have asked for a few more than were answered.
  one.offset += result.requests + CONNECTIONS * 2;
  if (one.spent && one.offset > one.requests.length) throw new Error(`${one.name}: out of prepared requests`);
  one.runs.push({ ...result, cpu: (one.worker.cpu() - before) / result.requests });
}

function report(contenders, operations, all, starts, memory) {
  const rows = [['', 'requests/s', 'p50 ms', 'p99 ms', 'CPU ms', 'D1', 'KV', 'limiter', 'hash']];
  const of = (one, key) => median(one.runs.map((result) => result[key]));
  for (const one of contenders) {
    const spent = Object.fromEntries((operations[one.name] ?? '').split(' ').filter(Boolean).map((pair) => pair.split('=')));
    rows.push([one.name, whole(of(one, 'rps')), of(one, 'p50').toFixed(2), of(one, 'p99').toFixed(2), of(one, 'cpu').toFixed(2), spent.d1, spent.kv, spent.limiter, spent.hash]);
  }
  console.log(`\n${table(rows)}\n`);

  const aims = [['aim', 'is', 'by CPU', 'of', 'rounds', '']];
  // Round by round: both halves of a ratio met the same machine.
  const ratio = (a, b, key) => a.runs.map((result, round) => (100 * result[key]) / b.runs[round][key]);
  const find = (name) => contenders.find((one) => one.name === name);
  const aim = (name, base, least) => {
    if (!find(name) || !find(base)) return;
    const each = ratio(find(name), find(base), 'rps');
    const byCpu = median(ratio(find(base), find(name), 'cpu'));
    const is = median(each);
    aims.push([`${name} >= ${least} %`, `${is.toFixed(0)} %`, `${byCpu.toFixed(0)} %`, base, each.map((n) => n.toFixed(0)).join(' '), is >= least ? 'PASS' : 'below aim']);
  };
  aim('jwks', 'pong', 70);
  aim('fast check', 'pong', 60);
  aim('forward-auth', 'pong', 40);
  aim('feature-check', 'feature-check, JS by hand', 70);
  aim('refresh', 'refresh, JS by hand', 70);
  aim('login', 'the hash alone', 75);
  for (const name of against ? Object.keys(all) : []) aim(name, `${name}, other build`, 100);
  console.log(`${table(aims)}\n`);

  const folder = new URL(build.endsWith('/') ? build : `${build}/`, new URL('../../', import.meta.url));
  const wasm = readFileSync(new URL('index_bg.wasm', folder));
  const glue = readFileSync(new URL('index.js', folder));
  const kib = (bytes) => `${Math.round(bytes.length / 1024)} KiB`;
  console.log(`Wasm                   ${kib(wasm)}, ${kib(gzipSync(wasm, { level: 9 }))} gzipped; with its JavaScript ${kib(gzipSync(Buffer.concat([wasm, glue]), { level: 9 }))} gzipped`);
  if (starts) {
    const { pong, worker } = starts;
    console.log(`cold start             first JWKS answer ${worker.total.toFixed(0)} ms after starting workerd, ${worker.first.toFixed(0)} ms of them after it listened (pong ${pong.total.toFixed(0)} and ${pong.first.toFixed(0)})`);
    console.log(`start-up CPU           ${(worker.cpu - pong.cpu).toFixed(0)} ms more than pong, until the first answer`);
  }
  console.log(`memory                 workerd held ${memory.toFixed(0)} MiB after the load`);
  console.log(`storage                files in ${storage}${storage === '/dev/shm' ? ' (memory)' : ': a disk, which then bounds every route with a limiter'}`);
  console.log(`load source            ${source}, ${CONNECTIONS} connections${source === 'node' ? ' (itself the bottleneck near pong: install wrk)' : ''}`);
  say('done');
}

try {
  await main();
} finally {
  for (const one of running) await one.down();
}
process.exit(0);
