// What is the matter with somebody's account, as badges.
export const isLocked = (person) => Boolean(person.isLocked ?? (person.lockedUntil && new Date(person.lockedUntil) > new Date()));

export function standing(person) {
  const found = [];
  if (person.isActive === false) found.push([{ key: 'people.suspended' }, 'bad']);
  if (isLocked(person)) found.push([{ key: 'people.locked' }, 'bad']);
  if (person.hasPassword === false) found.push([{ key: 'people.pending' }, 'warn']);
  if (person.mustChangePassword) found.push([{ key: 'people.mustChange' }, 'warn']);
  return found.length > 0 ? found : [[{ key: 'people.active' }, 'good']];
}
