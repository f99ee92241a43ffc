import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AuthError, portcullis } from '../src/index.ts';
import { AUDIENCE, FakePortcullis, ISSUER, newKey } from './portcullis.ts';

const FEED = '/.well-known/revocations';
const setUp = async () => {
  const server = await FakePortcullis.start();
  const auth = portcullis({ issuer: ISSUER, audience: AUDIENCE, fetch: server.fetch, now: () => server.now });
  const passes = async (token: string) => {
    try {
      await auth.verify(token);
      return 200;
    } catch (error) {
      assert.ok(error instanceof AuthError, String(error));
      return error.code === 'REVOKED' ? 'revoked' : error.status;
    }
  };
  return { server, auth, passes };
};

test('a revoked session, user, organization or tenant is refused within the interval', async () => {
  for (const [kind, id] of [['s', 'session-1'], ['u', 'user-1'], ['o', 'organization-1'], ['t', 'tenant-1']] as const) {
    const { server, passes } = await setUp();
    const token = await server.token();
    assert.equal(await passes(token), 200);
    server.wait(1);
    server.revoke(kind, id, kind === 's' ? undefined : server.seconds);
    server.wait(1);
    assert.equal(await passes(token), 'revoked', kind);
    assert.equal(await passes(await server.token({ sid: 'another', sub: 'another', orgId: 'another', tenantId: 'another' })), 200, kind);
  }
});

test('tokens issued after a user’s revocation pass, those of the second before do not', async () => {
  const { server, passes } = await setUp();
  const before = await server.token();
  server.wait(5);
  server.revoke('u', 'user-1', server.seconds);
  const after = await server.token({ sid: 'session-2' });
  assert.deepEqual([await passes(before), await passes(after)], ['revoked', 200]);
});

test('a tenant over the cap is refused by time', async () => {
  const { server, passes } = await setUp();
  const before = await server.token();
  server.wait(10);
  server.notBefore = { 'tenant-1': server.seconds };
  assert.deepEqual([await passes(before), await passes(await server.token())], ['revoked', 200]);
});

test('one look an interval; a busy process never waits for it', async () => {
  const { server, passes } = await setUp();
  const token = await server.token();
  for (let n = 0; n < 50; n += 1) await passes(token);
  assert.equal(server.count(FEED), 1);
  server.wait(1.3);
  let release = () => {};
  server.instead.set(FEED, async () => {
    await new Promise<void>((resolve) => (release = resolve));
    return new Response(await server.snapshot());
  });
  // Looks ahead of time, in the background.
  assert.equal(await passes(token), 200);
  assert.equal(await passes(token), 200);
  assert.equal(server.count(FEED), 2);
  release();
});

test('a quiet process is as current as a busy one', async () => {
  const { server, passes } = await setUp();
  const token = await server.token();
  assert.equal(await passes(token), 200);
  server.wait(300);
  server.revoke('s', 'session-1');
  assert.equal(await passes(token), 'revoked');
});

test('an outage is survived until the snapshot’s own end, then nobody passes', async () => {
  const { server, passes } = await setUp();
  const token = await server.token({ exp: server.seconds + 7200 });
  server.revoke('s', 'session-2');
  assert.equal(await passes(token), 200);
  server.down = true;
  server.wait(599);
  assert.equal(await passes(token), 200);
  assert.equal(await passes(await server.token({ sid: 'session-2' })), 'revoked', 'what was revoked before stays so');
  server.wait(2);
  assert.equal(await passes(token), 503);
  server.down = false;
  server.wait(3);
  assert.equal(await passes(token), 200);
});

test('while nobody answers, one request an interval waits', async () => {
  const { server, passes } = await setUp();
  const token = await server.token();
  await passes(token);
  server.down = true;
  server.wait(10);
  for (let n = 0; n < 20; n += 1) assert.equal(await passes(token), 200);
  assert.equal(server.count(FEED), 2);
});

test('nobody passes before the first snapshot', async () => {
  const { server, passes } = await setUp();
  server.instead.set(FEED, () => new Response('', { status: 503 }));
  assert.equal(await passes(await server.token()), 503);
});

test('the delta form adds to what is known; entries go when their tokens have expired', async () => {
  const { server, passes } = await setUp();
  server.revoke('s', 'session-1');
  const token = await server.token({ exp: server.seconds + 7200 });
  assert.equal(await passes(token), 'revoked');
  for (let n = 0; n < 3; n += 1) {
    server.wait(3);
    server.revoke('s', `other-${n}`);
    assert.equal(await passes(token), 'revoked');
  }
  // The fake keeps listing nothing older than `since`; the entry's own end is all that lets it go.
  server.wait(600);
  assert.equal(await passes(token), 200);
});

test('snapshots that are forged, of another kind, another issuer, older or with a gap change nothing', async () => {
  const stranger = await newKey();
  const forgeries: Array<[string, (server: FakePortcullis) => Promise<string>]> = [
    ['forged', (server) => server.snapshot(null, { entries: [] }, 'revocations+jwt', { ...stranger, kid: server.keys[0]!.kid })],
    ['another kind', (server) => server.snapshot(null, { entries: [] }, 'JWT')],
    ['another issuer', (server) => server.snapshot(null, { iss: 'https://else.example', entries: [] })],
    ['past its end', (server) => server.snapshot(null, { exp: server.seconds, entries: [] })],
    ['going back', (server) => server.snapshot(null, { seq: 0, entries: [] })],
    ['a gap', (server) => server.snapshot(null, { since: server.seq + 5, seq: server.seq + 9, entries: [] })],
    ['not JSON', async () => 'a.b.c'],
  ];
  for (const [name, forge] of forgeries) {
    const { server, passes } = await setUp();
    server.revoke('s', 'session-1');
    const token = await server.token();
    assert.equal(await passes(token), 'revoked', name);
    server.instead.set(FEED, async () => new Response(await forge(server)));
    server.wait(3);
    assert.equal(await passes(token), 'revoked', name);
    assert.equal(server.count(FEED), 2, name);
  }
});
