// One webhook: where it leads and how it does, what was sent there, and what can be done about it.
import { ifUnchanged } from '../../lib/api.js';
import { el } from '../../lib/dom.js';
import { ago, moment, timeNode } from '../../lib/format.js';
import { field, formDialog, reveal } from '../dialog.js';
import { badges, list } from '../list.js';
import { act, button, card, facts, head, tell } from '../page.js';
import { authed } from '../session.js';
import { API, edit } from './form.js';
import { standing, state } from './standing.js';

export async function show(frame) {
  const { main, me, params } = frame;
  const path = `${API}/${encodeURIComponent(params.id)}`;
  const { webhook } = await authed('GET', path);
  const manages = me.may('webhooks.manage');
  const host = new URL(webhook.url).host;
  frame.retitle('staff.nav.webhooks', host);

  head(frame, {
    text: host,
    back: { href: '/backend/integrations/webhooks', t: 'staff.nav.webhooks' },
    under: badges(...standing(webhook)),
    actions: [manages && webhook.enabled && button('webhooks.test', test), manages && button('webhooks.edit', change)],
  });
  main.append(el('div', { class: 'columns' }, el('div', { class: 'stack' }, where()), el('div', { class: 'stack' }, manages ? help() : '')));
  main.append(el('h2', { t: 'webhooks.deliveries' }));
  const deliveries = await list(frame, {
    caption: 'webhooks.deliveries',
    empty: 'webhooks.noDeliveries',
    filters: [{ name: 'state', key: 'webhooks.state', options: [['', 'webhooks.any'], ['pending', 'webhooks.pending'], ['delivered', 'webhooks.delivered'], ['dead', 'webhooks.dead']] }],
    load: ({ page, state }) => authed('GET', `${path}/deliveries?${new URLSearchParams(Object.entries({ page: page || '1', state }).filter(([, value]) => value))}`),
    columns: [
      { key: 'webhooks.event', wide: true, cell: (one) => el('a', { class: 'mono small break', href: `/backend/integrations/webhooks/${params.id}/deliveries/${one.id}` }, one.event ?? one.id) },
      { key: 'webhooks.when', cell: (one) => timeNode(one.createdAt, ago) },
      { key: 'webhooks.state', cell: (one) => badges(state(one), one.lastStatus && [String(one.lastStatus)]) },
      { key: 'webhooks.next', cell: (one) => (one.nextAttemptAt ? timeNode(one.nextAttemptAt, ago) : '–') },
    ],
  });

  /** Does it, then shows the webhook as it is now. */
  async function run(node, work, options = {}) {
    if ((await act(node, work, { ...options, done: undefined })) !== false) await again(options.done);
  }

  async function again(said, vars) {
    main.replaceChildren();
    await show(frame);
    if (said) tell('good', said, vars);
  }

  function where() {
    return card(
      'webhooks.profile',
      facts(
        ['webhooks.url', el('code', { class: 'small break' }, webhook.url)],
        webhook.description && ['webhooks.description', webhook.description],
        ['webhooks.organization', webhook.organizationName ?? el('span', { t: 'staff.wholeTenant' })],
        ['webhooks.events', badges(...webhook.events.map((name) => [name]))],
        ['webhooks.lastSuccess', webhook.lastSuccessAt ? timeNode(webhook.lastSuccessAt, ago) : null],
        webhook.failingSince && ['webhooks.failingSince', timeNode(webhook.failingSince, moment)],
        webhook.disabledAt && ['webhooks.disabledAt', timeNode(webhook.disabledAt, moment)],
        webhook.previousSecretUntil && new Date(webhook.previousSecretUntil) > new Date() && ['webhooks.previousUntil', timeNode(webhook.previousSecretUntil, moment)],
      ),
    );
  }

  function help() {
    return card(
      'webhooks.help',
      el(
        'div',
        { class: 'row' },
        webhook.enabled ? button('webhooks.replaySince', replay) : '',
        button('webhooks.rotate', rotate),
        webhook.enabled
          ? button('webhooks.turnOff', (node) => run(node, () => authed('PUT', path, { enabled: false }, ifUnchanged(webhook.updatedAt)), { done: 'webhooks.turnedOff' }))
          : button('webhooks.turnOn', (node) => run(node, () => authed('PUT', path, { enabled: true }, ifUnchanged(webhook.updatedAt)), { done: 'webhooks.turnedOn' })),
        button('webhooks.delete', remove, { kind: 'danger' }),
      ),
    );
  }

  async function test(node) {
    if (!(await act(node, () => authed('POST', `${path}/test`), { done: 'webhooks.tested' }))) return;
    await deliveries.refresh();
  }

  function change(node) {
    return act(node, () => edit({ webhook, send: (body) => authed('PUT', path, body, ifUnchanged(webhook.updatedAt)), done: () => again('webhooks.saved') }));
  }

  async function rotate(node) {
    const answer = await act(node, () => authed('POST', `${path}/rotate-secret`), { ask: { title: 'webhooks.rotateTitle', text: 'webhooks.rotateText', action: 'webhooks.rotate' } });
    if (!answer) return;
    await reveal({ title: 'webhooks.secret', text: 'webhooks.secretShown', value: answer.secret });
    await again('webhooks.rotated');
  }

  function replay() {
    const local = (date) => new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
    formDialog({
      title: 'webhooks.replaySince',
      text: 'webhooks.replayText',
      submit: 'webhooks.replay',
      fields: [
        field('since', 'webhooks.since', { type: 'datetime-local', required: true, value: local(new Date(Date.now() - 86_400_000)) }),
        field('include', 'webhooks.include', { choices: [['missed', { key: 'webhooks.missed' }], ['all', { key: 'webhooks.everything' }]] }),
      ],
      send: ({ since, include }) => authed('POST', `${path}/replay`, { since: new Date(since).toISOString(), include }),
      done: ({ queued }) => again('webhooks.queued', { count: queued }),
    });
  }

  async function remove(node) {
    const gone = await act(node, () => authed('DELETE', path, undefined, ifUnchanged(webhook.updatedAt)), { ask: { title: 'webhooks.deleteTitle', text: 'webhooks.deleteText', action: 'webhooks.delete' }, vars: { host } });
    if (gone === false) return;
    await frame.open('/backend/integrations/webhooks');
    tell('good', 'webhooks.deleted', { host });
  }
}
