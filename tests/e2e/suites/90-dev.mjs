// `make dev`, as people run it: real wrangler dev, seeds, Ctrl-C, and a quick second start.
import { spawn, spawnSync } from 'node:child_process';
import { createServer, connect } from 'node:net';
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { assert, isOk } from '../harness/check.mjs';
import { Client } from '../harness/client.mjs';
import { CA, SEEDED, SEED_PASSWORD, freshEmail, inbox, signUp, tokenOf } from '../harness/people.mjs';
import { after, note, skip, test } from '../harness/runner.mjs';

const root = new URL('../../../', import.meta.url).pathname;

const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

const open = (port) => new Promise((resolve) => {
  const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
  socket.setTimeout(1_000, () => resolve(false));
  socket.on('connect', () => socket.destroy());
});

/** `make dev` in a process group of its own, as in a terminal. */
class Dev {
  constructor(port) {
    this.url = `http://127.0.0.1:${port}`;
    this.port = port;
    this.output = '';
    const { MAKEFLAGS, MAKELEVEL, ...env } = process.env;
    this.child = spawn('make', ['dev'], { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...env, PORT: String(port) } });
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (chunk) => (this.output += chunk));
    this.ended = new Promise((resolve) => this.child.on('exit', (code, signal) => resolve(signal ?? code)));
    after(async () => this.signal('SIGKILL'));
  }

  signal(name) {
    try {
      process.kill(-this.child.pid, name);
    } catch {
      // It is gone.
    }
  }

  async ready(ms) {
    const startedAt = performance.now();
    while (!/^ok {3}serving/m.test(this.output)) {
      if (performance.now() - startedAt > ms || this.child.exitCode !== null) throw new Error(`make dev is not ready:\n${this.output}`);
      await sleep(20);
    }
    return (performance.now() - startedAt) / 1000;
  }

  /** Ctrl-C reaches the whole foreground group. */
  async interrupt() {
    this.signal('SIGINT');
    const status = await Promise.race([this.ended, sleep(10_000, 'still running')]);
    assert.notEqual(status, 'still running', this.output);
    assert.match(this.output, /^ok {3}stopped$/m);
    // make may be gone a moment before its child.
    for (let tries = 0; tries < 100 && (await open(this.port)); tries += 1) await sleep(50);
    assert.equal(await open(this.port), false, 'the port is free again');
  }
}

test('make dev: ready, seeded people sign in, a mail in the inbox; Ctrl-C stops it; the second start takes at most 5 s', async () => {
  if (spawnSync('flock', ['-n', `${root}.wrangler/dev.lock`, 'true']).status === 1) skip('a make dev of this clone is running');
  const first = new Dev(await freePort());
  const seconds = await first.ready(300_000);
  for (const line of ['secrets', 'local D1', 'seeded', 'serving']) assert.match(first.output, new RegExp(`^ok .*${line}`, 'm'));
  const server = { url: first.url };
  const client = new Client(server);
  const health = isOk(await client.get('/api/health'));
  assert.equal(health.status, 'healthy', JSON.stringify(health));
  const { organization } = isOk(await client.get('/api/directory/organizations/lookup?slug=acme'));
  server.place = { organizationId: organization.id };
  for (const email of Object.values(SEEDED)) {
    const person = new Client(server);
    isOk(await person.post(`${CA}/login`, { email, password: SEED_PASSWORD, ...server.place }));
    assert.equal(isOk(await person.get(`${CA}/portal/profile`)).user.email, email);
  }
  const email = freshEmail('dev');
  isOk(await signUp(client, { email }), 202);
  const [mail] = await inbox(server, email);
  assert.ok(mail.links[0].startsWith(`${first.url}/acme/portal/verify?token=`), mail.links[0]);
  isOk(await client.post(`${CA}/email/verify`, { token: tokenOf(mail) }));
  const page = await client.get('/dev/inbox');
  assert.ok(page.text.includes(email));
  await first.interrupt();

  const second = new Dev(await freePort());
  const again = await second.ready(60_000);
  isOk(await new Client({ url: second.url }).get('/api/health'));
  await second.interrupt();
  note(`first start ${seconds.toFixed(1)} s, second ${again.toFixed(1)} s`);
  const busy = loadavg()[0] > availableParallelism() * 1.5;
  assert.ok(again <= (busy ? 15 : 5), `${again.toFixed(1)} s${busy ? ' on a busy machine' : ''}`);
}, { timeout: 420_000 });
