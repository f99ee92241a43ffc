// What somebody may do, and what decided: one row a feature, in the words of people.
import { el, note } from '../../lib/dom.js';
import { wordsFor } from '../../lib/errors.js';
import { say, t } from '../../lib/i18n.js';
import { badges } from '../list.js';
import { card } from '../page.js';

/** Decision → with a role, and of one's own. */
const REASONS = {
  flag: ['effective.flag', 'effective.ownFlag'],
  grant: ['effective.grant', 'effective.grant'],
  override: ['effective.override', 'effective.override'],
  'own-grant': ['effective.ownGrant', 'effective.ownGrant'],
  denied: ['effective.denied', 'effective.denied'],
  removed: ['effective.removed', 'effective.removed'],
  restricted: ['effective.restricted', 'effective.ownRestricted'],
  replaced: ['effective.replaced', 'effective.replaced'],
  nothing: ['effective.nothing', 'effective.nothing'],
};

/**
 * @param {object} options
 * @param {{ items: { id: string, title: string, module: string }[], modules: { id: string, title: string }[] }} options.registry
 * @param {(organization: string) => Promise<{ features: object[] }>} options.load
 * @param {[string, string][]} [options.organizations] where it may be looked at: id and name; the first is where one is
 */
export async function effective({ registry, load, organizations = [] }) {
  const titles = new Map(registry.items.map((feature) => [feature.id, feature.title]));
  const search = el('input', { type: 'search', id: 'effective-search', autocomplete: 'off', maxlength: '100' });
  const which = select('effective.which', [['', 'effective.all'], ['yes', 'effective.allowed'], ['no', 'effective.notAllowed']].map(([value, key]) => el('option', { value, t: key })));
  const where = organizations.length > 1 ? select('effective.where', organizations.map(([id, name]) => (name ? el('option', { value: id }, name) : el('option', { value: id, t: 'effective.here' })))) : null;
  const status = el('p', { class: 'soft small list-status', role: 'status' });
  const news = el('div', { 'data-error': true, role: 'alert' });
  const body = el('tbody');
  const table = el(
    'table',
    { class: 'table' },
    el('caption', { class: 'visually-hidden', t: 'effective.title' }),
    el('thead', {}, el('tr', {}, el('th', { scope: 'col', class: 'wide', t: 'effective.feature' }), el('th', { scope: 'col', t: 'effective.may' }), el('th', { scope: 'col', class: 'wide', t: 'effective.why' }))),
    body,
  );
  const frame = el('div', { class: 'table-frame' }, table);
  let rows = [];
  search.addEventListener('input', render);
  which.addEventListener('change', render);
  where?.addEventListener('change', refresh);
  document.addEventListener('portcullis:language', () => table.isConnected && render());
  rows = (await load('')).features;
  render();
  return card(
    'effective.title',
    el('p', { class: 'soft', t: 'effective.text' }),
    el('div', { class: 'list-tools' }, el('label', { class: 'visually-hidden', for: 'effective-search', t: 'list.search' }), search, which, where ?? ''),
    news,
    status,
    frame,
  );

  async function refresh() {
    table.setAttribute('aria-busy', 'true');
    try {
      rows = (await load(where.value)).features;
      news.replaceChildren();
      render();
    } catch (error) {
      if (error.code === undefined) throw error;
      const [key, vars] = wordsFor(error);
      news.replaceChildren(note('bad', key, vars));
    } finally {
      table.removeAttribute('aria-busy');
    }
  }

  function render() {
    const wanted = search.value.trim().toLowerCase();
    const shown = rows.filter(
      ({ feature, granted }) => (which.value === '' || granted === (which.value === 'yes')) && (wanted === '' || `${feature} ${titles.get(feature) ?? ''}`.toLowerCase().includes(wanted)),
    );
    body.replaceChildren(...shown.map(row));
    frame.hidden = shown.length === 0;
    if (shown.length === 0) say(status, 'list.noMatch');
    else say(status, 'effective.count', { count: rows.length, on: rows.filter((one) => one.granted).length });
  }

  function row({ feature, granted, decision, by, role }) {
    const [ofRole, own] = REASONS[decision] ?? REASONS.nothing;
    const cells = [
      el('th', { scope: 'row' }, el('span', { class: 'stack-none' }, el('span', {}, titles.get(feature) ?? feature), el('code', { class: 'soft small' }, feature))),
      labelled('effective.may', badges(granted ? [{ key: 'effective.yes' }, 'good'] : [{ key: 'effective.no' }])),
      labelled('effective.why', el('span', { t: role ? ofRole : own, vars: { role: role?.name ?? '', by: by ?? feature } })),
    ];
    return el('tr', {}, ...cells);
  }

  function labelled(key, content) {
    const cell = el('td', {}, content);
    cell.dataset.label = t(key);
    return cell;
  }

  function select(key, options) {
    return el('select', { tLabel: key }, ...options);
  }
}
