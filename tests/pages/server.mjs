// The built Worker in workerd, with the pages of public/ behind its ASSETS binding.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Log, LogLevel, Miniflare, Response } from 'miniflare';
import { migrate } from '../e2e/harness/migrations.mjs';
import { DATABASE, prepare } from '../e2e/harness/prepared.mjs';
import { RAISED, vars } from '../e2e/harness/secrets.mjs';

const root = new URL('../../', import.meta.url);
const TYPES = { html: 'text/html; charset=utf-8', css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', json: 'application/json', svg: 'image/svg+xml' };

/** Files by their exact names, as wrangler.toml's [assets] asks for. */
function asset(request) {
  const path = new URL(request.url).pathname;
  try {
    if (path.includes('..')) throw new Error('outside');
    const file = readFileSync(new URL(`public${path}`, root));
    return new Response(request.method === 'HEAD' ? null : file, { headers: { 'content-type': TYPES[path.split('.').pop()] ?? 'application/octet-stream' } });
  } catch {
    return new Response(null, { status: 404 });
  }
}

export class Server {
  async up({ port = 0, settings = {} } = {}) {
    const build = process.env.PORTCULLIS_BUILD ? new URL(`file://${process.env.PORTCULLIS_BUILD}/`) : new URL('build/worker/', root);
    this.folder = mkdtempSync(join(tmpdir(), 'portcullis-pages-'));
    const d1 = join(this.folder, 'd1');
    await prepare(d1);
    this.miniflare = new Miniflare({
      name: 'portcullis',
      modules: [
        { type: 'ESModule', path: 'worker.js', contents: readFileSync(new URL('index.js', build), 'utf8') },
        { type: 'CompiledWasm', path: 'index_bg.wasm', contents: readFileSync(new URL('index_bg.wasm', build)) },
      ],
      modulesRoot: '/',
      compatibilityDate: '2026-08-01',
      compatibilityFlags: ['enable_request_signal'],
      // Empty: mailed links lead to the address the request came to.
      bindings: vars({ APP_URL: '', ...RAISED, RATE_LIMIT_CUSTOMER_LINK_INSPECT_IP_POINTS: '100000', WEBHOOK_ALLOW_LOOPBACK: 'true', ...settings }),
      d1Databases: { DB: DATABASE },
      d1Persist: d1,
      kvNamespaces: { KV: 'portcullis-pages' },
      durableObjects: {
        LIMITER: { className: 'LimiterObject', useSQLite: true },
        HASHER: { className: 'HasherObject', useSQLite: true },
        CHANNEL: { className: 'ChannelObject', useSQLite: true },
      },
      serviceBindings: { ASSETS: asset },
      cf: false,
      host: '127.0.0.1',
      port,
      log: new Log(LogLevel.NONE),
      handleRuntimeStdio: (stdout, stderr) => {
        stdout.resume();
        stderr.resume();
      },
    });
    this.url = (await this.miniflare.ready).origin;
    this.db = await this.miniflare.getD1Database('DB');
    this.kv = await this.miniflare.getKVNamespace('KV');
    await migrate(this.db);
    const seeded = await this.post('/dev/seed', {});
    if (!seeded.ok) throw new Error(`seeding answered ${seeded.status}: ${await seeded.text()}`);
    this.place = await seeded.json();
    return this;
  }

  post(path, body, headers = {}) {
    return fetch(this.url + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body), signal: AbortSignal.timeout(30_000) });
  }

  /** The newest mail to an address, waiting for it. Its link is made to lead to this server. */
  async mail(to, { after = 0 } = {}) {
    for (const until = Date.now() + 15_000; Date.now() < until; await new Promise((done) => setTimeout(done, 60))) {
      const mails = await (await fetch(`${this.url}/dev/inbox.json?to=${encodeURIComponent(to)}`, { signal: AbortSignal.timeout(10_000) })).json();
      const mail = mails.filter((one) => new Date(one.createdAt).getTime() >= after)[0];
      if (!mail) continue;
      const link = mail.links.find((one) => one.includes('token=')) ?? mail.links[0];
      return { ...mail, path: link ? new URL(link).pathname + new URL(link).search : null };
    }
    throw new Error(`no mail to ${to}`);
  }

  run(sql, ...args) {
    return this.db.prepare(sql).bind(...args).run();
  }

  /** The minute's work, as cron does it. */
  async cron() {
    const worker = await this.miniflare.getWorker();
    await worker.scheduled({ cron: '* * * * *' });
  }

  /** A copy in KV that a change behind the Worker's back has made old. */
  forget(key) {
    return this.kv.delete(key);
  }

  async down() {
    await Promise.race([this.miniflare?.dispose(), new Promise((done) => setTimeout(done, 5000))]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

// node tests/pages/server.mjs [port]: only serves, to look at pages while writing them.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const server = await new Server().up({ port: Number(process.argv[2] ?? 8802) });
  console.log(server.url);
}
