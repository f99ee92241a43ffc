// Why the server would not: its sentences in the reader's language. FORBIDDEN and CONFLICT say one thing each, and there are
// many reasons; the sentences are word for word those of core/src/domain/authority/refusal.rs and of the routes for roles
// and memberships. One that is not known here is told by its code.
const SENTENCES = {
  'Only super administrators can modify super administrator accounts.': 'refusal.superAdminAccount',
  'Only super administrators can modify super administrator roles.': 'refusal.superAdminRole',
  'Only super administrators can grant super admin access.': 'refusal.superAdminGrant',
  'Only super administrators can grant global wildcard access.': 'refusal.globalWildcard',
  'Only super administrators can modify roles of the platform.': 'refusal.platformRole',
  'Cannot grant unrestricted organization access.': 'refusal.unrestricted',
  'Cannot grant organization access outside actor scope.': 'refusal.foreignOrganization',
  'Cannot grant a role outside the target tenant.': 'refusal.otherTenant',
  'Cannot manage a role at or above your own priority.': 'refusal.roleTooHigh',
  'Cannot grant a role at or above your own priority.': 'refusal.grantTooHigh',
  'Cannot manage a user at or above your own priority.': 'refusal.personTooHigh',
  'The last super administrator cannot be removed.': 'refusal.lastSuperAdmin',
  'The last owner of an organization cannot be removed.': 'refusal.lastOwner',
  'Cannot disable your own account': 'refusal.oneself',
  'Cannot change your own access': 'refusal.oneself',
  'Cannot delete your own account': 'refusal.oneself',
  'Cannot lock your own account': 'refusal.oneself',
  'Cannot reset your own password. Use your profile instead.': 'refusal.oneself',
  'Cannot end your own sessions. Use logout instead.': 'refusal.oneself',
  'Cannot manage your own account': 'refusal.oneself',
  'Not authorized to access this user.': 'refusal.worksElsewhere',
  'This person holds the role there already': 'refusal.holdsAlready',
  'This address was sent enough mails this hour. Please try again later.': 'refusal.enoughMails',
  'A role with this name already exists': 'refusal.roleNameTaken',
  'A role with this slug already exists': 'refusal.roleSlugTaken',
  'Role name is reserved': 'refusal.roleReserved',
  'Role name cannot be changed while users are assigned': 'refusal.roleHeld',
  'Role has assigned users': 'refusal.roleHeld',
  'Cannot change name of a system role': 'refusal.systemRole',
  'Cannot delete a system role': 'refusal.systemRole',
};
const GRANT = /^Cannot grant feature (?:wildcard )?(\S+)\.$/;

/** Key and variables for what the server said, or null. */
export function refusal({ sentence = '' }) {
  const grant = GRANT.exec(sentence)?.[1];
  if (grant) return ['refusal.feature', { grant }];
  return Object.hasOwn(SENTENCES, sentence) ? [SENTENCES[sentence], {}] : null;
}
