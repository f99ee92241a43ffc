// Live streams over HTTP on workerd: who hears of what and how soon, what ends a stream, and what a client finds when it
// comes back after the object, or the whole process, was gone.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { assert, caught, isProblem } from '../harness/check.mjs';
import { Client } from '../harness/client.mjs';
import { CA, SEED_PASSWORD, freshEmail, logIn, parallel, signedIn, staff } from '../harness/people.mjs';
import { note, size, test } from '../harness/runner.mjs';
import { RAISED } from '../harness/secrets.mjs';
import { start } from '../harness/server.mjs';
import { listen } from '../harness/streams.mjs';

const PORTAL = `${CA}/portal/events/stream`;
const STAFF = '/api/events/stream';
const UPDATED = 'customer_accounts.user.updated';

/** Says in the log when an object of the channel comes to be, and with how many sockets: some, after an eviction. */
const COUNTED = `
import worker, * as all from './worker.js';
export * from './worker.js';
export default worker;
export class ChannelObject extends all.ChannelObject {
  constructor(...given) { super(...given); console.log(JSON.stringify({ event: 'channel-born', sockets: given[0].getWebSockets().length })); }
}`;

/** A channel that nobody reaches. */
const DOWN = `
import worker from './worker.js';
export * from './worker.js';
export default worker;
export class ChannelObject { fetch() { throw new Error('down'); } }`;

const vars = { ...RAISED, LIVE_HEARTBEAT_SECONDS: '1' };
const server = await start({ vars });
// Its objects are left alone while the other tests run, so that they are evicted.
const lonely = await start({ vars, entry: COUNTED, persist: true });
const alone = await listen(await signedIn(lonely), PORTAL);
const aloneSince = performance.now();

const reborn = () => lonely.logs.filter((line) => line?.event === 'channel-born' && line.sockets > 0).length;

/** People of an organization, as administrators make them; then they are where the test wants them. */
async function people(on, admin, count, place) {
  const made = await parallel(count, async () => {
    const email = freshEmail('live');
    const reply = await admin.post(`${CA}/admin/users`, { email, password: SEED_PASSWORD, displayName: 'Liv' });
    assert.equal(reply.status, 201, reply.text);
    return { email, id: reply.json.user?.id ?? reply.json.id };
  });
  for (const { id } of place ? made : []) {
    await on.db.prepare('UPDATE customer_users SET tenant_id = ?, organization_id = ? WHERE id = ?').bind(place.tenantId, place.organizationId, id).run();
  }
  return Promise.all(
    made.map(async ({ email, id }) => {
      const client = new Client(on);
      const reply = await logIn(client, { email, password: SEED_PASSWORD, ...place });
      assert.equal(reply.status, 200, reply.text);
      return { client, id };
    }),
  );
}

/** Another organization of the tenant, or of a tenant of its own. */
async function elsewhere(on, tenantId) {
  const place = { tenantId: tenantId ?? randomUUID(), organizationId: randomUUID() };
  const slug = `else-${place.organizationId.slice(0, 8)}`;
  if (!tenantId) await on.db.prepare('INSERT INTO tenants (id, name, created_at) VALUES (?, ?, ?)').bind(place.tenantId, slug, Date.now()).run();
  await on.db.prepare('INSERT INTO organizations (id, tenant_id, name, slug, created_at) VALUES (?, ?, ?, ?, ?)').bind(place.organizationId, place.tenantId, slug, slug, Date.now()).run();
  return place;
}

async function rename(admin, id, displayName) {
  const reply = await admin.put(`${CA}/admin/users/${id}`, { displayName });
  assert.equal(reply.status, 200, reply.text);
  return performance.now();
}

/** Ten streams each of so many people: here, at another organization, in another tenant. */
async function crowd(on, admin, [here, beside, abroad], each) {
  const groups = [
    await people(on, admin, here),
    await people(on, admin, beside, await elsewhere(on, on.place.tenantId)),
    await people(on, admin, abroad, await elsewhere(on)),
  ];
  const all = groups.flat();
  await Promise.all(all.map(async (one) => (one.streams = await parallel(each, () => listen(one.client, PORTAL)))));
  return { here: groups[0], all };
}

/** One event for one of the crowd: how long its last stream waited, after nobody else has heard of it for a while. */
async function reach(admin, { here, all }, turn) {
  const chosen = here[turn % here.length];
  const before = new Map(all.map((one) => [one, one.streams.map((stream) => stream.named(UPDATED).length)]));
  const since = await rename(admin, chosen.id, `Liv ${turn}`);
  await Promise.all(chosen.streams.map((stream, i) => stream.when(() => stream.named(UPDATED).length > before.get(chosen)[i])));
  await sleep(250);
  const heard = all.filter((one) => one.streams.some((stream, i) => stream.named(UPDATED).length !== before.get(one)[i]));
  assert.deepEqual(heard.map((one) => one.id), [chosen.id], 'whom an event reached');
  for (const stream of chosen.streams) assert.equal(stream.named(UPDATED).at(-1).payload.recipientUserId, chosen.id);
  return Math.max(...chosen.streams.map((stream) => stream.named(UPDATED).at(-1).at - since));
}

let admin;
let gathered;

test('200 streams are open, and an event reaches exactly its audience within a second (issue 7)', async () => {
  admin = await staff(server);
  gathered = await crowd(server, admin, [16, 2, 2], 10);
  assert.equal(gathered.all.flatMap((one) => one.streams).filter((stream) => stream.status === 200).length, 200);
  const office = await listen(admin, STAFF);
  const times = [];
  for (let turn = 0; turn < size(5, 40); turn += 1) times.push(await reach(admin, gathered, turn));
  note(`the last of ten streams had it ${Math.max(...times).toFixed(0)} ms after the change was answered, at most`);
  assert.ok(Math.max(...times) < 1_000, `${times}`);
  await office.when(() => office.named(UPDATED).length === times.length);
  office.close();
});

test('the twin that tells everybody everything is caught', async () => {
  const twin = await start({ vars, twin: 'live-for-everybody' });
  const root = await staff(twin);
  const few = await crowd(twin, root, [2, 1, 1], 1);
  note(await caught('live-for-everybody', () => reach(root, few, 0)));
  await twin.stop();
});

test('a stream ends within a second of what ended its access, and no other does', async () => {
  const [first, second, third, fourth] = gathered.here;
  const ends = async (one, act) => {
    const reply = await act();
    assert.equal(reply.status, 200, reply.text);
    const since = performance.now();
    const over = await Promise.all(one.streams.map((stream) => Promise.race([stream.ended, sleep(5_000, { at: Infinity })])));
    const took = Math.max(...over.map(({ at }) => at - since));
    assert.ok(took < 1_000, `${took} ms`);
    for (const { how } of over) assert.equal(how, 'ended', 'cleanly, so that the client comes back and hears 401');
    return took;
  };
  const { id: viewer } = await server.row("SELECT id FROM customer_roles WHERE slug = 'viewer' AND organization_id = ?", server.place.organizationId);
  const times = [
    await ends(first, () => first.client.clone().post(`${CA}/portal/logout`)),
    await ends(second, () => admin.post(`${CA}/admin/users/${second.id}/force-logout`)),
    await ends(third, () => admin.put(`${CA}/admin/users/${third.id}`, { isActive: false })),
    await ends(fourth, () => admin.put(`${CA}/admin/users/${fourth.id}`, { roleIds: [viewer] })),
  ];
  note(`closed ${Math.max(...times).toFixed(0)} ms after the answer, at most: logged out, forced out, disabled, other roles`);
  for (const one of gathered.all.slice(4)) for (const stream of one.streams) assert.equal(await Promise.race([stream.ended, 'open']), 'open');
  isProblem(await first.client.get(PORTAL), 401, 'Authentication required');
  isProblem(await third.client.get(PORTAL), 401, 'Authentication required');
  // Other roles are no end of the session: the person comes back.
  (await listen(fourth.client, PORTAL)).close();
});

test('an eleventh stream is refused, and one that is closed makes room', async () => {
  const one = gathered.here[5];
  const refused = await one.client.get(PORTAL);
  isProblem(refused, 429, 'Too many requests. Please try again later.');
  assert.equal(refused.headers['x-ratelimit-limit'], '10');
  one.streams.pop().close();
  for (const until = performance.now() + 5_000; ; await sleep(50)) {
    const again = await listen(one.client, PORTAL);
    if (again.status === 200) return again.close();
    assert.ok(performance.now() < until, 'the object heard of it');
  }
});

test('a silent stream says that it is alive, and headers are the wire\'s', async () => {
  const stream = gathered.here[6].streams[0];
  await stream.when(() => stream.comments.filter(({ text }) => text === ':heartbeat').length >= 2);
  assert.equal(stream.comments[0].text, ': connected');
  const { 'content-type': type, 'cache-control': cache, 'x-accel-buffering': buffering } = stream.replyHeaders;
  assert.deepEqual([type, cache, buffering], ['text/event-stream', 'no-store, no-cache, no-transform', 'no']);
});

test('a suspended tenant hears no more, at any of its organizations', async () => {
  const root = await staff(server, 'superadmin@acme.com');
  const far = gathered.all.at(-1);
  const { tenantId } = { tenantId: (await server.row('SELECT tenant_id FROM customer_users WHERE id = ?', far.id)).tenant_id };
  const reply = await root.post(`/api/directory/tenants/${tenantId}/suspend`, {});
  assert.equal(reply.status, 200, reply.text);
  const since = performance.now();
  const over = await Promise.all(far.streams.map((stream) => Promise.race([stream.ended, sleep(5_000, { at: Infinity })])));
  const took = Math.max(...over.map(({ at }) => at - since));
  note(`closed ${took.toFixed(0)} ms after the answer`);
  assert.ok(took < 1_000, `${took} ms`);
});

test('where the channel is out of reach a stream is refused with 503, and changes are as quick as ever', async () => {
  const down = await start({ vars, entry: DOWN });
  const client = await signedIn(down);
  isProblem(await client.get(PORTAL), 503, 'Service temporarily unavailable. Please try again in a moment.');
  const root = await staff(down);
  const { id } = await down.row("SELECT id FROM customer_users WHERE email = 'buyer@portal.acme.com'");
  await rename(root, id, 'Bruno');
  await down.stop();
});

test('the object is evicted and remembers who listens; the process is killed, and who comes back has missed nothing', async () => {
  const root = await staff(lonely);
  const { id } = await lonely.row("SELECT id FROM customer_users WHERE email = 'buyer@portal.acme.com'");
  await sleep(Math.max(0, 11_500 - (performance.now() - aloneSince)));
  await rename(root, id, 'After the eviction');
  await alone.when(() => alone.named(UPDATED).length === 1);
  assert.ok(reborn() > 0, 'the object was evicted, and came back to its sockets');
  // An answered change, and at once no process any more: told or not, it is in the feed.
  await rename(root, id, 'Before the kill');
  await lonely.kill();
  await alone.ended;
  await lonely.restart();
  for (const name of ['One', 'Two', 'Three']) await rename(root, id, name);
  const again = await listen(alone.client, PORTAL, { last: alone.last });
  await again.when(() => again.events.length + alone.named(UPDATED).length >= 5);
  await sleep(200);
  const positions = [...alone.named(UPDATED), ...again.named(UPDATED)].map((event) => event.position);
  assert.deepEqual([positions.length, new Set(positions).size, again.named('reset').length], [5, 5, 0], 'each once, and nothing lost');
  note(`${alone.named(UPDATED).length} before the kill, ${again.named(UPDATED).length} after it`);
});
