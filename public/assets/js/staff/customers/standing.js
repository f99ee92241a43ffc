// What is the matter with an account, as badges.
export const isLocked = (user) => Boolean(user.lockedUntil) && new Date(user.lockedUntil) > new Date();
export const isVerified = (user) => user.emailVerified ?? Boolean(user.emailVerifiedAt);

export function standing(user) {
  const found = [];
  if (!user.isActive) found.push([{ key: 'accounts.inactive' }, 'bad']);
  if (isLocked(user)) found.push([{ key: 'accounts.locked' }, 'bad']);
  if (!isVerified(user)) found.push([{ key: 'accounts.unverified' }, 'warn']);
  return found.length > 0 ? found : [[{ key: 'accounts.active' }, 'good']];
}
