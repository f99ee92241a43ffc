// `make dev` as people run it, with a database of its own in a folder of its own, so that nobody's is touched.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = new URL('../../../', import.meta.url).pathname;

const open = (port) => new Promise((resolve) => {
  const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
  socket.setTimeout(1_000, () => resolve(false));
  socket.on('connect', () => socket.destroy());
});

/** A folder for what `make dev` keeps, and its end. */
export function scratch() {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-dev-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }) };
}

/** Processes that were started with a text in their environment: those of one `make dev`, however deep. Linux only. */
function started(text) {
  const found = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/environ`, 'utf8').includes(text) && !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) found.push(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim());
    } catch {
      // It ended meanwhile, or is somebody else's.
    }
  }
  return found;
}

/** `make dev` in a process group of its own, as in a terminal. */
export class Dev {
  /** @param {string} folder where it keeps its database and its log */
  constructor(port, folder) {
    this.port = port;
    this.folder = folder;
    this.output = '';
    const { MAKEFLAGS, MAKELEVEL, ...env } = process.env;
    this.child = spawn('make', ['dev'], { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...env, PORT: String(port), DEV_STATE: folder } });
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (chunk) => (this.output += chunk));
    this.ended = new Promise((resolve) => this.child.on('exit', (code, signal) => resolve(signal ?? code)));
    // Whoever ends the run ends the server. Not by SIGKILL: it has to end wrangler, which is in a group of its own.
    process.once('exit', () => this.signal('SIGTERM'));
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(name, () => process.exit(1));
  }

  signal(name) {
    try {
      process.kill(-this.child.pid, name);
    } catch {
      // It is gone.
    }
  }

  /** Resolves to the seconds it took. */
  async ready(ms) {
    const startedAt = performance.now();
    while (!/Ctrl-C stops/.test(this.output)) {
      if (performance.now() - startedAt > ms || this.child.exitCode !== null) throw new Error(`make dev is not ready:\n${this.output}`);
      await sleep(20);
    }
    return (performance.now() - startedAt) / 1000;
  }

  /** What the screen says: where to look, and how to sign in. */
  screen() {
    const said = (pattern) => this.output.match(pattern)?.slice(1) ?? assert.fail(`${pattern} is not on the screen:\n${this.output}`);
    const [url] = said(/^ *Portcullis +(http\S+)$/m);
    const [inbox] = said(/^ *Inbox +(http\S+)/m);
    const [password] = said(/Password of all: (\S+)$/m);
    const [staff] = said(/^ *staff +(.+)$/m);
    return { url, inbox, password, staff: staff.trim().split(/\s+/) };
  }

  /** Ctrl-C reaches the whole foreground group. Nothing of it is left afterwards. */
  async interrupt() {
    this.signal('SIGINT');
    const status = await Promise.race([this.ended, sleep(10_000, 'still running')]);
    assert.notEqual(status, 'still running', this.output);
    assert.match(this.output, /^ok {3}stopped$/m);
    const over = async () => !(await open(this.port)) && (process.platform !== 'linux' || started(`DEV_STATE=${this.folder}`).length === 0);
    // make may be gone a moment before its child.
    for (let tries = 0; tries < 100 && !(await over()); tries += 1) await sleep(50);
    assert.equal(await open(this.port), false, 'the port is free again');
    if (process.platform === 'linux') assert.deepEqual(started(`DEV_STATE=${this.folder}`), [], 'processes are left');
  }
}
