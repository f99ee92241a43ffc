// Debian's nginx and Caddy in front of the Worker and a small app, from the very files that `docs/proxies` shows: only
// addresses and ports are replaced.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const docs = new URL('../../../docs/proxies/', import.meta.url);
export const BINARIES = { nginx: process.env.NGINX ?? '/usr/sbin/nginx', caddy: process.env.CADDY ?? '/usr/bin/caddy' };

/** An app that answers with what reached it: where it is, and how to end it. */
export async function origin() {
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      response.setHeader('content-type', request.headers.accept?.includes('text/html') ? 'text/html' : 'application/json');
      const seen = JSON.stringify({ method: request.method, url: request.url, raw: request.rawHeaders, headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.end(response.getHeader('content-type') === 'text/html' ? `<!doctype html><title>The app</title><pre id="seen">${seen.replaceAll('<', '&lt;')}</pre>` : seen);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => (server.close(), server.closeAllConnections());
  return { at: `127.0.0.1:${server.address().port}`, stop };
}

const COMMANDS = {
  nginx: (folder, file) => ['-p', folder, '-e', 'stderr', '-g', `daemon off; pid ${folder}/pid; error_log stderr;`, '-c', file],
  caddy: (_, file) => ['run', '--config', file, '--adapter', 'caddyfile'],
};
const FILES = { nginx: 'nginx.conf', caddy: 'Caddyfile' };

/** Starts a proxy; answers with what ends it. `change` makes a careless configuration, to see a test catch it. */
export async function proxy(kind, { port, worker, app, change = (text) => text }) {
  const folder = mkdtempSync(join(tmpdir(), `portcullis-${kind}-`));
  mkdirSync(join(folder, 'home'));
  const file = join(folder, FILES[kind]);
  const text = change(readFileSync(new URL(FILES[kind], docs), 'utf8'));
  writeFileSync(file, text.replaceAll('127.0.0.1:8787', worker).replaceAll('127.0.0.1:3000', app).replaceAll('8080', String(port)));
  const child = spawn(BINARIES[kind], COMMANDS[kind](folder, file), { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, HOME: join(folder, 'home'), XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder } });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk.toString()));
  let ended = false;
  child.on('exit', () => (ended = true));
  child.on('error', (error) => said.push(`${BINARIES[kind]}: ${error.message}`) && (ended = true));
  const stop = async () => {
    child.kill('SIGTERM');
    for (let n = 0; n < 40 && !ended; n += 1) await sleep(50);
    if (!ended) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  for (const until = performance.now() + 15_000; ; await sleep(50)) {
    const open = await new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1');
      socket.on('connect', () => (socket.destroy(), resolve(true)));
      socket.on('error', () => resolve(false));
    });
    if (open) return stop;
    if (!ended && performance.now() <= until) continue;
    await stop();
    throw new Error(`${kind} does not start (scripts/setup.sh test installs it):\n${said.join('').slice(-2_000)}`);
  }
}

/** The app, its rules and credentials, by the API, as an administrator would register them. `ask(method, path, body, cookie)`. */
export async function register(ask, { hosts, password }) {
  const login = await ask('POST', '/api/auth/login', { email: 'superadmin@acme.com', password });
  const created = await ask('POST', '/api/apps', { name: 'The app', audience: 'the-app', features: ['portal.*'], realms: ['customer', 'staff'], returnHosts: hosts }, login.cookie);
  if (created.status !== 201) throw new Error(created.text);
  const { id } = JSON.parse(created.text).app;
  const rules = await ask('PUT', `/api/apps/${id}/rules`, {
    version: 0,
    realm: 'customer',
    loginOrganization: 'acme',
    rules: [
      { path: '/public/**', access: 'public' },
      { path: '/orders/**', access: 'features', features: ['portal.orders.view'] },
      { path: '/users/**', access: 'features', features: ['portal.users.manage'] },
    ],
  }, login.cookie);
  if (rules.status !== 200) throw new Error(rules.text);
  const made = await ask('POST', `/api/apps/${id}/credentials`, {}, login.cookie);
  if (made.status !== 201) throw new Error(made.text);
  const { clientId, clientSecret } = JSON.parse(made.text);
  return { id, credentials: { client_id: clientId, client_secret: clientSecret } };
}
