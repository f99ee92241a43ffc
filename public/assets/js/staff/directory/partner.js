// One partner: its name and standing, who works for it, and which tenants it looks after.
import { ifUnchanged } from '../../lib/api.js';
import { el } from '../../lib/dom.js';
import { moment } from '../../lib/format.js';
import { boxes, field, formDialog, ticked } from '../dialog.js';
import { badges } from '../list.js';
import { act, button, card, head, tell } from '../page.js';
import { authed } from '../session.js';

export const PARTNERS = '/api/directory/partners';
const TENANTS = '/api/directory/tenants';

/** Asks for a partner's name and standing; `done` gets the answer and the name. */
export function editPartner(partner, done) {
  formDialog({
    title: partner ? 'partners.editTitle' : 'partners.new',
    fields: [
      field('name', 'partners.name', { required: true, maxlength: '200', value: partner?.name }),
      boxes('isActive', 'partners.standing', [['yes', { key: 'partners.active' }, partner?.isActive ?? true, el('span', { t: 'partners.activeHint' })]]),
    ],
    send: ({ name }, form) => {
      const body = { name, isActive: ticked(form, 'isActive').length > 0 };
      return partner ? authed('PUT', PARTNERS, { id: partner.id, ...body }, ifUnchanged(partner.updatedAt)) : authed('POST', PARTNERS, body);
    },
    done: (result, { name }) => done(result, name),
  });
}

export async function show(frame) {
  const { main, me, params } = frame;
  const id = encodeURIComponent(params.id);
  const [found, staff, tenants] = await Promise.all([authed('GET', `${PARTNERS}?id=${id}`), authed('GET', `${PARTNERS}/${id}/staff`), authed('GET', `${TENANTS}?partnerId=${id}&pageSize=100`)]);
  const [partner] = found.items;
  const manages = me.may('directory.partners.manage');
  const assigns = manages && me.may('directory.tenants.manage');
  frame.retitle('staff.nav.partners', partner.name);
  head(frame, {
    text: partner.name,
    back: { href: '/backend/directory/partners', t: 'staff.nav.partners' },
    under: badges(partner.isActive ? [{ key: 'partners.active' }, 'good'] : [{ key: 'partners.inactive' }, 'warn']),
    actions: manages ? [button('partners.edit', () => editPartner(partner, (_, name) => again('partners.saved', { name }))), button('partners.remove', remove, { kind: 'danger' })] : [],
  });
  main.append(
    card('partners.staff', el('p', { class: 'soft', t: 'partners.addText' }), people(), manages ? el('div', {}, button('partners.add', add)) : ''),
    card('partners.itsTenants', owned(), assigns ? el('div', {}, button('partners.assign', assign)) : ''),
  );

  async function again(said, vars) {
    main.replaceChildren();
    await show(frame);
    tell('good', said, vars);
  }

  function people() {
    if (staff.items.length === 0) return el('p', { class: 'soft', t: 'partners.noStaff' });
    return el('ul', { class: 'list rows' }, ...staff.items.map((one) => el('li', {}, el('div', { class: 'body' }, el('strong', { class: 'title' }, one.displayName ?? one.email), el('span', { class: 'soft small' }, one.displayName ? one.email : ''), el('span', { class: 'soft small', t: 'partners.since', vars: { when: moment(one.createdAt) } })), manages ? takeOffButton(one) : '')));
  }

  function takeOffButton(one) {
    const vars = { email: one.email };
    const ask = { title: 'partners.takeOffTitle', text: 'partners.takeOffText', action: 'partners.takeOff' };
    return button('partners.takeOff', async (node) => (await act(node, () => authed('DELETE', `${PARTNERS}/${id}/staff/${one.id}`), { ask, vars })) && again('partners.tookOff', vars), { kind: 'danger', label: 'partners.takeOffWho', vars });
  }

  function add() {
    formDialog({
      title: 'partners.add',
      text: 'partners.addText',
      fields: [field('email', 'partners.email', { type: 'email', required: true, maxlength: '255' })],
      errors: { NOT_FOUND: 'partners.nobody' },
      send: async ({ email }) => {
        const { items } = await authed('GET', `/api/auth/users?${new URLSearchParams({ search: email, pageSize: '50' })}`);
        const wanted = items.find((one) => one.email.toLowerCase() === email.toLowerCase());
        // Whoever cannot be seen is answered as the server answers about whoever is not there.
        return authed('PUT', `${PARTNERS}/${id}/staff/${wanted?.id ?? NOBODY}`);
      },
      done: (_, vars) => again('partners.added', vars),
    });
  }

  function owned() {
    if (tenants.items.length === 0) return el('p', { class: 'soft', t: 'partners.noTenants' });
    return el('ul', { class: 'list rows' }, ...tenants.items.map((tenant) => el('li', {}, el('div', { class: 'body' }, el('strong', { class: 'title' }, tenant.name), el('code', { class: 'soft small' }, tenant.id)), assigns ? releaseButton(tenant) : '')));
  }

  function releaseButton(tenant) {
    const vars = { name: tenant.name };
    const ask = { title: 'partners.releaseTitle', text: 'partners.releaseText', action: 'partners.release' };
    return button('partners.release', async (node) => (await act(node, () => authed('PUT', TENANTS, { id: tenant.id, partnerId: null }, ifUnchanged(tenant.updatedAt)), { ask, vars })) && again('partners.released', vars), { label: 'partners.releaseWho', vars });
  }

  function assign() {
    let chosen = null;
    formDialog({
      title: 'partners.assign',
      text: 'partners.assignText',
      fields: [field('tenant', 'partners.tenantName', { required: true, maxlength: '200' })],
      errors: { NO_TENANT: 'partners.noFree', SEVERAL_TENANTS: 'partners.several' },
      send: async ({ tenant }) => {
        const { items } = await authed('GET', `${TENANTS}?${new URLSearchParams({ search: tenant, pageSize: '100' })}`);
        const free = items.filter((one) => !one.partnerId);
        const exact = free.filter((one) => one.name.toLowerCase() === tenant.trim().toLowerCase());
        [chosen] = exact.length === 1 ? exact : free;
        if (!chosen) throw Object.assign(new Error('no tenant'), { code: 'NO_TENANT' });
        if (exact.length !== 1 && free.length > 1) throw Object.assign(new Error('several tenants'), { code: 'SEVERAL_TENANTS' });
        return authed('PUT', TENANTS, { id: chosen.id, partnerId: partner.id }, ifUnchanged(chosen.updatedAt));
      },
      done: () => again('partners.assigned', { name: chosen.name }),
    });
  }

  async function remove(node) {
    const vars = { name: partner.name };
    const ask = { title: 'partners.removeTitle', text: 'partners.removeText', action: 'partners.remove' };
    if (!(await act(node, () => authed('DELETE', `${PARTNERS}?id=${id}`, undefined, ifUnchanged(partner.updatedAt)), { ask, vars }))) return;
    await frame.open('/backend/directory/partners');
    tell('good', 'partners.removed', vars);
  }
}

/** An id that nobody has. */
const NOBODY = '00000000-0000-7000-8000-000000000000';
