// The requests of each route, and what a right answer is. Everybody calls from an address of their own and takes turns,
// so that no limiter object and no row sees more traffic than it would.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { send as exchange } from '../e2e/harness/http.mjs';
import { request } from './load.mjs';
import { accessToken } from './people.mjs';

const CA = '/api/customer_accounts';
const address = (n) => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;

export function scenarios({ people, place }) {
  const { tenantId, organizationId } = place;
  const from = (n, more = {}) => ({ 'cf-connecting-ip': address(n), 'user-agent': 'bench', accept: '*/*', ...more });
  const checked = JSON.stringify({ features: ['portal.account.manage', 'portal.users.view', 'portal.orders.view', 'portal.invoices.pay'] });
  return {
    jwks: { base: 'pong', reference: true, requests: people.slice(0, 50).map((_, n) => request('GET', '/.well-known/jwks.json', from(n))) },
    'fast check': {
      base: 'pong',
      requests: people.map((one, n) => request('GET', '/api/check?features=portal.orders.view', from(n, { cookie: `customer_auth_token=${accessToken(one, place)}` }))),
    },
    'forward-auth': {
      base: 'pong',
      requests: people.map((one, n) =>
        request('GET', '/forward-auth/nginx', from(n, { cookie: `customer_auth_token=${accessToken(one, place)}`, 'x-original-method': 'GET', 'x-original-proto': 'https', 'x-original-host': 'shop.example.com', 'x-original-uri': '/orders/7' })),
      ),
    },
    'feature-check': {
      reference: true,
      requests: people.map((one, n) => request('POST', `${CA}/portal/feature-check`, from(n, { cookie: `customer_auth_token=${accessToken(one, place)}` }), checked)),
    },
    refresh: {
      reference: true,
      requests: people.map((one, n) => request('POST', `${CA}/portal/sessions-refresh`, from(n, { cookie: `customer_session_token=${one.token}` }))),
    },
    login: {
      base: 'hash',
      requests: people.map((one, n) => request('POST', `${CA}/login`, from(n), JSON.stringify({ email: one.email, password: 'Portcullis-dev-1', tenantId, organizationId }))),
    },
    'sign-up': {
      spent: true,
      requests: Array.from({ length: 4_000 }, (_, n) =>
        request('POST', `${CA}/signup`, from(n), JSON.stringify({ email: `new-${randomUUID()}@mail.example`, password: 'correct horse battery staple', displayName: 'Nora New', tenantId, organizationId })),
      ),
    },
  };
}

/** One of them, and the whole answer. */
export const send = (url, { method, path, headers, body }) => exchange(url, { method, path, headers: { host: 'id.example.com', ...headers }, body: body || undefined });

const is = (status, right) => (reply) => {
  assert.equal(reply.status, status, reply.text);
  assert.ok(right(reply), reply.text);
};

export const CHECK = {
  jwks: is(200, (reply) => reply.json.keys.length === 1),
  'fast check': is(200, (reply) => reply.json.granted.length === 1),
  'forward-auth': is(200, (reply) => reply.headers['x-portcullis-token'].length > 100),
  'feature-check': is(200, (reply) => reply.json.granted.length > 0),
  refresh: is(200, (reply) => reply.cookies.length === 1 && reply.json.resolvedFeatures.length > 0),
  login: is(200, (reply) => reply.cookies.length === 3),
  'sign-up': is(202, (reply) => reply.json.ok),
};
