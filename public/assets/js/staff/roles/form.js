// The form of a role of staff, for a new one and for one that is there.
import { field, formDialog } from '../dialog.js';
import { ifUnchanged } from '../../lib/api.js';
import { authed } from '../session.js';

export const ROLES = '/api/auth/roles';

/** @param {{ role?: object, done: (answer: object, values: object) => unknown }} options */
export function roleDialog({ role, done }) {
  // Names stay while somebody holds the role, and those of the pack for good.
  const named = role && (role.isSystem || role.usersCount > 0);
  const hint = role?.isSystem ? 'refusal.systemRole' : named ? 'refusal.roleHeld' : undefined;
  formDialog({
    title: role ? 'staffRoles.edit' : 'staffRoles.create',
    submit: role ? 'common.save' : 'staffRoles.createSubmit',
    text: role ? undefined : 'staffRoles.createText',
    draft: role ? undefined : 'staff.role',
    fields: [
      field('name', 'staffRoles.name', { required: true, maxlength: '100', value: role?.name, readonly: named, hint }),
      field('slug', 'staffRoles.slug', { maxlength: '100', value: role?.slug, readonly: named, hint: named ? undefined : 'staffRoles.slugHint' }),
      field('priority', 'staffRoles.priority', { type: 'number', min: '1', max: '1000', step: '1', inputmode: 'numeric', value: role?.priority, readonly: role?.isSystem, hint: 'staffRoles.priorityHint' }),
      field('description', 'staffRoles.description', { long: true, maxlength: '1000', value: role?.description ?? '' }),
    ],
    check: ({ name, priority }) => ({
      ...(name.trim().length < 2 ? { name: 'staffRoles.nameTooShort' } : {}),
      ...(priority !== '' && !(Number.isInteger(Number(priority)) && priority >= 1 && priority <= 1000) ? { priority: 'staffRoles.priorityRange' } : {}),
    }),
    send: ({ name, slug, priority, description }) => {
      const height = priority === '' ? {} : { priority: Number(priority) };
      const about = { description: description.trim() || null };
      if (!role) return authed('POST', ROLES, { name: name.trim(), ...(slug.trim() ? { slug: slug.trim() } : {}), ...height, ...about });
      return authed('PUT', ROLES, { id: role.id, ...(named ? {} : { name: name.trim(), slug: slug.trim() }), ...(role.isSystem ? {} : height), ...about }, ifUnchanged(role.updatedAt));
    },
    done,
  });
}
