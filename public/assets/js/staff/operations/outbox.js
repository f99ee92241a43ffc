// Mails that wait, are late, or were given up: sent again, or given up.
import { el, focusOn, icon, note } from '../../lib/dom.js';
import { wordsFor } from '../../lib/errors.js';
import { moment, timeNode } from '../../lib/format.js';
import { say, t } from '../../lib/i18n.js';
import { badges } from '../list.js';
import { act, button, head, tell } from '../page.js';
import { authed } from '../session.js';

const API = '/api/operations/mails';
const STATES = [['waiting', 'operations.stateWaiting'], ['late', 'operations.stateLate'], ['abandoned', 'operations.stateAbandoned']];
const PAGE = 50;

export async function show(frame) {
  const { main, me, query } = frame;
  const manages = me.may('platform.operations.manage');
  let state = STATES.some(([value]) => value === query.get('state')) ? query.get('state') : 'waiting';
  let cursor = null;
  let shown = 0;
  let asked = 0;

  head(frame, { t: 'staff.nav.outbox' });
  const which = el('select', { name: 'state', tLabel: 'operations.state' }, ...STATES.map(([value, key]) => el('option', { value, t: key, selected: value === state })));
  const news = el('div', { 'data-error': true, role: 'alert' });
  const status = el('p', { class: 'soft small list-status', role: 'status' });
  const rows = el('ol', { class: 'list rows' });
  const more = button('operations.more', () => load(), { kind: 'wide' });
  const empty = el('div', { class: 'empty' }, icon('mail'), el('p', { t: 'operations.noMails' }));
  which.addEventListener('change', () => {
    state = which.value;
    frame.replace({ state });
    refresh();
  });
  main.append(el('div', { class: 'list-tools' }, which), news, status, rows, empty, more);
  rows.replaceChildren(...Array.from({ length: 4 }, () => el('li', { 'aria-hidden': 'true' }, el('div', { class: 'body' }, el('span', { class: 'waiting' })))));
  more.hidden = empty.hidden = true;
  await refresh();

  async function refresh() {
    cursor = null;
    shown = 0;
    await load(true);
  }

  async function load(anew = false) {
    const mine = (asked += 1);
    rows.setAttribute('aria-busy', 'true');
    try {
      const answer = await authed('GET', `${API}?${new URLSearchParams({ state, limit: String(PAGE), ...(cursor ? { cursor } : {}) })}`);
      if (mine !== asked || !frame.current()) return;
      const last = anew ? null : rows.lastElementChild;
      const nodes = answer.items.map(row);
      if (anew) rows.replaceChildren(...nodes);
      else rows.append(...nodes);
      cursor = answer.nextCursor;
      shown += nodes.length;
      news.replaceChildren();
      rows.hidden = shown === 0;
      empty.hidden = shown > 0;
      more.hidden = !cursor;
      say(status, 'operations.shown', { count: shown });
      if (last?.nextElementSibling) focusOn(last.nextElementSibling);
    } catch (error) {
      if (error.code === undefined || error.status === 403) throw error;
      if (mine !== asked || !frame.current()) return;
      const [key, vars] = wordsFor(error);
      news.replaceChildren(note('bad', key, vars), el('button', { class: 'button', type: 'button', t: 'common.tryAgain', on: { click: () => refresh() } }));
      if (anew) rows.hidden = true;
    } finally {
      if (mine === asked) rows.removeAttribute('aria-busy');
    }
  }

  function row(mail) {
    const to = { to: mail.recipient };
    const when = mail.abandonedAt
      ? el('span', {}, timeNode(mail.abandonedAt, (iso) => t('operations.abandonedAt', { when: moment(iso) })))
      : el('span', {}, timeNode(mail.dueAt, (iso) => t('operations.dueAt', { when: moment(iso) })));
    return el(
      'li',
      {},
      el(
        'div',
        { class: 'body' },
        el('span', { class: 'row' }, el('strong', { class: 'title' }, mail.recipient), mail.isLate ? badges([{ key: 'operations.late' }, 'warn']) : ''),
        el('span', { class: 'soft small' }, el('code', {}, mail.template), ` · ${[mail.organizationName, mail.tenantName].filter(Boolean).join(' · ')}`),
        el('span', { class: 'soft small' }, when, ' · ', el('span', { t: 'operations.tried', vars: { count: mail.attempts } })),
        mail.lastError ? el('code', { class: 'small wrap' }, mail.lastError) : null,
      ),
      manages
        ? el(
            'div',
            { class: 'row' },
            button('operations.retry', (node) => settle(node, mail, 'retry'), { label: 'operations.retryWho', vars: to }),
            mail.abandonedAt ? '' : button('operations.giveUp', (node) => settle(node, mail, 'abandon'), { kind: 'danger', label: 'operations.giveUpWho', vars: to }),
          )
        : '',
    );
  }

  async function settle(node, mail, way) {
    const vars = { to: mail.recipient };
    const ask =
      way === 'retry'
        ? { title: 'operations.retryTitle', text: 'operations.retryText', action: 'operations.retry' }
        : { title: 'operations.giveUpTitle', text: 'operations.giveUpText', action: 'operations.giveUp' };
    const done = await act(node, () => authed('POST', `${API}/${mail.id}/${way}`), { ask, vars, failed: (error) => error.code === 'CONFLICT' && meanwhile() });
    if (!done) return;
    await refresh();
    tell('good', way === 'retry' ? 'operations.retried' : 'operations.givenUp', vars);
  }

  function meanwhile() {
    refresh().then(() => tell('warn', 'operations.inHand'));
    return true;
  }
}
