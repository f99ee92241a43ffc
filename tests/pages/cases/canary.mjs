// Text that would run if anything took it for markup, in every column of every table that people can write words into, on
// every page and in every mail: the worst that any way in could ever leave behind, also one that validation stops today.
import assert from 'node:assert/strict';
import { Server } from '../server.mjs';
import { arrange, embedded, inside, outside, settled, signInEverywhere, walkOffice } from '../walk.mjs';
import { CA, CANARY, PASSWORD, fresh, open } from './people.mjs';

/** Columns that hold words of people's, by their names: a new one is found by itself. */
const WORDS = /^(?!search_)(\w+_)?(name|title|description|label|user_agent|reason|note|message|comment|excerpt|error)$/;
/** Tables whose names are ours, or that hold what is sent and not what is shown. */
const OURS = ['attempt_counters', 'event_outbox', 'mail_outbox', 'development_inbox', 'd1_migrations'];
/** What at least has to be seen on some page, so that the walk cannot go blind. */
const SHOWN = [
  'customer_entities.display_name',
  'customer_roles.description',
  'customer_roles.name',
  'customer_users.display_name',
  'organizations.name',
  'staff_users.display_name',
  'tenants.name',
];

/** Leaves a canary in every such column, which says which one it is. */
async function poison(server) {
  const all = async (sql) => (await server.db.prepare(sql).all()).results;
  // The trail takes no changes: here it has to.
  for (const { name } of await all("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_log'")) await server.run(`DROP TRIGGER ${name}`);
  const left = [];
  for (const { name: table } of await all("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")) {
    if (OURS.includes(table)) continue;
    for (const { name: column, type } of await all(`PRAGMA table_info(${table})`)) {
      if (type !== 'TEXT' || !WORDS.test(column)) continue;
      const mark = `${CANARY}${table}.${column}`;
      // Where a name has to be unique, it carries its row beside the canary.
      const done = await server.run(`UPDATE ${table} SET ${column} = ?`, mark).catch(() => server.run(`UPDATE ${table} SET ${column} = ? || ' ' || rowid`, mark));
      if (done.meta.changes > 0) left.push(`${table}.${column}`);
    }
  }
  const notice = JSON.stringify(Object.fromEntries(['name', 'email', 'device', 'roles', 'organization'].map((key) => [key, `${CANARY}notification.${key}`])));
  for (const realm of ['customer', 'staff']) await server.run(`UPDATE ${realm}_notifications SET title_variables_json = ?, link_href = 'javascript:window.canary=4'`, notice);
  await server.run('UPDATE audit_log SET detail = ?, target_id = ?', JSON.stringify({ displayName: { before: `${CANARY}audit`, after: [CANARY] }, [CANARY]: CANARY }), `${CANARY}target`);
  await server.run("UPDATE organizations SET logo_url = 'javascript:window.canary=5', accent = ?, mail_accent = ?", `red}</style>${CANARY}`, `red}</style>${CANARY}`);
  await server.kv.list().then(({ keys }) => Promise.all(keys.map(({ name }) => server.kv.delete(name))));
  return left;
}

/** What a canary has done to the document that stands there: it ran, or it became markup, or it broke the page. */
async function harm(page) {
  return page.evaluate(() => {
    const found = [...document.querySelectorAll('img[src="x"], [onerror], script:not([src]), a[href^="javascript:" i], img[src^="javascript:" i], iframe, object')].map((node) => node.outerHTML.slice(0, 160));
    if (window.canary !== undefined) found.push(`ran: ${window.canary}`);
    const wide = document.documentElement.scrollWidth - window.innerWidth;
    if (wide > 0) found.push(`${wide} px wider than the screen`);
    return found;
  });
}

const said = (page) => page.evaluate(() => [document.title, document.body.innerText, ...[...document.querySelectorAll('input, textarea')].map((field) => field.value), ...[...document.querySelectorAll('option')].map((option) => option.textContent)].join('\n'));

/** Things happen to people, so that there are notices, mails and rows of the trail about them. */
async function life(server, staff, email) {
  const { id } = await server.db.prepare('SELECT id FROM customer_users WHERE email = ?').bind(email).first();
  const roles = (await server.db.prepare("SELECT id FROM customer_roles WHERE organization_id = ? AND slug IN ('portal_admin', 'buyer')").bind(server.place.organizationId).all()).results;
  await staff('PUT', `${CA}/admin/users/${id}`, { roleIds: roles.map((role) => role.id) });
  await server.post(`${CA}/login`, { email, password: 'Portcullis-dev-1', organizationId: server.place.organizationId }, { 'user-agent': `Another ${CANARY}` });
}

/** Every kind of mail that names can get into, rendered with names that would run. */
async function mails(server, staff) {
  const place = { organizationId: server.place.organizationId };
  const roleIds = [(await server.db.prepare("SELECT id FROM customer_roles WHERE organization_id = ? AND slug = 'viewer'").bind(place.organizationId).first()).id];
  const displayName = CANARY;
  await server.post(`${CA}/signup`, { email: fresh('canary'), password: PASSWORD, displayName, ...place });
  await server.post(`${CA}/signup`, { email: 'buyer@portal.acme.com', password: PASSWORD, displayName, ...place });
  await server.post(`${CA}/password/reset-request`, { email: 'buyer@portal.acme.com', ...place });
  await server.post(`${CA}/magic-link/request`, { email: 'buyer@portal.acme.com', ...place });
  await staff('POST', `${CA}/admin/users-invite`, { email: fresh('canary'), roleIds, displayName });
  await server.post('/api/auth/reset', { email: 'admin@acme.com' });
  await server.post(`${CA}/login`, { email: 'viewer@portal.acme.com', password: 'Portcullis-dev-1', ...place }, { 'user-agent': CANARY });
  for (const until = Date.now() + 10_000; Date.now() < until; await new Promise((done) => setTimeout(done, 100))) {
    const rows = (await server.db.prepare('SELECT recipient, subject, html FROM development_inbox').all()).results;
    if (rows.length >= 7) return rows;
  }
  throw new Error('the mails did not come');
}

export const cases = {
  async 'canaries in everything people can write: none runs on any page of any application, and none breaks one'(tools) {
    const server = await new Server().up({ settings: { EMBED_ORIGINS: 'https://crm.example.com' } });
    try {
      const mine = { ...tools, server };
      const entities = await arrange(mine);
      const [stranger, me] = [await open(mine), await open(mine)];
      await signInEverywhere(me, server);
      await life(server, entities.staff, 'admin@portal.acme.com');
      const left = await poison(server);
      assert.ok(left.length >= SHOWN.length, left.join(', '));
      const [wrong, pages] = [[], []];
      let words = '';
      const visit = async ({ page }, { name, path }) => {
        if (path.includes('#')) await page.goto('about:blank');
        await page.goto(path);
        await settled(page).catch(() => wrong.push(`${name}: still waiting`));
        for (const more of await page.locator('main details:not([open]) > summary').all()) await more.click({ timeout: 1000 }).catch(() => {});
        await page.waitForTimeout(50);
        for (const found of await harm(page)) wrong.push(`${name}: ${found}`);
        words += await said(page);
        pages.push(name);
      };
      // The reference shows nothing that people wrote.
      for (const page of [...outside().filter(({ name }) => name !== 'docs'), ...(await embedded(entities)), { name: 'dev-inbox', path: '/dev/inbox' }]) await visit(stranger, page);
      for (const page of inside()) await visit(me, page);
      await walkOffice(me.page, server, (page) => visit(me, page));
      assert.deepEqual(wrong, [], `${pages.length} pages`);
      assert.deepEqual(SHOWN.filter((column) => !words.includes(column)), [], 'canaries that no page showed');

      // The check above finds what it looks for.
      await me.page.evaluate((canary) => document.querySelector('main').insertAdjacentHTML('beforeend', `${canary}<a href="javascript:1">x</a>`), CANARY);
      assert.equal((await harm(me.page)).length, 3);
    } finally {
      await server.down();
    }
  },

  async 'canaries in everything people can write: none runs in any mail'(tools) {
    const server = await new Server().up();
    try {
      const mine = { ...tools, server };
      const { staff } = await arrange(mine);
      await poison(server);
      const { page } = await open(mine);
      await page.setViewportSize({ width: 800, height: 900 });
      // A mail client without a policy of ours: what is markup there would run.
      const read = async (html) => {
        await page.goto('about:blank');
        await page.setContent(html);
        await page.waitForTimeout(20);
        return harm(page);
      };
      let named = 0;
      for (const { recipient, subject, html } of await mails(server, staff)) {
        assert.deepEqual(await read(html), [], `${subject} to ${recipient}`);
        assert.doesNotMatch(subject, /[\r\n]/);
        if ((await page.evaluate(() => document.body.innerText)).includes('onerror=')) named += 1;
      }
      assert.ok(named >= 3, `only ${named} mails said a name`);
      assert.ok((await read(`<p>${CANARY}</p>`)).length > 0, 'a mail that did not escape would be found');
    } finally {
      await server.down();
    }
  },
};

// It opens the mails in a window of its own size.
cases['canaries in everything people can write: none runs in any mail'].views = ['wide-dark'];
