// The trail's entries, wherever they are shown.
import { el } from '../../lib/dom.js';
import { moment, timeNode } from '../../lib/format.js';
import { badges } from '../list.js';
import { authed } from '../session.js';

const KINDS = { success: 'good', failure: 'warn', denied: 'bad' };
/** Pages looked at for one answer: a page is a bounded part of the trail, so a rare match may lie some pages down. */
const PAGES = 20;

/**
 * Up to about `most` entries that match, newest first, and where to go on.
 *
 * @param {Record<string, string>} filter
 * @param {{ most: number, cursor?: string | null, goesOn?: () => boolean }} options
 */
export async function found(filter, { most, cursor = null, goesOn = () => true }) {
  const items = [];
  let at = cursor;
  for (let tries = 0; tries < PAGES && items.length < most && goesOn(); tries += 1) {
    const wanted = Object.entries({ ...filter, limit: String(most), cursor: at ?? '' }).filter(([, value]) => value);
    const answer = await authed('GET', `/api/audit/logs?${new URLSearchParams(wanted)}`);
    items.push(...answer.items);
    at = answer.nextCursor;
    if (!at) break;
  }
  return { items, nextCursor: at };
}

/** One entry as a row. */
export function entry(item) {
  const fact = (t, value) => (value ? [el('dt', { t }), el('dd', {}, el('code', {}, String(value)))] : []);
  const detail = item.detail && Object.keys(item.detail).length > 0 ? el('pre', {}, JSON.stringify(item.detail, null, 2)) : null;
  return el(
    'li',
    {},
    el(
      'div',
      { class: 'body' },
      el('span', { class: 'row' }, el('code', { class: 'title' }, item.action), badges([{ key: `audit.${item.outcome}` }, KINDS[item.outcome]]), el('span', { class: 'soft small' }, timeNode(item.at, moment))),
      el('span', { class: 'soft small' }, [item.actorKind, item.actorId].filter(Boolean).join(' '), ' → ', [item.targetKind, item.targetId].filter(Boolean).join(' ')),
      el(
        'details',
        {},
        el('summary', { class: 'small', t: 'audit.more' }),
        el(
          'dl',
          { class: 'facts' },
          ...fact('audit.seq', item.seq),
          ...fact('audit.realm', item.realm),
          ...fact('audit.organization', item.organizationId),
          ...fact('audit.address', item.ipAddress),
          ...fact('audit.agent', item.userAgent),
          ...fact('audit.request', item.requestId),
        ),
        detail,
      ),
    ),
  );
}
