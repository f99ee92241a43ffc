// A client of server-sent events, written for tests: it keeps what came, and when.
import http from 'node:http';
import { within } from './server.mjs';

export class Stream {
  /** @param {import('./client.mjs').Client} client whose cookies and address it has */
  constructor(client, path, { last, headers = {} } = {}) {
    Object.assign(this, { client, path, last });
    this.headers = { 'cf-connecting-ip': client.ip, accept: 'text/event-stream', ...headers };
    if (client.cookies.size > 0) this.headers.cookie = client.cookieHeader;
    if (last !== undefined) this.headers['last-event-id'] = String(last);
    /** Events: name, payload, id, and when they came. `reset` has no payload. */
    this.events = [];
    this.comments = [];
    this.text = '';
    this.waiting = new Set();
    this.ended = new Promise((resolve) => (this.end = resolve));
  }

  /** Resolves once the stream says where it begins, or with another status than 200. */
  async open() {
    const url = new URL(this.path, this.client.server.url);
    const opened = new Promise((resolve, reject) => {
      this.request = http.request(url, { agent: false, headers: this.headers }, (response) => {
        this.status = response.statusCode;
        this.replyHeaders = response.headers;
        response.setEncoding('utf8');
        response.on('data', (text) => this.take(text));
        response.on('error', () => this.over('broken'));
        response.on('end', () => this.over('ended'));
        response.on('close', () => this.over('closed'));
        if (this.status === 200) this.when(() => this.last !== undefined && this.retry).then(resolve, reject);
        else response.on('end', resolve);
      });
      this.request.on('error', (error) => (this.over('broken'), reject(error)));
      this.request.end();
    });
    await within(10_000, opened, `stream ${this.path}`);
    return this;
  }

  take(text) {
    this.text += text;
    for (let at = this.text.indexOf('\n\n'); this.status === 200 && at >= 0; at = this.text.indexOf('\n\n')) {
      const block = this.text.slice(0, at);
      this.text = this.text.slice(at + 2);
      this.block(block.split('\n'));
    }
    for (const one of this.waiting) one();
  }

  block(lines) {
    const fields = {};
    for (const line of lines) {
      if (line.startsWith(':')) this.comments.push({ text: line, at: performance.now() });
      else fields[line.slice(0, line.indexOf(':'))] = line.slice(line.indexOf(':') + 1).trimStart();
    }
    if (fields.id !== undefined) this.last = fields.id;
    if (fields.retry !== undefined) this.retry = fields.retry;
    if (fields.event === 'reset') this.events.push({ name: 'reset', at: performance.now() });
    else if (fields.data !== undefined) {
      const { id: name, ...rest } = JSON.parse(fields.data);
      this.events.push({ name, ...rest, position: fields.id, at: performance.now() });
    }
  }

  over(how) {
    this.open_ = false;
    this.end({ how, at: performance.now() });
    for (const one of this.waiting) one();
  }

  /** Waits until something is true of the stream. */
  when(holds, ms = 5_000) {
    let check;
    const promise = new Promise((resolve) => {
      check = () => {
        const found = holds();
        if (found) resolve(found);
      };
      this.waiting.add(check);
      check();
    });
    return within(ms, promise, `stream ${this.path}: what was waited for`).finally(() => this.waiting.delete(check));
  }

  named(name) {
    return this.events.filter((event) => event.name === name);
  }

  close() {
    this.request?.destroy();
  }
}

export const listen = (client, path, options) => new Stream(client, path, options).open();
