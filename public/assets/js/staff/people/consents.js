// What somebody agreed to, and whether the record of it is what was written.
import { el } from '../../lib/dom.js';
import { moment, timeNode } from '../../lib/format.js';
import { badges } from '../list.js';
import { card } from '../page.js';

/** Nothing, where nothing was ever asked. */
export function consents(items) {
  if (items.length === 0) return '';
  const row = (one) =>
    el(
      'li',
      { class: 'single' },
      el(
        'div',
        { class: 'body' },
        el('span', { class: 'title' }, one.consentType),
        badges(one.isGranted ? [{ key: 'people.consentGiven' }, 'good'] : [{ key: 'people.consentWithdrawn' }, 'bad'], !one.integrityValid && [{ key: 'people.consentChanged' }, 'bad']),
        el('span', { class: 'soft small' }, timeNode((one.isGranted ? one.grantedAt : one.withdrawnAt) ?? one.createdAt, moment), ' ', [one.source, one.ipAddress].filter(Boolean).join(' · ')),
      ),
    );
  return card('people.consents', el('ul', { class: 'list plain-list' }, ...items.map(row)));
}
