// What the cases need done before they can begin.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { visitor } from '../browser.mjs';

export const CA = '/api/customer_accounts';
export const SEED = 'Portcullis-dev-1';
export const PASSWORD = 'correct horse battery staple';
/** A name that would run if anything took it for markup, on any page. */
export const CANARY = `<img src=x onerror="window.canary=1">'"&<script>window.canary=2</script>`;

export const fresh = (tag) => `${tag}-${randomUUID().slice(0, 8)}@mail.example`;

/** A browser that is closed when the case ends. */
export async function open(tools, options) {
  const one = await visitor(tools.browser, tools.server, tools.view, options);
  tools.opened.push(one);
  return one;
}

/** Somebody with an account. */
export async function member({ server }, { email = fresh('member'), displayName = 'Mia Member', password = PASSWORD } = {}) {
  const signup = await server.post(`${CA}/signup`, { email, password, displayName, organizationId: server.place.organizationId });
  assert.equal(signup.status, 202);
  const mail = await server.mail(email);
  const verified = await server.post(`${CA}/email/verify`, { token: new URLSearchParams(mail.path.split('?')[1]).get('token') });
  assert.equal(verified.status, 200, await verified.text());
  return { email, password, displayName, id: (await server.db.prepare('SELECT id FROM customer_users WHERE email = ?').bind(email).first()).id };
}

/** Signed in without going through the page; the cookies are the browser's. */
export async function signIn(one, server, { email, password = SEED }) {
  const reply = await one.context.request.post(`${server.url}${CA}/login`, { data: { email, password, organizationId: server.place.organizationId } });
  assert.equal(reply.status(), 200, await reply.text());
}

/** The same for staff. */
export async function signInStaff(one, server, email, password = SEED) {
  const reply = await one.context.request.post(`${server.url}/api/auth/login`, { data: { email, password } });
  assert.equal(reply.status(), 200, await reply.text());
}

/** An admin and `size` colleagues in a company of their own. */
export async function company(tools, size) {
  const { server } = tools;
  const people = [];
  for (let i = 0; i <= size; i += 1) people.push(await member(tools, { email: fresh(i ? `colleague${i}` : 'boss'), displayName: i === 1 ? CANARY : i ? `Colleague ${i}` : 'Bea Boss' }));
  const id = randomUUID();
  for (const { email } of people) await server.run('UPDATE customer_users SET customer_entity_id = ? WHERE email = ?', id, email);
  await makeAdmin(tools, people[0]);
  return { people, boss: people[0], id };
}

/** An account that administers the portal and works for no company. */
export async function adminOfNothing(tools) {
  const user = await member(tools, { email: fresh('lone') });
  await makeAdmin(tools, user);
  return user;
}

async function makeAdmin({ server }, user) {
  const role = await server.db.prepare("SELECT id FROM customer_roles WHERE slug = 'portal_admin' AND organization_id = ?").bind(server.place.organizationId).first();
  await server.run('UPDATE customer_user_roles SET role_id = ? WHERE user_id = ?', role.id, user.id);
}

/** Ends every session of a person, as another device would. */
export const endSessions = (server, user) => server.run('UPDATE customer_user_sessions SET deleted_at = 1 WHERE user_id = ?', user.id);

/** The next answers of a path. */
export async function answer(page, path, ...replies) {
  await page.route(`**${path}`, async (route) => {
    const reply = replies.shift();
    if (!reply) return route.fallback();
    const [status, code, headers = {}] = reply;
    await route.fulfill({ status, contentType: 'application/problem+json', headers, body: JSON.stringify({ ok: false, code, error: code, status }) });
  });
}

/** Good enough a password for staff. */
export const STRONG = 'correct horse battery staple 9X';
export const short = (tag) => `${tag} ${fresh('x').slice(2, 8)}`;

/** Calls of somebody on the staff, beside the browser: what the cases need done before they can begin. */
export async function staff({ server }, email = 'admin@acme.com', password = SEED) {
  const signedIn = await server.post('/api/auth/login', { email, password });
  assert.equal(signedIn.status, 200, await signedIn.clone().text());
  const cookie = signedIn.headers.getSetCookie().map((one) => one.split(';')[0]).join('; ');
  return async (method, path, body) => {
    const reply = await fetch(server.url + path, { method, headers: { cookie, ...(body ? { 'content-type': 'application/json' } : {}) }, body: body && JSON.stringify(body), signal: AbortSignal.timeout(30_000) });
    const json = await reply.json();
    assert.ok(reply.ok, `${method} ${path}: ${reply.status} ${JSON.stringify(json)}`);
    return json;
  };
}

export const roleNamed = async (call, slug) => (await call('GET', '/api/auth/roles?pageSize=100')).items.find((role) => role.slug === slug);

/** Somebody who works at Acme, with a password. */
export async function clerk(tools, call, { role = 'employee', name = CANARY, tag = 'clerk' } = {}) {
  const email = fresh(tag);
  const { id } = await call('POST', '/api/auth/users', { email, name, password: STRONG, organizationId: tools.server.place.organizationId, roles: [(await roleNamed(call, role)).id] });
  return { id, email, password: STRONG };
}

/** Another organization, with a store. */
export async function branch(call) {
  const name = short('Branch');
  const { id } = await call('POST', '/api/directory/organizations', { name });
  await call('POST', '/api/directory/merchants', { name: `${name} Harbour`, organizationId: id });
  return { id, name };
}

export const dialog = (page) => page.getByRole('dialog');
export const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
