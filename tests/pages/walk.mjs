// Every page there is, found in the sources and by the links between them, so that a page that somebody adds is walked
// like all others, or the walk fails.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { PAGES as OFFICE, find } from '../../public/assets/js/staff/areas.js';
import { SEED, signIn, signInStaff } from './cases/people.mjs';

const names = (folder) => readdirSync(new URL(`../../public/${folder}/`, import.meta.url)).map((name) => name.replace('.html', ''));
/** A token that nobody was ever given. */
const MADE_UP = 'made-up-token-that-nobody-was-ever-given-000';
const pathOf = (page) => `/acme/portal${page === 'index' ? '' : `/${page}`}`;

/** Portal pages for people who are signed in; all others are for everybody. */
export const INSIDE = ['dashboard', 'profile', 'security', 'notifications', 'users'];

/** Address of a page of the back office that is no view of its one document. */
const BACKEND = { login: '/login', reset: '/reset', join: `/backend/join/${MADE_UP}` };
/** Pages that no link leads to, because others' do: which other page's address makes theirs. */
const ALIASES = { 'customer_accounts/users/:id': ['customer_accounts/:id', (path) => path.replace('customer_accounts/', 'customer_accounts/users/')] };

/** Pages for everybody, as `{ name, path }`. */
export function outside() {
  const backend = names('backend').filter((name) => name !== 'index');
  assert.deepEqual(backend.filter((name) => !(name in BACKEND)), [], 'a page of public/backend/ without an address in BACKEND');
  return [
    { name: 'front', path: '/' },
    { name: 'docs', path: '/docs' },
    ...names('portal').filter((page) => !INSIDE.includes(page)).map((page) => ({ name: `portal-${page}`, path: pathOf(page) })),
    { name: 'reset-set', path: `/reset/${MADE_UP}` },
    ...backend.map((name) => ({ name: `backend-${name}`, path: BACKEND[name] })),
  ];
}

export const inside = () => INSIDE.map((page) => ({ name: `portal-${page}`, path: pathOf(page) }));

/** A person and a company of the registry, of which the seeded buyer is; and who may see the views of them. */
export async function registry({ server }) {
  const staff = await staffCaller(server);
  const add = async (kind, body) => (await staff('POST', `/api/customers/${kind}`, body)).id;
  const company = await add('companies', { displayName: 'Northwind Trading' });
  const person = await add('people', { displayName: 'Bruno Buyer', companyId: company });
  await server.run("UPDATE customer_users SET person_entity_id = ?, customer_entity_id = ? WHERE email = 'buyer@portal.acme.com'", person, company);
  return { staff, company, person };
}

/** The embedded pages with addresses that work for five minutes from now. */
export async function embedded({ staff, company, person }) {
  const entities = { 'account-status': person, 'portal-users': company };
  assert.deepEqual(names('embed'), Object.keys(entities).sort(), 'a page of public/embed/ that is nobody’s view');
  return Promise.all(
    Object.entries(entities).map(async ([view, entityId]) => {
      const { url } = await staff('POST', '/api/customers/embeds', { view, entityId });
      const { pathname, hash } = new URL(url);
      return { name: `embed-${view}`, path: pathname + hash };
    }),
  );
}

/** Calls as a member of staff, without a browser. */
export async function staffCaller(server, email = 'superadmin@acme.com') {
  const login = await server.post('/api/auth/login', { email, password: SEED });
  assert.equal(login.status, 200, `${email} cannot sign in`);
  const cookie = login.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
  return async (method, path, body) => {
    const reply = await fetch(server.url + path, { method, headers: { cookie, ...(body ? { 'content-type': 'application/json' } : {}) }, body: body && JSON.stringify(body), signal: AbortSignal.timeout(30_000) });
    const answer = await reply.json();
    assert.ok(reply.ok, `${method} ${path}: ${reply.status} ${JSON.stringify(answer)}`);
    return answer;
  };
}

/** Signed in to both applications: cookies of two realms do not meet. */
export async function signInEverywhere(me, server) {
  await signIn(me, server, { email: 'admin@portal.acme.com' });
  await signInStaff(me, server, 'superadmin@acme.com');
}

/** The page has shown what it fetched, or said why it could not. */
export const settled = (page, timeout = 10_000) =>
  page.waitForFunction(() => {
    const waiting = [...document.querySelectorAll('main .waiting, main[aria-busy=true], main [aria-busy=true]')].filter((node) => node.offsetParent !== null);
    return waiting.length === 0 && !('pending' in document.documentElement.dataset);
  }, null, { timeout });

/**
 * Every view of the back office. `visit` opens a path and is done with it; the links it finds there lead on. Fails when a
 * row of the map was not reached.
 */
export async function walkOffice(page, server, visit) {
  const reached = new Map();
  const queue = OFFICE.filter(({ path }) => !path.includes(':')).map(({ path }) => `/backend${path && `/${path}`}`);
  const take = (path) => {
    const found = find(path);
    if (!found || reached.has(found.page.path)) return;
    reached.set(found.page.path, path);
    queue.push(path);
  };
  for (const { path } of OFFICE.filter(({ path }) => !path.includes(':'))) reached.set(path, `/backend/${path}`);
  for (;;) {
    while (queue.length > 0) {
      const path = queue.shift();
      await visit({ name: `office-${find(path).page.path.replace(/\W+/g, '-') || 'home'}`, path });
      for (const link of await page.$$eval('a[href^="/backend"]', (links) => links.map((link) => link.pathname))) take(link);
    }
    const missing = OFFICE.filter(({ path }) => !reached.has(path));
    const next = missing.map(({ path }) => address(path, reached, server)).find(Boolean);
    if (!next) {
      assert.deepEqual(missing.map(({ path }) => path), [], 'pages of the back office that no link leads to: give the list a row in arrange()');
      return reached;
    }
    take(next);
  }
}

/** The address of a page that no link led to, where that of another page makes it. */
function address(pattern, reached, server) {
  const [of, make] = ALIASES[pattern] ?? [];
  if (of && reached.has(of)) return make(reached.get(of));
  const parent = [...reached.keys()].filter((path) => path.includes(':id') && pattern.startsWith(`${path}/`)).sort((a, b) => b.length - a.length)[0];
  if (!parent) return null;
  return (reached.get(parent) + pattern.slice(parent.length)).replace(':organization', server.place.organizationId);
}

/** A row in every list that starts empty, so that each leads to its pages. */
export async function arrange({ server }) {
  const { staff, ...entities } = await registry({ server });
  await staff('POST', '/api/apps', { name: 'Shop', audience: 'shop', features: [] });
  await staff('POST', '/api/directory/merchants', { name: 'High Street' });
  await staff('POST', '/api/directory/partners', { name: 'Reseller' });
  // Nobody listens there: a delivery that failed says more than one that went well.
  const { webhook } = await staff('POST', '/api/webhooks', { url: 'http://127.0.0.1:9/in', events: ['customer_accounts.user.deleted'], description: 'Billing' });
  await staff('POST', `/api/webhooks/${webhook.id}/test`);
  await staff('POST', '/api/customer_accounts/admin/users-invite', { email: 'invited@mail.example', roleIds: [await roleOf(server, 'viewer')], displayName: 'Ina Invited' });
  return { staff, ...entities };
}

const roleOf = async (server, slug) => (await server.db.prepare('SELECT id FROM customer_roles WHERE slug = ? AND organization_id = ?').bind(slug, server.place.organizationId).first()).id;
