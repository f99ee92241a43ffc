// Stores and sites of the organization one works in.
import { ifUnchanged } from '../../lib/api.js';
import { el } from '../../lib/dom.js';
import { field, formDialog } from '../dialog.js';
import { badges, list } from '../list.js';
import { act, button, head, tell } from '../page.js';
import { authed } from '../session.js';

const API = '/api/directory/merchants';

export async function show(frame) {
  const manages = frame.me.may('directory.merchants.manage');
  head(frame, { t: 'staff.nav.merchants', actions: [manages && button('directory.newMerchant', () => edit(), { kind: 'primary' })] });
  const view = await list(frame, {
    caption: 'staff.nav.merchants',
    search: true,
    empty: 'directory.noMerchants',
    load: ({ page, search }) => authed('GET', `${API}?${new URLSearchParams(Object.entries({ page: page || '1', search }).filter(([, value]) => value))}`),
    columns: [
      { key: 'directory.name', wide: true, cell: (merchant) => el('span', { class: 'stack-none' }, el('span', { class: 'title' }, merchant.name), el('code', { class: 'soft small' }, merchant.slug ?? '')) },
      { key: 'directory.standing', cell: (merchant) => badges(merchant.isActive ? [{ key: 'directory.active' }, 'good'] : [{ key: 'directory.suspended' }, 'bad']) },
      { key: 'directory.actions', cell: (merchant) => (manages ? el('span', { class: 'row' }, button('directory.edit', () => edit(merchant), { label: 'directory.editWho', vars: { name: merchant.name } }), button('directory.remove', (node) => remove(node, merchant), { kind: 'danger', label: 'directory.removeWho', vars: { name: merchant.name } })) : '') },
    ],
  });

  async function remove(node, merchant) {
    const gone = await act(node, () => authed('DELETE', `${API}?id=${merchant.id}`, undefined, ifUnchanged(merchant.updatedAt)), { ask: { title: 'directory.removeTitle', text: 'directory.removeText', action: 'directory.remove' }, vars: { name: merchant.name } });
    if (gone === false) return;
    await view.refresh();
    tell('good', 'directory.removed', { name: merchant.name });
  }

  function edit(merchant) {
    formDialog({
      title: merchant ? 'directory.editMerchant' : 'directory.newMerchant',
      fields: [field('name', 'directory.name', { required: true, maxlength: '200', value: merchant?.name })],
      errors: { CONFLICT: 'directory.taken' },
      send: ({ name }) => (merchant ? authed('PUT', API, { id: merchant.id, name }, ifUnchanged(merchant.updatedAt)) : authed('POST', API, { name })),
      done: async (_, { name }) => {
        await view.refresh();
        tell('good', 'directory.saved', { name });
      },
    });
  }
}
