// The audit trail: who did what to whom, newest first; narrowed down, carried away, and checked for tampering.
import { el, focusOn, icon, note } from '../../lib/dom.js';
import { wordsFor } from '../../lib/errors.js';
import { say } from '../../lib/i18n.js';
import { field } from '../dialog.js';
import { act, button, head, tell } from '../page.js';
import { authed } from '../session.js';
import { entry, found as search } from './trail.js';

const NAMES = ['q', 'action', 'outcome', 'actor', 'organizationId', 'tenantId', 'since', 'before'];
const PAGE = 50;

export async function show(frame) {
  const { main } = frame;
  const asked = Object.fromEntries(NAMES.map((name) => [name, frame.query.get(name) ?? '']));
  head(frame, { t: 'staff.nav.audit', actions: [button('audit.verify', verify), button('audit.csv', carryAway)] });

  const rows = el('ol', { class: 'list trail' });
  const older = button('audit.older', () => more(), { kind: 'wide' });
  const status = el('p', { class: 'soft small list-status', role: 'status' });
  const news = el('div', { 'data-error': true, role: 'alert' });
  main.append(filters(), news, status, rows, older);
  older.hidden = true;
  rows.replaceChildren(...Array.from({ length: 8 }, () => el('li', { 'aria-hidden': 'true' }, el('div', { class: 'body' }, el('span', { class: 'waiting' })))));
  let cursor = null;
  let shown = 0;
  await refresh();

  function filters() {
    const form = el(
      'form',
      { class: 'filters', role: 'search', method: 'post' },
      field('q', 'audit.words', { type: 'search', value: asked.q, maxlength: '200' }),
      field('action', 'audit.action', { value: asked.action, maxlength: '100', hint: 'audit.actionHint' }),
      field('actor', 'audit.actor', { value: asked.actor, maxlength: '100', hint: 'audit.actorHint' }),
      field('outcome', 'audit.outcome', { value: asked.outcome, choices: [['', { key: 'audit.any' }], ['success', { key: 'audit.success' }], ['failure', { key: 'audit.failure' }], ['denied', { key: 'audit.denied' }]] }),
      field('organizationId', 'audit.organization', { value: asked.organizationId, maxlength: '36', hint: 'audit.organizationHint' }),
      // Only super admins may read another trail; the server says so to everybody else.
      frame.me.may('platform.keys.manage') ? field('tenantId', 'audit.trail', { value: asked.tenantId, maxlength: '36', hint: 'audit.trailHint' }) : '',
      field('since', 'audit.since', { type: 'datetime-local', value: local(asked.since) }),
      field('before', 'audit.before', { type: 'datetime-local', value: local(asked.before) }),
      el('div', { class: 'row' }, el('button', { class: 'button primary', type: 'submit' }, icon('search'), el('span', { t: 'list.search' }))),
    );
    form.dataset.handled = '';
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      const values = Object.fromEntries(new FormData(form));
      Object.assign(asked, values, { since: utc(values.since), before: utc(values.before) });
      frame.replace(asked);
      await refresh();
    });
    return form;
  }

  async function refresh() {
    cursor = null;
    shown = 0;
    await more(true);
  }

  async function more(anew = false) {
    rows.setAttribute('aria-busy', 'true');
    try {
      const { items: found, nextCursor } = await search(asked, { most: PAGE, cursor, goesOn: frame.current });
      if (!frame.current()) return;
      cursor = nextCursor;
      news.replaceChildren();
      const first = anew ? null : rows.lastElementChild;
      const nodes = found.map(entry);
      if (anew) rows.replaceChildren(...nodes);
      else rows.append(...nodes);
      shown += found.length;
      rows.hidden = shown === 0;
      say(status, shown === 0 ? 'list.noMatch' : 'audit.shown', { count: shown });
      older.hidden = !cursor;
      if (first?.nextElementSibling) focusOn(first.nextElementSibling);
    } catch (error) {
      if (error.code === undefined) throw error;
      const [key, vars] = wordsFor(error);
      news.replaceChildren(note('bad', key, vars));
      if (anew) rows.replaceChildren();
    } finally {
      rows.removeAttribute('aria-busy');
    }
  }

  function query() {
    return new URLSearchParams(Object.entries(asked).filter(([, value]) => value));
  }

  async function carryAway(node) {
    // A fresh token first: a download cannot renew one.
    if (!(await act(node, () => authed('GET', '/api/auth/profile')))) return;
    const link = el('a', { href: `/api/audit/logs.csv?${query()}`, download: 'audit-log.csv' });
    link.click();
  }

  async function verify(node) {
    const found = { rows: 0, changed: [], missing: [], brokenSeals: [], unsealed: 0 };
    const done = await act(node, async () => {
      for (let after = 0, complete = false; !complete; ) {
        const part = await authed('GET', `/api/audit/verify?${new URLSearchParams({ after, ...(asked.tenantId ? { tenantId: asked.tenantId } : {}) })}`);
        const { report } = part;
        found.rows += report.rows;
        for (const name of ['changed', 'missing']) found[name].push(...report[name]);
        found.brokenSeals.push(...(report.brokenSeals ?? report.broken_seals ?? []));
        found.unsealed = report.unsealed;
        complete = part.complete;
        after = part.nextAfter;
      }
    });
    if (!done || !frame.current()) return;
    const wrong = found.changed.length + found.missing.length + found.brokenSeals.length;
    tell(wrong === 0 ? 'good' : 'bad', wrong === 0 ? 'audit.sound' : 'audit.tampered', {
      rows: found.rows,
      unsealed: found.unsealed,
      changed: found.changed.join(', ') || '–',
      missing: found.missing.join(', ') || '–',
      seals: found.brokenSeals.join(', ') || '–',
    });
  }
}

/** `2026-11-21T08:00` in the reader's own time, for the field; and back. */
const local = (iso) => (iso ? new Date(new Date(iso).getTime() - new Date(iso).getTimezoneOffset() * 60_000).toISOString().slice(0, 16) : '');
const utc = (text) => (text ? new Date(text).toISOString() : '');
