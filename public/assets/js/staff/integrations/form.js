// What one says of a webhook: where it leads, what it hears of, for which organization.
import { el } from '../../lib/dom.js';
import { field, formDialog } from '../dialog.js';
import { authed } from '../session.js';

export const API = '/api/webhooks';

const lines = (text) => [...new Set(text.split(/[\s,]+/).filter(Boolean))];
const flatten = (items, depth = 0) => items.flatMap((item) => [[item.id, `${'\u2003'.repeat(depth)}${item.name}`], ...flatten(item.children ?? [], depth + 1)]);

/** Asks for a new webhook, or for changes of one. */
export async function edit({ webhook, send, done }) {
  const [catalogue, places] = await Promise.all([authed('GET', '/api/webhook-events'), webhook ? null : authed('GET', '/api/directory/organization-switcher')]);
  const choices = places && [...(places.canViewAllOrganizations ? [['', { key: 'staff.wholeTenant' }]] : []), ...flatten(places.items)];
  const { form } = formDialog({
    title: webhook ? 'webhooks.edit' : 'webhooks.new',
    wide: true,
    fields: [
      field('url', 'webhooks.url', { type: 'url', required: true, maxlength: '500', inputmode: 'url', hint: 'webhooks.urlHint', value: webhook?.url }),
      places ? field('organizationId', 'webhooks.organization', { choices, value: places.selectedId ?? '' }) : null,
      field('events', 'webhooks.events', { long: true, required: true, spellcheck: 'false', class: 'mono', hint: 'webhooks.eventsHint', value: webhook?.events.join('\n') }),
      known(catalogue.items),
      field('description', 'webhooks.description', { maxlength: '200', value: webhook?.description }),
    ].filter(Boolean),
    errors: { CONFLICT: 'webhooks.refused', NOT_FOUND: 'webhooks.refused' },
    send: ({ url, events, description, organizationId }) => send({ url: url.trim(), events: lines(events), description, ...(webhook ? {} : { organizationId: organizationId || null }) }),
    done,
  });

  /** Every event there is; pressing one adds it. */
  function known(items) {
    const add = (name) => {
      const box = form.elements.namedItem('events');
      box.value = [...lines(box.value), name].filter((one, at, all) => all.indexOf(one) === at).join('\n');
      box.dispatchEvent(new Event('input', { bubbles: true }));
    };
    const rows = items.map(({ name, about }) => el('li', {}, el('button', { class: 'button plain mono small', type: 'button', on: { click: () => add(name) } }, name), el('span', { class: 'soft small', lang: 'en' }, about)));
    return el('details', { class: 'field event-list' }, el('summary', { t: 'webhooks.allEvents' }), el('ul', { class: 'plain-list stack-small' }, ...rows));
  }
}
