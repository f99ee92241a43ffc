// One workerd with one Worker in it, driven directly by miniflare: nothing in between but the socket.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Log, LogLevel, Miniflare } from 'miniflare';

const root = new URL('../../', import.meta.url);

/** Where databases and objects keep their files: in memory if the machine lets us. On a disk every limiter hit waits for
 *  an fsync, and then the disk is what is measured, of both Workers alike. */
export const storage = (() => {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
})();

/** A module of this folder, as workerd takes it. */
export const script = (name, path = name) => ({ type: 'ESModule', path, contents: readFileSync(new URL(`workers/${name}`, import.meta.url), 'utf8') });

/** The built Worker's modules; `entry` is another module in front of it, which imports './worker.js'. */
export function portcullis(folder = 'build/worker/', entry = undefined) {
  const build = new URL(folder.endsWith('/') ? folder : `${folder}/`, root);
  const worker = { type: 'ESModule', path: 'worker.js', contents: readFileSync(new URL('index.js', build), 'utf8') };
  const wasm = { type: 'CompiledWasm', path: 'index_bg.wasm', contents: readFileSync(new URL('index_bg.wasm', build)) };
  return entry ? [entry, worker, wasm] : [worker, wasm];
}

/** Direct children of this process; miniflare does not say which one it started. */
function children() {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid)).flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === process.pid ? [Number(pid)] : [];
    } catch {
      return [];
    }
  });
}

const HERTZ = Number(spawnSync('getconf', ['CLK_TCK']).stdout || 100);

export class Workerd {
  constructor(modules, { bindings = {}, objects = {}, folder, d1 = true } = {}) {
    Object.assign(this, { modules, bindings, objects, folder, d1 });
  }

  async up() {
    const before = new Set(children());
    this.folder ??= this.scratch = mkdtempSync(join(storage, 'portcullis-bench-'));
    this.miniflare = new Miniflare({
      name: 'bench',
      modules: this.modules,
      modulesRoot: '/',
      compatibilityDate: '2026-08-01',
      compatibilityFlags: ['enable_request_signal'],
      bindings: this.bindings,
      ...(this.d1 ? { d1Databases: { DB: 'portcullis-bench' }, kvNamespaces: { KV: 'portcullis-bench' } } : {}),
      durableObjects: Object.fromEntries(Object.entries(this.objects).map(([name, className]) => [name, { className, useSQLite: true }])),
      d1Persist: join(this.folder, 'd1'),
      kvPersist: join(this.folder, 'kv'),
      durableObjectsPersist: join(this.folder, 'do'),
      cf: false,
      host: '127.0.0.1',
      port: 0,
      log: new Log(LogLevel.NONE),
      // Read and dropped: parsing every log line would take its share of the machine.
      handleRuntimeStdio: (stdout, stderr) => {
        stdout.resume();
        stderr.resume();
      },
    });
    this.url = (await this.miniflare.ready).origin;
    this.pid = children().find((pid) => !before.has(pid));
    return this;
  }

  get db() {
    return this.miniflare.getD1Database('DB');
  }

  /** Milliseconds of processor time since it started, all its threads together. */
  cpu() {
    const stat = readFileSync(`/proc/${this.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / HERTZ;
  }

  memoryMiB() {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  }

  async down() {
    const { miniflare } = this;
    this.miniflare = undefined;
    await miniflare?.dispose();
    if (this.scratch) rmSync(this.scratch, { recursive: true, force: true });
  }
}

const OBJECTS = { LIMITER: 'LimiterObject', HASHER: 'HasherObject', CHANNEL: 'ChannelObject' };
export const ours = (folder, bindings, more = {}) => new Workerd(portcullis(folder, more.entry), { bindings, objects: OBJECTS, ...more });
