// A receiver of webhooks: keeps what it gets, and answers as it is told to.
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { after } from './runner.mjs';

export class Receiver {
  /** Every message, in order: headers, body, path and when it came. */
  got = [];
  #sockets = new Set();

  constructor() {
    this.answer({ status: 200 });
  }

  /** `status`, `headers`, `body`, `delay` in milliseconds, or `hang`. */
  answer(how) {
    this.how = how;
  }

  async start(port = 0) {
    this.server = http.createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const how = this.how;
      this.got.push({ path: request.url, method: request.method, headers: request.headers, body: Buffer.concat(chunks).toString(), at: performance.now() });
      this.heard?.();
      if (how.hang) return;
      if (how.delay) await sleep(how.delay);
      response.writeHead(how.status, how.headers);
      response.end(how.body ?? 'thank you');
    });
    this.server.on('connection', (socket) => this.#sockets.add(socket));
    await new Promise((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    this.port = this.server.address().port;
    after(() => this.stop());
    return this;
  }

  get url() {
    return `http://127.0.0.1:${this.port}/in`;
  }

  /** The next message that comes. */
  next() {
    return new Promise((resolve) => (this.heard = resolve));
  }

  /** Waits until so many messages have come. */
  async until(n, ms = 8_000) {
    for (const end = performance.now() + ms; this.got.length < n; await sleep(15)) {
      if (performance.now() > end) throw new Error(`${this.got.length} of ${n} messages after ${ms} ms`);
    }
    return this.got;
  }

  /** As when the machine is gone: nobody listens. */
  stop() {
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
