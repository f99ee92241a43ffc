// Partners: resellers, whose staff see the partner's tenants.
import { el } from '../../lib/dom.js';
import { moment, timeNode } from '../../lib/format.js';
import { badges, list } from '../list.js';
import { button, head } from '../page.js';
import { authed } from '../session.js';
import { PARTNERS, editPartner } from './partner.js';

export async function show(frame) {
  const manages = frame.me.may('directory.partners.manage');
  head(frame, { t: 'staff.nav.partners', actions: [manages && button('partners.new', () => editPartner(null, ({ id }) => frame.open(`/backend/directory/partners/${id}`)), { kind: 'primary' })] });
  await list(frame, {
    caption: 'staff.nav.partners',
    search: true,
    empty: 'partners.none',
    load: ({ page, search }) => authed('GET', `${PARTNERS}?${new URLSearchParams({ page: page || '1', ...(search ? { search } : {}) })}`),
    columns: [
      { key: 'partners.name', wide: true, cell: (partner) => el('a', { href: `/backend/directory/partners/${partner.id}` }, partner.name) },
      { key: 'partners.standing', cell: (partner) => badges(partner.isActive ? [{ key: 'partners.active' }, 'good'] : [{ key: 'partners.inactive' }, 'warn']) },
      { key: 'partners.tenants', cell: (partner) => String(partner.tenantsCount) },
      { key: 'partners.created', cell: (partner) => timeNode(partner.createdAt, moment) },
    ],
  });
}
