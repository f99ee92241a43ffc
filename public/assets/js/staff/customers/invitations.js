// Customers who are invited and have not answered yet: sent again, taken back.
import { CA } from '../../lib/api.js';
import { el } from '../../lib/dom.js';
import { ago, timeNode } from '../../lib/format.js';
import { badges, list } from '../list.js';
import { act, button, head, tell } from '../page.js';
import { authed } from '../session.js';
import { invite } from './invite.js';

const API = `${CA}/admin/invitations`;

export async function show(frame) {
  const { me } = frame;
  const invites = me.may('customer_accounts.invite');
  head(frame, { t: 'staff.nav.customerInvitations', actions: [invites && button('accounts.invite', (node) => invite(node, view), { kind: 'primary' })] });
  const view = await list(frame, {
    caption: 'staff.nav.customerInvitations',
    empty: 'invitations.empty',
    load: ({ page }) => authed('GET', `${API}?${new URLSearchParams({ page: page || '1', pageSize: '25' })}`),
    columns: [
      { key: 'field.emailLabel', wide: true, cell: (item) => el('span', { class: 'stack-none' }, el('span', {}, item.email), el('span', { class: 'soft small' }, item.displayName ?? '')) },
      { key: 'staff.roles', cell: (item) => badges(...item.roles.map((role) => [role.name, 'accent'])) },
      { key: 'invitations.by', cell: (item) => el('span', { t: item.invitedByType === 'portal' ? 'invitations.byPortal' : 'invitations.byStaff' }) },
      { key: 'invitations.expires', cell: (item) => timeNode(item.expiresAt, ago) },
      ...(invites ? [{ key: 'invitations.actions', wide: true, cell: (item) => el('span', { class: 'row' }, button('invitations.resend', (node) => resend(node, item), { label: 'invitations.resendWho', vars: item }), button('invitations.takeBack', (node) => takeBack(node, item), { kind: 'danger', label: 'invitations.takeBackWho', vars: item })) }] : []),
    ],
  });

  async function again(said, vars) {
    await view.refresh();
    tell('good', said, vars);
  }

  async function resend(node, { email, roles, displayName, customerEntityId }) {
    const body = { email, roleIds: roles.map((role) => role.id), ...(displayName ? { displayName } : {}), ...(customerEntityId ? { customerEntityId } : {}) };
    if ((await act(node, () => authed('POST', `${CA}/admin/users-invite`, body))) !== false) await again('invitations.sent', { email });
  }

  async function takeBack(node, { id, email }) {
    const gone = await act(node, () => authed('DELETE', `${API}/${id}`), { ask: { title: 'invitations.takeBackTitle', text: 'invitations.takeBackText', action: 'invitations.takeBack' }, vars: { email } });
    if (gone !== false) await again('invitations.takenBack', { email });
  }
}
