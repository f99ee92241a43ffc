// The adapters inside the frameworks they are for.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import express from 'express';
import { Hono } from 'hono';
import { portcullis, tokenOf } from '../src/index.ts';
import * as onExpress from '../src/express.ts';
import * as onFetch from '../src/fetch.ts';
import * as onHono from '../src/hono.ts';
import { AUDIENCE, FakePortcullis, ISSUER } from './portcullis.ts';

type Send = (path: string, headers: Record<string, string>) => Promise<Response>;

/** One app three times: `/orders` wants a feature, `/admin` a role, `/me` anybody. */
const apps: Record<string, (auth: ReturnType<typeof portcullis>) => Promise<{ send: Send; close: () => void }>> = {
  async express(auth) {
    const app = express();
    const who = (request: onExpress.NodeRequest, response: { json(value: unknown): void }) => response.json({ user: request.auth?.user });
    app.get('/orders', onExpress.requireFeatures(auth, 'portal.orders.view') as never, who as never);
    app.get('/admin', onExpress.requireRoles(auth, 'admin') as never, who as never);
    app.get('/me', onExpress.requireAuth(auth) as never, who as never);
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { send: (path, headers) => fetch(origin + path, { headers }), close: () => void server.close() };
  },
  async hono(auth) {
    const app = new Hono<onHono.PortcullisEnv>();
    app.get('/orders', onHono.requireFeatures(auth, 'portal.orders.view'), (c) => c.json({ user: c.get('auth').user }));
    app.get('/admin', onHono.requireRoles(auth, 'admin'), (c) => c.json({ user: c.get('auth').user }));
    app.get('/me', onHono.requireAuth(auth), (c) => c.json({ user: c.get('auth').user }));
    return { send: async (path, headers) => app.request(path, { headers }), close: () => {} };
  },
  async fetch(auth) {
    const who = (_: Request, identity: { user: string }) => Response.json({ user: identity.user });
    const routes: Record<string, (request: Request) => Promise<Response>> = {
      '/orders': onFetch.requireFeatures(auth, ['portal.orders.view'], who),
      '/admin': onFetch.requireRoles(auth, ['admin'], who),
      '/me': onFetch.requireAuth(auth, who),
    };
    return { send: (path, headers) => routes[path]!(new Request(`https://app.example${path}`, { headers })), close: () => {} };
  },
};

for (const [name, start] of Object.entries(apps)) {
  test(`${name}: in, out, not allowed, nobody can tell`, async () => {
    const server = await FakePortcullis.start();
    const auth = portcullis({ issuer: ISSUER, audience: AUDIENCE, fetch: server.fetch, now: () => server.now });
    const app = await start(auth);
    try {
      const token = { authorization: `Bearer ${await server.token()}` };
      const answers = async (path: string, headers: Record<string, string>) => {
        const response = await app.send(path, headers);
        return [response.status, (await response.json() as { user?: string; code?: string })] as const;
      };
      assert.deepEqual(await answers('/orders', token), [200, { user: 'user-1' }]);
      assert.deepEqual(await answers('/me', token), [200, { user: 'user-1' }]);
      assert.equal((await answers('/admin', token))[0], 403);
      const [status, body] = await answers('/me', {});
      assert.deepEqual([status, body.code], [401, 'UNAUTHENTICATED']);
      const refusal = await app.send('/me', {});
      assert.deepEqual(
        [refusal.headers.get('www-authenticate'), refusal.headers.get('cache-control'), refusal.headers.get('content-type')],
        ['Bearer', 'no-store', 'application/problem+json'],
      );
      server.revoke('s', 'session-1');
      server.wait(3);
      assert.deepEqual([(await answers('/me', token))[0], (await answers('/me', token))[1].code], [401, 'REVOKED']);
      server.down = true;
      server.wait(700);
      assert.equal((await answers('/me', { authorization: `Bearer ${await server.token()}` }))[0], 503);
    } finally {
      app.close();
    }
  });
}

test('a token is taken from where it was said to stand, and from nowhere else', () => {
  const of = (headers: Record<string, string>, source = {}) => tokenOf((name) => headers[name], source);
  assert.equal(of({ authorization: 'Bearer a.b.c' }), 'a.b.c');
  assert.equal(of({ authorization: 'bearer  a.b.c ' }), 'a.b.c');
  assert.equal(of({ authorization: 'Basic abc' }), null);
  assert.equal(of({ cookie: 'customer_auth_token=a.b.c' }), null);
  const cookie = { cookie: 'customer_auth_token' };
  assert.equal(of({ cookie: 'x=1; customer_auth_token=a.b.c' }, cookie), 'a.b.c');
  assert.equal(of({ cookie: 'customer_auth_token=a; customer_auth_token=b' }, cookie), null);
  assert.equal(of({ cookie: 'customer_auth_token=a', authorization: 'Bearer' }, cookie), '', 'a bad bearer does not fall back');
  const header = { header: 'x-portcullis-token' };
  assert.equal(of({ 'x-portcullis-token': 'a.b.c', authorization: 'Bearer d' }, header), 'a.b.c');
  assert.equal(of({ 'x-portcullis-token': 'a.b.c', authorization: 'Bearer d' }), 'd');
});
