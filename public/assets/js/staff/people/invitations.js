// Who is invited to work here and has not answered yet: invited, sent again, taken back.
import { el } from '../../lib/dom.js';
import { ago, moment, timeNode } from '../../lib/format.js';
import { authority } from '../authority.js';
import { field, formDialog } from '../dialog.js';
import { list } from '../list.js';
import { act, button, head, tell } from '../page.js';
import { authed } from '../session.js';
import { placeFields, placeOf, staffRoles } from './place-fields.js';

const API = '/api/auth/memberships';

export async function show(frame) {
  const { me } = frame;
  const invites = me.may('auth.users.create');
  head(frame, {
    t: 'staff.nav.invitations',
    under: el('p', { class: 'soft', t: 'invitations.text' }),
    actions: [invites && me.may('auth.roles.list') && button('invitations.invite', invite, { kind: 'primary' })],
  });
  const view = await list(frame, {
    caption: 'staff.nav.invitations',
    empty: 'invitations.empty',
    load: () => authed('GET', `${API}/invitations`),
    columns: [
      { key: 'field.emailLabel', wide: true, cell: (item) => el('span', {}, item.email) },
      { key: 'memberships.place', cell: (item) => item.organizationName ?? el('span', { t: 'staff.wholeTenant' }) },
      { key: 'memberships.role', cell: (item) => item.role.name },
      { key: 'invitations.expires', cell: (item) => timeNode(item.expiresAt, ago) },
      { key: 'invitations.actions', wide: true, cell: (item) => (invites ? el('span', { class: 'row' }, button('invitations.resend', (node) => resend(node, item), { label: 'invitations.resendWho', vars: item }), button('invitations.takeBack', (node) => takeBack(node, item), { kind: 'danger', label: 'invitations.takeBackWho', vars: item })) : timeNode(item.createdAt, moment)) },
    ],
  });

  async function again(said, vars) {
    await view.refresh();
    tell('good', said, vars);
  }

  async function invite(node) {
    const answers = await act(node, () => Promise.all([authority(), staffRoles()]));
    if (!answers) return;
    const [reach, roles] = answers;
    formDialog({
      title: 'invitations.invite',
      text: 'invitations.inviteText',
      submit: 'invitations.submit',
      draft: 'staff.invitation',
      fields: [field('email', 'field.emailLabel', { type: 'email', required: true, maxlength: '255' }), ...placeFields({ me, reach, roles })],
      send: (values, form) => authed('POST', `${API}/invite`, { email: values.email, ...placeOf(values, form) }),
      done: (_, { email }) => again('invitations.sent', { email }),
    });
  }

  async function resend(node, item) {
    const { email, role, organizationId, merchantIds } = item;
    const sent = await act(node, () => authed('POST', `${API}/invite`, { email, roleId: role.id, ...(organizationId ? { organizationId } : {}), ...(merchantIds.length > 0 ? { merchantIds } : {}) }));
    if (sent !== false) await again('invitations.sent', { email });
  }

  async function takeBack(node, { id, email }) {
    const gone = await act(node, () => authed('DELETE', `${API}/invitations/${id}`), { ask: { title: 'invitations.takeBackTitle', text: 'invitations.takeBackText', action: 'invitations.takeBack' }, vars: { email } });
    if (gone !== false) await again('invitations.takenBack', { email });
  }
}
