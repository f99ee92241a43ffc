// HTTP without a helping hand: no default headers, no redirects followed, headers repeated when they are given twice.
// Every call has a time limit, because a request in flight hangs when workerd is killed.
import http from 'node:http';
import net from 'node:net';

// workerd closes a connection that is idle for five seconds; ours are gone before that.
const agent = new http.Agent({ keepAlive: true, maxSockets: 256, timeout: 2_000 });

/** Sockets of a server that is gone. */
export const forgetConnections = () => agent.destroy();

export class Reply {
  constructor(request, status, rawHeaders, body, ms) {
    Object.assign(this, { request, status, rawHeaders, body, ms });
    this.headers = {};
    this.cookies = [];
    for (let at = 0; at < rawHeaders.length; at += 2) {
      const name = rawHeaders[at].toLowerCase();
      if (name === 'set-cookie') this.cookies.push(rawHeaders[at + 1]);
      else this.headers[name] = name in this.headers ? `${this.headers[name]}, ${rawHeaders[at + 1]}` : rawHeaders[at + 1];
    }
  }

  get text() {
    return this.body.toString('utf8');
  }

  get json() {
    try {
      return JSON.parse(this.text);
    } catch {
      throw new Error(`status ${this.status}, and no JSON: ${this.text.slice(0, 300)}`);
    }
  }
}

/**
 * @param {string} base origin of the server
 * @param {{method?: string, path: string, headers?: Record<string, string | string[]>, body?: string | Buffer, timeout?: number}} request
 */
export async function send(base, request) {
  try {
    return await sendOnce(base, request);
  } catch (error) {
    // Closed under us while it was idle: the request was never read. Others may be as stale, so on a new connection.
    if (error.idle) return sendOnce(base, request, false);
    throw error;
  }
}

function sendOnce(base, { method = 'GET', path, headers = {}, body, timeout = 20_000 }, connections = agent) {
  const url = new URL(base);
  // As an array, so that a list of values becomes a header each, Cookie included.
  const list = [];
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  if (!('host' in given)) list.push('host', url.host);
  for (const [name, value] of Object.entries(given)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) list.push(name, one);
  }
  if (body !== undefined && !('content-length' in given) && !('transfer-encoding' in given)) list.push('content-length', String(Buffer.byteLength(body)));
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeout);
    const fail = (error) => reject(Object.assign(new Error(`${method} ${path}: ${signal.aborted ? `no answer in ${timeout} ms` : error.message}`), { cause: error, code: error.code, idle: request.reusedSocket && error.code === 'ECONNRESET' && !signal.aborted }));
    const request = http.request({ agent: connections, host: url.hostname, port: url.port, method, path, headers: list, setDefaultHeaders: false, signal }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', fail);
      // A stream of events has no end: its head and beginning are the answer. Who listens uses streams.mjs.
      const endless = response.headers['content-type'] === 'text/event-stream' && method !== 'HEAD';
      response.once(endless ? 'data' : 'end', () => {
        resolve(new Reply(`${method} ${path.slice(0, 200)}`, response.statusCode, response.rawHeaders, Buffer.concat(chunks), performance.now() - startedAt));
        if (endless) request.destroy();
      });
    });
    request.on('error', fail);
    request.end(body);
  });
}

/** Bytes on a socket, for what no client library sends; the answer as text, as far as it came within the time. */
export function raw(base, bytes, timeout = 10_000) {
  const url = new URL(base);
  return new Promise((resolve, reject) => {
    const chunks = [];
    const socket = net.connect(Number(url.port), url.hostname, () => socket.write(bytes));
    socket.setTimeout(timeout, () => socket.destroy());
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}
