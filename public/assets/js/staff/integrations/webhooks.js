// Where events are sent: the webhooks of the organizations one looks after.
import { el } from '../../lib/dom.js';
import { ago, timeNode } from '../../lib/format.js';
import { reveal } from '../dialog.js';
import { badges, list } from '../list.js';
import { act, button, head } from '../page.js';
import { authed } from '../session.js';
import { API, edit } from './form.js';
import { standing } from './standing.js';

export async function show(frame) {
  const manages = frame.me.may('webhooks.manage');
  head(frame, { t: 'staff.nav.webhooks', under: el('p', { class: 'soft', t: 'webhooks.about' }), actions: [manages && button('webhooks.new', add, { kind: 'primary' })] });
  await list(frame, {
    caption: 'staff.nav.webhooks',
    empty: 'webhooks.none',
    load: async () => {
      const { items } = await authed('GET', API);
      return { items, total: items.length };
    },
    columns: [
      { key: 'webhooks.url', wide: true, cell: (one) => el('span', { class: 'stack-none' }, el('a', { class: 'title break', href: `/backend/integrations/webhooks/${one.id}` }, one.url), el('span', { class: 'soft small' }, one.description)) },
      { key: 'webhooks.organization', cell: (one) => one.organizationName ?? el('span', { t: 'staff.wholeTenant' }) },
      { key: 'webhooks.lastSuccess', cell: (one) => (one.lastSuccessAt ? timeNode(one.lastSuccessAt, ago) : '–') },
      { key: 'webhooks.standing', cell: (one) => badges(...standing(one)) },
    ],
  });

  function add(node) {
    return act(node, () =>
      edit({
        send: (body) => authed('POST', API, body),
        done: async ({ webhook, secret }) => {
          await reveal({ title: 'webhooks.secret', text: 'webhooks.secretShown', value: secret });
          await frame.open(`/backend/integrations/webhooks/${webhook.id}`);
        },
      }),
    );
  }
}
