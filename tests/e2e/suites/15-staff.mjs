// Staff sign in to the back office, over HTTP on workerd: real forms, real redirects, D1.
import { assert, claimsOf, isOk, isProblem } from '../harness/check.mjs';
import { Client } from '../harness/client.mjs';
import { CA, SEEDED, SEED_PASSWORD, signedIn } from '../harness/people.mjs';
import { test } from '../harness/runner.mjs';
import { RAISED } from '../harness/secrets.mjs';
import { start } from '../harness/server.mjs';

const server = await start({ vars: RAISED });
const AUTH = '/api/auth';
const ADMIN = 'admin@acme.com';

/** Sends a form as a browser's own encoder writes it. */
async function sendForm(client, form) {
  const encoded = new Response(form);
  const headers = { 'content-type': encoded.headers.get('content-type') };
  return client.request('POST', `${AUTH}/login`, { body: Buffer.from(await encoded.arrayBuffer()), headers });
}

function fields(kind, more = {}) {
  const form = new kind();
  for (const [name, value] of Object.entries({ email: ADMIN, password: SEED_PASSWORD, ...more })) form.append(name, value);
  return form;
}

test('JSON and both kinds of form open a session that knows its place', async () => {
  for (const send of [
    (client) => client.post(`${AUTH}/login`, { email: ADMIN, password: SEED_PASSWORD }),
    (client) => client.post(`${AUTH}/session`, { email: ADMIN, password: SEED_PASSWORD }),
    (client) => sendForm(client, fields(URLSearchParams)),
    (client) => sendForm(client, fields(FormData, { tenantId: '', redirect: 'https://evil.example/' })),
  ]) {
    const client = new Client(server);
    const body = isOk(await send(client));
    assert.deepEqual(Object.keys(body).sort(), ['ok', 'redirect', 'token']);
    assert.equal(body.redirect, '/backend');
    const claims = claimsOf(body.token);
    assert.deepEqual([claims.aud, claims.tenantId, claims.orgId, claims.roles], ['staff', server.place.tenantId, server.place.organizationId, ['admin']]);
    assert.deepEqual(isOk(await client.get(`${AUTH}/profile`)), { email: ADMIN, name: 'Anton Admin', roles: ['admin'] });
  }
  isProblem(await sendForm(new Client(server), fields(FormData, { password: 'wrong password' })), 401, 'Invalid email or password');
});

test('a remembered session is refreshed by token and by page, and logging out ends both', async () => {
  const client = new Client(server);
  const { refreshToken } = isOk(await sendForm(client, fields(FormData, { remember: 'on' })));
  assert.equal(decodeURIComponent(client.cookies.get('session_token')), refreshToken);
  const fresh = isOk(await new Client(server).post(`${AUTH}/session/refresh`, { refreshToken }));
  assert.equal(fresh.expiresIn, 28_800);
  const there = await client.get(`${AUTH}/session/refresh?redirect=%2Fbackend%2Fx`);
  assert.deepEqual([there.status, there.headers.location], [307, '/backend/x']);
  const out = await client.request('POST', `${AUTH}/logout`);
  assert.deepEqual([out.status, out.headers.location], [307, '/login']);
  assert.ok(!client.cookies.has('auth_token') && !client.cookies.has('session_token'));
  isProblem(await new Client(server).post(`${AUTH}/session/refresh`, { refreshToken }), 401, 'Invalid or expired refresh token');
  isProblem(await new Client(server).get(`${AUTH}/profile`, { headers: { authorization: `Bearer ${fresh.accessToken}` } }), 401, 'Unauthorized');
  const back = await client.get(`${AUTH}/session/refresh?redirect=%2Fbackend%2Fx`);
  assert.deepEqual([back.status, back.headers.location], [307, '/login?redirect=%2Fbackend%2Fx']);
});

test('neither realm opens the other’s doors', async () => {
  const staff = new Client(server);
  const { token } = isOk(await staff.post(`${AUTH}/login`, { email: 'employee@acme.com', password: SEED_PASSWORD }));
  isProblem(await new Client(server).get(`${CA}/portal/profile`, { headers: { authorization: `Bearer ${token}` } }), 401, 'Authentication required');
  isProblem(await staff.get(`${CA}/admin/users`), 403, 'Insufficient permissions');
  const customer = await signedIn(server, { email: SEEDED.admin });
  const theirs = decodeURIComponent(customer.cookies.get('customer_auth_token'));
  isProblem(await new Client(server).get(`${AUTH}/profile`, { headers: { authorization: `Bearer ${theirs}` } }), 401, 'Unauthorized');
});
