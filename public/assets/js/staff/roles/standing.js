// What a role of staff is, as badges, and why the caller may not touch it.
export const standing = (role) => [role.isSystem && [{ key: 'staffRoles.system' }], role.tenantId === null && [{ key: 'staffRoles.platform' }, 'accent']];

/** A key that says why not, or null. */
export const untouchable = (role, reach) => (reach.isSuperAdmin ? null : role.tenantId === null ? 'refusal.platformRole' : !reach.below(role.priority) ? 'refusal.roleTooHigh' : null);
