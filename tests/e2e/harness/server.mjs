// The built Worker in workerd, through miniflare: what is deployed, with D1, KV and Durable Objects under it.
import childProcess from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { forgetConnections } from './http.mjs';
import { migrate } from './migrations.mjs';
import { DATABASE, prepare } from './prepared.mjs';
import { after } from './runner.mjs';
import { vars as settings } from './secrets.mjs';

// Miniflare tells nobody which process it starts, and a test that kills one has to know.
const spawned = [];
const spawn = childProcess.spawn;
childProcess.spawn = (command, ...rest) => {
  const child = spawn(command, ...rest);
  if (/workerd/.test(String(command)) || rest[0]?.some?.((arg) => /workerd/.test(String(arg)))) spawned.push(child);
  return child;
};
const { Log, LogLevel, Miniflare } = await import('miniflare');

const root = new URL('../../../', import.meta.url);

/** Starts a server that ends with its suite. See [`Server`] for the options. */
export async function start(options = {}) {
  const server = new Server(options);
  after(() => server.stop());
  await server.up();
  return server;
}

export class Server {
  /**
   * @param {object} options
   * @param {Record<string, string>} [options.vars] settings beside the usual ones
   * @param {'release' | 'twin'} [options.flavour] which build
   * @param {string} [options.twin] which broken twin runs; implies the twin build
   * @param {string} [options.limiter] source of another LimiterObject, to see a test catch it
   * @param {string} [options.entry] source of a module that stands between workerd and the Worker; imports './worker.js'
   * @param {boolean} [options.persist] keep all of the state in files, so that it outlives a killed process
   * @param {boolean} [options.seeded] with the development seeds; the default
   * @param {boolean} [options.migrated] with the schema; the default
   */
  constructor(options = {}) {
    this.options = { flavour: options.twin ? 'twin' : 'release', seeded: true, migrated: true, ...options };
    this.folder = mkdtempSync(join(tmpdir(), 'portcullis-e2e-'));
    /** Every line the Worker logged: objects where it was JSON. */
    this.logs = [];
    /** What workerd itself complained about. */
    this.complaints = [];
  }

  async up() {
    const build = new URL(`build/${this.options.flavour === 'twin' ? 'twin' : 'worker'}/`, root);
    if (!existsSync(new URL('index.js', build))) throw new Error(`${build.pathname} is not built: scripts/build.sh ${this.options.flavour}`);
    const { limiter, entry } = this.options;
    const worker = { type: 'ESModule', path: 'worker.js', contents: readFileSync(new URL('index.js', build), 'utf8') };
    const wasm = { type: 'CompiledWasm', path: 'index_bg.wasm', contents: readFileSync(new URL('index_bg.wasm', build)) };
    const front = entry ?? (limiter ? `export * from './worker.js';\nexport { default } from './worker.js';\nexport { LimiterObject } from './limiter.js';` : null);
    const modules = front ? [{ type: 'ESModule', path: 'entry.js', contents: front }, worker, wasm] : [worker, wasm];
    if (limiter) modules.push({ type: 'ESModule', path: 'limiter.js', contents: limiter });
    const d1 = join(this.folder, 'd1');
    if (this.options.migrated) await prepare(d1);
    const before = spawned.length;
    this.miniflare = new Miniflare({
      name: 'portcullis',
      modules,
      // Only so that relative imports resolve; nothing is read from there.
      modulesRoot: '/',
      compatibilityDate: '2026-08-01',
      compatibilityFlags: ['enable_request_signal'],
      bindings: settings({ ...this.options.vars, ...(this.options.twin ? { TWIN: this.options.twin } : {}) }),
      d1Databases: { DB: DATABASE },
      d1Persist: d1,
      kvNamespaces: { KV: 'portcullis-e2e' },
      durableObjects: {
        LIMITER: { className: 'LimiterObject', useSQLite: true },
        HASHER: { className: 'HasherObject', useSQLite: true },
        CHANNEL: { className: 'ChannelObject', useSQLite: true },
      },
      ...(this.options.persist
        ? { kvPersist: join(this.folder, 'kv'), durableObjectsPersist: join(this.folder, 'do') }
        : {}),
      cf: false,
      host: '127.0.0.1',
      port: 0,
      log: new Log(LogLevel.NONE),
      handleRuntimeStdio: (stdout, stderr) => {
        createInterface({ input: stdout }).on('line', (line) => this.logs.push(parsed(line)));
        createInterface({ input: stderr }).on('line', (line) => (line.startsWith('{') ? this.logs.push(parsed(line)) : this.complaints.push(line)));
      },
    });
    this.url = (await within(30_000, this.miniflare.ready, 'workerd does not start')).origin;
    this.process = spawned[before];
    this.db = await this.miniflare.getD1Database('DB');
    this.kv = await this.miniflare.getKVNamespace('KV');
    if (this.options.migrated) await migrate(this.db);
    if (this.options.seeded && this.options.migrated) await this.seed();
  }

  async seed() {
    const reply = await fetch(`${this.url}/dev/seed`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}', signal: AbortSignal.timeout(30_000) });
    const body = await reply.text();
    if (!reply.ok) throw new Error(`seeding answered ${reply.status}: ${body}\n${this.lastLogs()}`);
    const { tenantId, organizationId } = JSON.parse(body);
    this.place = { tenantId, organizationId };
  }

  get limiter() {
    return this.miniflare.getDurableObjectNamespace('LIMITER');
  }

  /** First row, or null. */
  row(sql, ...args) {
    return this.db.prepare(sql).bind(...args).first();
  }

  async rows(sql, ...args) {
    return (await this.db.prepare(sql).bind(...args).all()).results;
  }

  /** A single number. */
  async count(sql, ...args) {
    return Object.values((await this.row(sql, ...args)) ?? { n: 0 })[0];
  }

  /** Log lines of requests to a route since a mark in `logs`. */
  lines(route, since = 0) {
    return this.logs.slice(since).filter((line) => line?.route === route);
  }

  lastLogs(n = 15) {
    return [...this.logs.slice(-n).map((line) => (typeof line === 'string' ? line : JSON.stringify(line))), ...this.complaints.slice(-n)].join('\n');
  }

  /** Fires the minute's cron. */
  async cron() {
    const worker = await this.miniflare.getWorker();
    await within(30_000, worker.scheduled({ cron: '* * * * *' }), 'cron');
  }

  /** As a machine dies: no signal handler, no flush. */
  async kill() {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    process.kill(this.process.pid, 'SIGKILL');
    await within(5_000, ended, 'workerd survived SIGKILL');
    forgetConnections();
  }

  /** Another process on the same state. */
  async restart() {
    if (!this.options.persist) throw new Error('only a server with `persist` has a state to come back to');
    await this.down();
    await this.up();
  }

  async down() {
    const { miniflare } = this;
    this.miniflare = undefined;
    // It may wait for a process that was killed under it.
    if (miniflare) await within(5_000, miniflare.dispose(), 'dispose').catch(() => {});
    if (this.process && this.process.exitCode === null && this.process.signalCode === null) this.process.kill('SIGKILL');
    forgetConnections();
  }

  async stop() {
    await this.down();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}

export async function within(ms, promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
