// What works and what waits, with a judgement each.
import { el, note } from '../../lib/dom.js';
import { wordsFor } from '../../lib/errors.js';
import { ago, moment, timeNode } from '../../lib/format.js';
import { badges } from '../list.js';
import { button, facts, head, linkButton } from '../page.js';
import { authed } from '../session.js';

const KINDS = { healthy: 'good', degraded: 'warn', down: 'bad' };
const STATES = { healthy: 'operations.healthy', degraded: 'operations.degraded', down: 'operations.down' };
const SERVICES = { database: 'operations.database', limiter: 'operations.limiter', cache: 'operations.cache' };

const standing = (status) => badges([{ key: STATES[status] ?? 'operations.degraded' }, KINDS[status] ?? 'warn']);
const time = (iso) => (iso ? timeNode(iso, moment) : null);

export async function show(frame) {
  const { main, me } = frame;
  const place = el('div', { class: 'stack', 'aria-live': 'polite' });
  const overall = el('div', { class: 'row' });
  head(frame, { t: 'staff.nav.health', under: overall, actions: [button('operations.refresh', refresh)] });
  main.append(place);
  await refresh();

  async function refresh() {
    place.setAttribute('aria-busy', 'true');
    const { status, trouble } = await ask();
    if (!frame.current()) return;
    place.removeAttribute('aria-busy');
    overall.replaceChildren(status ? standing(status.status) : standing('down'), el('span', { class: 'soft small', t: 'operations.checked', vars: { when: moment(new Date().toISOString()) } }));
    place.replaceChildren(...(trouble ? [note('bad', ...trouble)] : []), ...(status ? [cards(status)] : []));
  }

  function cards(status) {
    return el('div', { class: 'tiles health' }, services(status.services), status.migrations && schema(status.migrations), status.mails && mails(status.mails), status.trail && trail(status.trail), status.keys && keys(status.keys));
  }

  function services(list) {
    return part('operations.services', null, facts(...list.map((one) => [SERVICES[one.name] ?? one.name, el('span', { class: 'row' }, standing(one.status), el('span', { class: 'soft small', t: 'operations.latency', vars: { ms: one.latencyMs } }))])));
  }

  function schema({ applied, expected, behind }) {
    const known = badges(behind ? [{ key: 'operations.behind' }, 'bad'] : [{ key: 'operations.current' }, 'good']);
    return part('operations.schema', known, facts(['operations.applied', applied], behind && ['operations.expected', expected]));
  }

  function mails({ status, waiting, late, abandoned, oldestDueAt }) {
    return part(
      'operations.mails',
      standing(status),
      facts(['operations.waiting', atMost(waiting, 1000)], ['operations.late', atMost(late, 1000)], ['operations.abandonedToday', atMost(abandoned, 1000)], oldestDueAt && ['operations.oldestDue', timeNode(oldestDueAt, ago)]),
      linkButton('operations.openMails', `/backend/operations/outbox${abandoned > 0 && late === 0 ? '?state=abandoned' : ''}`),
    );
  }

  function trail({ status, waitingTrails, oldestUnsealedAt }) {
    return part('operations.trail', standing(status), facts(['operations.trails', atMost(waitingTrails, 100)], ['operations.oldestUnsealed', oldestUnsealedAt ? timeNode(oldestUnsealedAt, ago) : null]));
  }

  function keys({ status, currentSince, rotatesAt, nextReadyAt }) {
    return part(
      'operations.keys',
      standing(status),
      facts(['operations.signsSince', time(currentSince)], ['operations.rotates', time(rotatesAt)], ['operations.nextReady', time(nextReadyAt) ?? el('span', { t: 'operations.noNext' })]),
      me.may('platform.keys.view') ? linkButton('operations.openKeys', '/backend/keys') : null,
    );
  }
}

const part = (t, known, ...children) => el('section', { class: 'card stack-small' }, el('div', { class: 'card-head' }, el('h2', { t }), known), ...children.filter(Boolean));

/** Counts end somewhere. */
const atMost = (count, most) => (count >= most ? `≥ ${most}` : String(count));

/** When something vital is down, what anybody may ask still answers. */
async function ask() {
  try {
    return { status: await authed('GET', '/api/operations/status') };
  } catch (error) {
    if (error.code === undefined || error.status === 403 || error.status === 401) throw error;
    const open = await fetch('/api/health', { headers: { accept: 'application/json' }, cache: 'no-store', signal: AbortSignal.timeout(30_000) }).then((response) => response.json(), () => null);
    return { status: open?.services ? open : null, trouble: open?.status === 'down' ? ['operations.partly'] : wordsFor(error) };
  }
}
