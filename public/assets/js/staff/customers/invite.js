// Inviting a customer, from the list of accounts or from that of the invitations.
import { CA } from '../../lib/api.js';
import { boxes, field, formDialog, ticked } from '../dialog.js';
import { act, tell } from '../page.js';
import { authed } from '../session.js';

export const roleChoices = async () => (await authed('GET', `${CA}/admin/roles?pageSize=100`)).items;

/** @param {{ refresh: () => Promise<unknown> }} view the list to show anew */
export async function invite(node, view) {
  const roles = await act(node, roleChoices);
  if (!roles) return;
  formDialog({
    title: 'accounts.invite',
    submit: 'accounts.inviteSubmit',
    text: 'accounts.inviteText',
    draft: 'staff.customer-invitation',
    fields: [field('email', 'field.emailLabel', { type: 'email', required: true, maxlength: '255' }), boxes('roleIds', 'accounts.roles', roles.map((role) => [role.id, role.name, role.isDefault]))],
    send: ({ email }, form) => authed('POST', `${CA}/admin/users-invite`, { email, roleIds: ticked(form, 'roleIds') }),
    done: async (_, { email }) => {
      await view.refresh();
      tell('good', 'accounts.invited', { email });
    },
  });
}
