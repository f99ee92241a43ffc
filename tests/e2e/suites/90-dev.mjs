// `make dev`, as people run it: real wrangler dev, seeds, Ctrl-C, and a quick second start.
import { availableParallelism, loadavg } from 'node:os';
import { assert, isOk } from '../harness/check.mjs';
import { Client } from '../harness/client.mjs';
import { Dev, scratch } from '../harness/dev.mjs';
import { CA, SEEDED, SEED_PASSWORD, freshEmail, inbox, signUp, tokenOf } from '../harness/people.mjs';
import { freePort } from '../harness/ports.mjs';
import { after, note, test } from '../harness/runner.mjs';

test('make dev: ready, seeded people sign in, a mail in the inbox; Ctrl-C stops it; the second start takes at most 5 s', async () => {
  const { folder, remove } = scratch();
  after(remove);
  const first = new Dev(await freePort(), folder);
  const seconds = await first.ready(300_000);
  for (const line of ['secrets', 'local D1', 'seeded', 'serving']) assert.match(first.output, new RegExp(`^ok .*${line}`, 'm'));
  const server = { url: first.screen().url.replace(/\/$/, '') };
  const client = new Client(server);
  const health = isOk(await client.get('/api/health'));
  assert.equal(health.status, 'healthy', JSON.stringify(health));
  const { organization } = isOk(await client.get('/api/directory/organizations/lookup?slug=acme'));
  server.place = { organizationId: organization.id };
  for (const email of Object.values(SEEDED)) {
    const person = new Client(server);
    isOk(await person.post(`${CA}/login`, { email, password: SEED_PASSWORD, ...server.place }));
    assert.equal(isOk(await person.get(`${CA}/portal/profile`)).user.email, email);
  }
  const email = freshEmail('dev');
  isOk(await signUp(client, { email }), 202);
  const [mail] = await inbox(server, email);
  assert.ok(mail.links[0].startsWith(`${server.url}/acme/portal/verify?token=`), mail.links[0]);
  isOk(await client.post(`${CA}/email/verify`, { token: tokenOf(mail) }));
  const page = await client.get('/dev/inbox');
  assert.ok(page.text.includes(email));
  await first.interrupt();

  const second = new Dev(await freePort(), folder);
  const again = await second.ready(60_000);
  isOk(await new Client({ url: `http://127.0.0.1:${second.port}` }).get('/api/health'));
  await second.interrupt();
  note(`first start ${seconds.toFixed(1)} s, second ${again.toFixed(1)} s`);
  const busy = loadavg()[0] > availableParallelism() * 1.5;
  assert.ok(again <= (busy ? 15 : 5), `${again.toFixed(1)} s${busy ? ' on a busy machine' : ''}`);
}, { timeout: 420_000 });
