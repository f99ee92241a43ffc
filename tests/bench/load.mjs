// Load: `wrk` where the machine has it, else a client in Node. Either keeps 8 connections busy with prepared requests.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const CONNECTIONS = 8;
export const source = spawnSync('wrk', ['--version']).error ? 'node' : 'wrk';

const folder = mkdtempSync(join(tmpdir(), 'portcullis-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** One request, ready for the wire. */
export function request(method, path, headers, body = '') {
  const all = { ...headers, ...(body ? { 'content-type': 'application/json' } : {}), ...(method === 'GET' ? {} : { 'content-length': Buffer.byteLength(body) }) };
  return { method, path, headers: all, body };
}

// The requests as a Lua table; wrk.format would build each anew. A long bracket starts after a line break of its own.
const lua = (requests, offset) => `
local texts = {
${requests.map(({ method, path, headers, body }) => `[==[\n${method} ${path} HTTP/1.1\r\nHost: id.example.com\r\n${Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}]==]`).join(',\n')}
}
for i, text in ipairs(texts) do texts[i] = text:gsub("\\r?\\n", "\\r\\n") end
local at = ${offset}
local n = #texts
function request()
  at = at + 1
  return texts[(at - 1) % n + 1]
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), e.status + e.connect + e.read + e.write + e.timeout))
end
`;

let files = 0;

/** A load: requests in turn, from `offset` on. */
export async function run(url, requests, { seconds, offset = 0 }) {
  const measured = source === 'wrk' ? await withWrk(url, requests, seconds, offset) : await withNode(url, requests, seconds, offset);
  return { ...measured, rps: measured.requests / measured.seconds };
}

async function withWrk(url, requests, seconds, offset) {
  const file = join(folder, `${(files += 1)}.lua`);
  writeFileSync(file, lua(requests, offset));
  const child = spawn('wrk', ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--timeout', '10s', '-s', file, url], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  await new Promise((resolve) => child.on('close', resolve));
  rmSync(file);
  const found = /RESULT (\d+) (\d+) (\d+) (\d+) (\d+)/.exec(text);
  if (!found) throw new Error(`wrk failed:\n${text}`);
  const [count, micros, p50, p99, errors] = found.slice(1).map(Number);
  return { requests: count, seconds: micros / 1e6, p50: p50 / 1000, p99: p99 / 1000, errors };
}

async function withNode(url, requests, seconds, offset) {
  const { hostname, port } = new URL(url);
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const times = [];
  let errors = 0;
  let at = offset;
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  const one = ({ method, path, headers, body }) =>
    new Promise((resolve) => {
      const sentAt = performance.now();
      const sent = http.request({ agent, hostname, port, method, path, headers: { host: 'id.example.com', ...headers }, timeout: 10_000 }, (response) => {
        response.resume();
        response.on('end', () => {
          times.push(performance.now() - sentAt);
          if (response.statusCode >= 400) errors += 1;
          resolve();
        });
      });
      sent.on('error', () => resolve((errors += 1)));
      sent.end(body);
    });
  const connection = async () => {
    while (performance.now() < until) await one(requests[at++ % requests.length]);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  const took = (performance.now() - startedAt) / 1000;
  agent.destroy();
  times.sort((a, b) => a - b);
  return { requests: times.length, seconds: took, p50: times[Math.floor(times.length / 2)], p99: times[Math.floor(times.length * 0.99)], errors };
}
