// One browser: an address of its own, a cookie jar, JSON in and out.
import { send } from './http.mjs';

let clients = 0;

/** An address nobody else in this run has; documentation and private ranges only. */
export function freshIp() {
  clients += 1;
  return `10.${(clients >> 16) & 255}.${(clients >> 8) & 255}.${clients & 255}`;
}

/** Parses a Set-Cookie line into its parts, attribute names in lower case. */
export function parseSetCookie(line) {
  const [pair, ...attributes] = line.split(/;\s*/);
  const at = pair.indexOf('=');
  const rest = Object.fromEntries(attributes.map((a) => (a.includes('=') ? [a.slice(0, a.indexOf('=')).toLowerCase(), a.slice(a.indexOf('=') + 1)] : [a.toLowerCase(), true])));
  return { name: pair.slice(0, at), value: decodeURIComponent(pair.slice(at + 1)), raw: pair.slice(at + 1), attributes: rest, order: attributes.map((a) => a.split('=')[0]) };
}

export class Client {
  constructor(server, { ip = freshIp(), headers = {} } = {}) {
    Object.assign(this, { server, ip, headers });
    /** name → value as the browser would send it back */
    this.cookies = new Map();
  }

  get cookieHeader() {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** `json` sends JSON; `body` sends what is given. `keep: false` leaves the jar alone. */
  async request(method, path, { json, body, headers = {}, timeout, keep = true } = {}) {
    const all = { 'cf-connecting-ip': this.ip, ...this.headers };
    if (this.cookies.size > 0) all.cookie = this.cookieHeader;
    if (json !== undefined) {
      body = JSON.stringify(json);
      all['content-type'] = 'application/json';
    }
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const reply = await send(this.server.url, { method, path, headers: { ...all, ...lower }, body, timeout });
    if (keep) this.take(reply);
    return reply;
  }

  take(reply) {
    for (const cookie of reply.cookies.map(parseSetCookie)) {
      if (cookie.attributes['max-age'] === '0' || cookie.raw === '') this.cookies.delete(cookie.name);
      else this.cookies.set(cookie.name, cookie.raw);
    }
  }

  get(path, options) {
    return this.request('GET', path, options);
  }

  post(path, json, options) {
    return this.request('POST', path, { json, ...options });
  }

  put(path, json, options) {
    return this.request('PUT', path, { json, ...options });
  }

  delete(path, options) {
    return this.request('DELETE', path, options);
  }

  /** The same person on the same device: another client with these cookies. */
  clone() {
    const copy = new Client(this.server, { ip: this.ip, headers: this.headers });
    copy.cookies = new Map(this.cookies);
    return copy;
  }
}
