// One delivery: what was sent, and how every try went.
import { el } from '../../lib/dom.js';
import { ago, moment, timeNode } from '../../lib/format.js';
import { badges } from '../list.js';
import { act, button, card, facts, head, tell } from '../page.js';
import { authed } from '../session.js';
import { API } from './form.js';
import { state } from './standing.js';

export async function show(frame) {
  const { main, me, params } = frame;
  const hook = encodeURIComponent(params.id);
  const path = `${API}/${hook}/deliveries/${encodeURIComponent(params.delivery)}`;
  const { delivery } = await authed('GET', path);
  const name = delivery.event ?? delivery.id;
  frame.retitle('staff.nav.webhooks', name);
  // What is not kept any more cannot be sent.
  const again = me.may('webhooks.manage') && delivery.message && button('webhooks.replayOne', replay);
  head(frame, { text: name, back: { href: `/backend/integrations/webhooks/${hook}`, t: 'webhooks.deliveries' }, under: badges(state(delivery)), actions: [again] });
  main.append(el('div', { class: 'columns' }, el('div', { class: 'stack' }, profile(), attempts()), el('div', { class: 'stack' }, message())));

  function profile() {
    return card(
      'webhooks.delivery',
      facts(
        ['webhooks.id', el('code', { class: 'small break' }, delivery.id)],
        ['webhooks.when', timeNode(delivery.createdAt, moment)],
        delivery.nextAttemptAt && ['webhooks.next', timeNode(delivery.nextAttemptAt, ago)],
        delivery.lastError && ['webhooks.lastError', delivery.lastError],
      ),
    );
  }

  function attempts() {
    const rows = delivery.log.map((one) =>
      el(
        'li',
        {},
        el(
          'div',
          { class: 'body' },
          el('span', { class: 'row' }, badges([one.status ? String(one.status) : { key: 'webhooks.noAnswer' }, one.status >= 200 && one.status < 300 ? 'good' : 'bad']), timeNode(one.at, moment), el('span', { class: 'soft small', t: 'webhooks.took', vars: { ms: one.durationMs } })),
          one.error ? el('span', { class: 'soft small break' }, one.error) : null,
          one.response ? el('pre', { class: 'small', tabindex: '0', tLabel: 'webhooks.response' }, one.response) : null,
        ),
      ),
    );
    return card('webhooks.attempts', rows.length > 0 ? el('ol', { class: 'list plain-list trail' }, ...rows) : el('p', { class: 'soft', t: 'webhooks.noAttempts' }));
  }

  function message() {
    const shown = delivery.message ? el('pre', { class: 'small sample', tabindex: '0', tLabel: 'webhooks.message' }, JSON.stringify(delivery.message, null, 2)) : el('p', { class: 'soft', t: 'webhooks.notKept' });
    return card('webhooks.message', shown);
  }

  async function replay(node) {
    if ((await act(node, () => authed('POST', `${path}/replay`))) === false) return;
    main.replaceChildren();
    await show(frame);
    tell('good', 'webhooks.onItsWay');
  }
}
