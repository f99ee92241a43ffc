// Where an ACL holds: everywhere, or in some organizations only. And the flag that passes everything.
import { el } from '../../lib/dom.js';
import { boxes, ticked } from '../dialog.js';
import { indented } from '../authority.js';

/**
 * @param {object} options
 * @param {string[] | null} options.held organizations; null is everywhere
 * @param {Awaited<ReturnType<import('../authority.js').authority>>} options.reach the caller's
 * @param {boolean} options.disabled
 * @param {string} options.text key: what it means here
 */
export function reachField({ held, reach, disabled, text }) {
  const known = new Set(reach.organizations.map((one) => one.id));
  // What the caller does not see stays as it is.
  const unseen = (held ?? []).filter((id) => !known.has(id));
  const everywhere = el('input', { type: 'checkbox', checked: held === null, disabled: disabled || (held !== null && !reach.everywhere) });
  const list = boxes('organizations', 'access.organizations', reach.organizations.map((one) => [...indented(one), held?.includes(one.id) ?? false]));
  list.classList.add('scrolls');
  const update = () => {
    list.hidden = everywhere.checked;
  };
  if (disabled) for (const box of list.querySelectorAll('input')) box.disabled = true;
  everywhere.addEventListener('change', update);
  update();
  const node = el(
    'div',
    { class: 'stack-small' },
    el('label', { class: 'choice' }, everywhere, el('span', {}, el('span', { t: 'access.everywhere' }), el('span', { class: 'hint block', t: text }))),
    list,
  );
  return { node, value: () => (everywhere.checked ? null : [...ticked(node, 'organizations'), ...unseen]) };
}

/** The super-admin flag: super admins alone give and take it. */
export function flagField({ held, reach, disabled, t = 'access.superAdmin', text = 'access.superAdminText' }) {
  const input = el('input', { type: 'checkbox', checked: held, disabled: disabled || !reach.isSuperAdmin });
  const why = !reach.isSuperAdmin && !disabled ? el('span', { class: 'hint block', t: 'refusal.superAdminGrant' }) : null;
  return { node: el('label', { class: 'choice' }, input, el('span', {}, el('span', { t }), el('span', { class: 'hint block', t: text }), why)), value: () => input.checked };
}
