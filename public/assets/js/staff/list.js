// Lists that stay usable at a million rows: searched and paged by the server, their state in the address, rows that
// become cards on a phone.
import { el, focusOn, icon, note, one } from '../lib/dom.js';
import { wordsFor } from '../lib/errors.js';
import { language, say, t } from '../lib/i18n.js';

/**
 * @param {object} frame what the view was given
 * @param {object} options
 * @param {string} options.caption key: what the rows are
 * @param {(query: Record<string, string>) => Promise<{ items: object[], total?: number, totalPages?: number, totalIsExact?: boolean, next?: string }>} options.load
 * @param {{ key: string, cell: (item: object) => Node | string, wide?: boolean }[]} options.columns the first names the row
 * @param {{ name: string, key: string, options: [string, string | { text: string }][] }[]} [options.filters] selects: value and key, or a name
 * @param {boolean} [options.search]
 * @param {string} options.empty key: nothing there at all
 * @param {Node[]} [options.actions] beside the search
 * @param {string} [options.live] beginning of the events after which rows may be others
 */
export function list(frame, options) {
  const { columns, filters = [] } = options;
  const query = Object.fromEntries(['search', 'page', ...filters.map((filter) => filter.name)].map((name) => [name, frame.query.get(name) ?? '']));
  const status = el('p', { class: 'soft small list-status', role: 'status' });
  const body = el('tbody');
  const table = el(
    'table',
    { class: 'table' },
    el('caption', { class: 'visually-hidden', t: options.caption }),
    el('thead', {}, el('tr', {}, ...columns.map((column) => el('th', { scope: 'col', class: column.wide ? 'wide' : null, t: column.key })))),
    body,
  );
  const pager = pages((to) => go({ page: to }, true));
  const news = el('div', { 'data-error': true, role: 'alert' });
  frame.main.append(tools(), news, status, el('div', { class: 'table-frame' }, table), pager.node);
  waiting();
  let answer;
  let asked = 0;

  function tools() {
    const form = el('form', { class: 'list-tools', role: 'search', method: 'post' });
    form.dataset.handled = '';
    if (options.search) {
      form.append(
        el('label', { class: 'visually-hidden', for: 'list-search', t: 'list.search' }),
        el('input', { id: 'list-search', type: 'search', name: 'search', value: query.search, autocomplete: 'off', maxlength: '200' }),
        el('button', { class: 'button square', type: 'submit', tLabel: 'list.search' }, icon('search')),
      );
      one('input', form).value = query.search;
    }
    for (const filter of filters) {
      const select = el('select', { name: filter.name, tLabel: filter.key }, ...filter.options.map(([value, words]) => el('option', { value, t: words.text === undefined ? words : undefined, selected: value === query[filter.name] }, words.text)));
      select.addEventListener('change', () => go({ [filter.name]: select.value, page: '' }));
      form.append(select);
    }
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      go({ search: one('[type=search]', form).value.trim(), page: '' });
    });
    form.append(...(options.actions ?? []));
    return form;
  }

  async function go(change, toTop = false) {
    Object.assign(query, change);
    frame.replace(query);
    await refresh();
    if (toTop) focusOn(one('h1', frame.main));
  }

  async function refresh() {
    const mine = (asked += 1);
    table.setAttribute('aria-busy', 'true');
    try {
      const result = await options.load(query);
      if (mine !== asked || !frame.current()) return;
      answer = result;
      news.replaceChildren();
      render();
    } catch (error) {
      if (error.code === undefined) throw error;
      if (mine !== asked || !frame.current()) return;
      const [key, vars] = wordsFor(error);
      news.replaceChildren(note('bad', key, vars), el('button', { class: 'button', type: 'button', t: 'common.tryAgain', on: { click: refresh } }));
      if (!answer) body.replaceChildren();
    } finally {
      if (mine === asked) table.removeAttribute('aria-busy');
    }
  }

  function waiting() {
    body.replaceChildren(...Array.from({ length: 8 }, () => el('tr', { 'aria-hidden': 'true' }, ...columns.map(() => el('td', {}, el('span', { class: 'waiting' }))))));
  }

  function render() {
    const filtered = Object.entries(query).some(([name, value]) => name !== 'page' && value);
    body.replaceChildren(...answer.items.map(row));
    one('.empty', frame.main)?.remove();
    const none = answer.items.length === 0;
    table.parentNode.hidden = none;
    if (none) table.parentNode.after(el('div', { class: 'empty' }, icon('search'), el('p', { t: filtered ? 'list.noMatch' : options.empty })));
    if (answer.total === undefined) status.textContent = '';
    else say(status, answer.totalIsExact === false ? 'list.totalAtLeast' : 'list.total', { count: answer.total, number: new Intl.NumberFormat(language()).format(answer.total) });
    pager.update(Number(query.page) || 1, answer.totalPages ?? 1);
  }

  function row(item) {
    return el(
      'tr',
      {},
      ...columns.map((column, i) => {
        const cell = el(i === 0 ? 'th' : 'td', i === 0 ? { scope: 'row' } : {}, column.cell(item));
        cell.dataset.label = t(column.key);
        return cell;
      }),
    );
  }

  /** Asks again after a moment, in which more may happen; whoever was at a link of a row stays at it. */
  let soon = null;
  function happened({ detail }) {
    if (soon || !(detail.name === 'reset' || detail.name.startsWith(options.live))) return;
    soon = setTimeout(async () => {
      soon = null;
      if (!frame.current()) return;
      const at = body.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
      await refresh();
      if (at) one(`a[href="${CSS.escape(at)}"]`, body)?.focus();
    }, 300);
  }
  if (options.live) {
    document.addEventListener('portcullis:live', happened);
    document.addEventListener('portcullis:leave', () => document.removeEventListener('portcullis:live', happened), { once: true });
  }

  // Labels of the cards and numbers are made from words, too.
  const relabel = () => answer && frame.current() && render();
  document.addEventListener('portcullis:language', relabel);
  document.addEventListener('portcullis:leave', () => document.removeEventListener('portcullis:language', relabel), { once: true });

  return refresh().then(() => ({ refresh, query, news }));
}

function pages(turn) {
  const words = el('span');
  const [back, on] = [['list.previous', -1], ['list.next', 1]].map(([key, by]) => el('button', { class: 'button', type: 'button', t: key, on: { click: () => turn(String(page + by)) } }));
  const node = el('nav', { class: 'pager unseen', tLabel: 'list.pages' }, back, words, on);
  let page = 1;
  return {
    node,
    update(at, of) {
      page = at;
      // Its room stays, so that nothing moves.
      node.classList.toggle('unseen', of <= 1);
      say(words, 'common.pages', { page: at, pages: of });
      back.disabled = at <= 1;
      on.disabled = at >= of;
    },
  };
}

/** A row of badges: [text or key, kind]. */
export const badges = (...found) =>
  el('span', { class: 'badges' }, ...found.filter(Boolean).map(([words, kind = '']) => (words.key ? el('span', { class: `badge ${kind}`, t: words.key }) : el('span', { class: `badge ${kind}` }, words))));

/** Marks that wait for data in a card. */
export const waitingLines = (count) => el('div', { class: 'stack-small' }, ...Array.from({ length: count }, () => el('p', {}, el('span', { class: 'waiting' }))));


