// The running half of `make dev`: wrangler dev as a child, seeds, a minute's cron, a screen that says where to go,
// and one clean end for all of it.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters as plain } from 'node:util';

const root = new URL('..', import.meta.url).pathname;
const port = process.env.PORT ?? '8787';
const url = `http://127.0.0.1:${port}`;
const kept = process.env.DEV_STATE ?? `${root}.wrangler`;
const logFile = `${kept}/dev.log`;
/** As the screen says it. */
const logName = logFile.replace(root, '');

// Settings a person may try out from the command line, such as RATE_LIMIT_ENABLED=false make dev.
const passedOn = /^(RATE_LIMIT_\w+|(CUSTOMER|STAFF|DIRECTORY|LOGIN|LOGOUT|REFRESH|SIGNED_IN)_(\w+_)?(POINTS|DURATION))$/;
const vars = Object.entries(process.env).filter(([name]) => passedOn.test(name));

mkdirSync(kept, { recursive: true });
const log = createWriteStream(logFile);
const startedAt = performance.now();
let ready = false;
let stopping = false;

const wrangler = spawn(
  'wrangler',
  [
    'dev', '--ip', '127.0.0.1', '--port', port, '--show-interactive-dev-session=false',
    '--persist-to', `${kept}/state`,
    '--var', `APP_URL:${url}`,
    ...vars.flatMap(([name, value]) => ['--var', `${name}:${value}`]),
  ],
  // A group of its own, so that Ctrl-C does not reach wrangler before us and stopping reaches every grandchild.
  { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, CI: '1' } },
);
wrangler.on('error', (error) => fail(`wrangler did not start: ${error.message}`));
const ended = new Promise((resolve) => wrangler.on('exit', resolve));
ended.then(() => stopping || fail('wrangler dev stopped by itself'));

// Everything goes to the log; the screen gets what the Worker itself says, and rebuilds.
for (const stream of [wrangler.stdout, wrangler.stderr]) {
  createInterface({ input: stream }).on('line', (line) => {
    log.write(`${plain(line)}\n`);
    if (ready && !stopping && line.trim() && !line.startsWith('[wrangler:info]')) {
      console.log(process.stdout.isTTY ? line : plain(line));
    }
  });
}

process.on('SIGINT', () => stop(0));
process.on('SIGTERM', () => stop(0));
process.on('SIGHUP', () => stop(0));
// A killed parent (make, a test runner) sends nothing.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && stop(0), 500).unref();

await until(async () => (await get('/api/health')).headers.get('content-type')?.includes('json'));
const seed = await fetch(`${url}/dev/seed`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: '{}',
  signal: AbortSignal.timeout(30_000),
}).catch((error) => ({ ok: false, status: error.message }));
console.log(seed.ok ? 'ok   seeded' : `warn seeding answered ${seed.status}; see ${logName}`);
screen();
ready = true;

// Production fires the cron; wrangler dev leaves it to us.
setInterval(() => get('/cdn-cgi/local/scheduled?cron=*+*+*+*+*').catch(() => {}), 60_000);

function get(path) {
  return fetch(url + path, { signal: AbortSignal.timeout(10_000), redirect: 'manual' });
}

async function until(condition) {
  for (const give_up = performance.now() + 60_000; performance.now() < give_up; await sleep(100)) {
    if (await condition().catch(() => false)) return;
  }
  fail('no answer from /api/health within a minute');
  // The end is on its way; nothing after this may claim that the server runs.
  await new Promise(() => {});
}

function screen() {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`ok   serving (${seconds} s)

  Portcullis   ${url}/
  Inbox        ${url}/dev/inbox          every mail this server sends
  Health       ${url}/api/health
  Public keys  ${url}/.well-known/jwks.json

  Seeded: organization acme. Password of all: Portcullis-dev-1
    staff      superadmin@acme.com  admin@acme.com  employee@acme.com
    customers  admin@portal.acme.com (portal admin)  buyer@portal.acme.com  viewer@portal.acme.com
${vars.length ? `\n  Passed on: ${vars.map(([name, value]) => `${name}=${value}`).join(' ')}\n` : ''}
  What the Worker logs appears below; requests too in ${logName}. Ctrl-C stops.
`);
}

function fail(why) {
  if (stopping) return;
  console.error(`!!   ${why}; the end of ${logName}:`);
  log.end(() => {
    console.error(readFileSync(logFile, 'utf8').split('\n').slice(-25).join('\n'));
    stop(1);
  });
}

async function stop(code) {
  if (stopping) return;
  stopping = true;
  const signal = (name) => {
    try {
      process.kill(-wrangler.pid, name);
    } catch {
      // The whole group is gone already.
    }
  };
  signal('SIGTERM');
  await Promise.race([ended, sleep(3000)]);
  signal('SIGKILL');
  console.log('ok   stopped');
  process.exit(code);
}
