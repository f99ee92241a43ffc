// Forms in a dialog: fields, one action, and what went wrong said where it went wrong.
import { el, modal, one } from '../lib/dom.js';
import { handle } from '../lib/form.js';

/** A labelled field with room for a hint and for what is wrong with it. */
export function field(name, t, { hint, value, choices, long, vars, ...attributes } = {}) {
  const id = `field-${name}`;
  const described = `${id}-error${hint ? ` ${id}-hint` : ''}`;
  const shared = { id, name, 'aria-describedby': described, ...attributes };
  let input;
  // Choices are [value, words, whether it cannot be chosen].
  if (choices) input = el('select', shared, ...choices.map(([option, words, off]) => el('option', { value: option, selected: option === value, disabled: off, t: words.key }, ...(words.key ? [] : [words]))));
  else if (long) {
    input = el('textarea', { rows: '4', ...shared });
    input.value = value ?? '';
  } else input = el('input', { type: 'text', autocomplete: 'off', ...shared, value });
  return el('div', { class: 'field' }, el('label', { for: id, t, vars }), hint ? el('p', { class: 'hint', id: `${id}-hint`, t: hint }) : null, input, el('p', { class: 'field-error', id: `${id}-error` }));
}

/** Boxes to tick: [value, words, ticked, hint, key of why it cannot be ticked]. */
export function boxes(name, t, options) {
  return el(
    'fieldset',
    { class: 'field' },
    el('legend', { t }),
    ...options.map(([value, words, ticked, hint, off]) =>
      el(
        'label',
        { class: 'choice' },
        el('input', { type: 'checkbox', name, value, checked: ticked, disabled: Boolean(off) }),
        el('span', {}, words.key ? el('span', { t: words.key }) : words, hint ? el('span', { class: 'hint block' }, hint) : null, off ? el('span', { class: 'hint block', t: off }) : null),
      ),
    ),
    el('p', { class: 'field-error', id: `field-${name}-error`, role: 'alert' }),
  );
}

/** The values that are ticked. */
export const ticked = (form, name) => [...form.querySelectorAll(`[name="${name}"]:checked`)].map((box) => box.value);

/**
 * Asks for what an action needs and runs it.
 *
 * @param {object} options `title` and `vars`, `fields`, `submit` (key), `danger`, and what `handle` takes: `send` (values, form), `done`, `errors`, `draft`
 */
export function formDialog({ title, vars, text, fields, submit = 'common.save', danger = false, send, done, wide = false, ...rest }) {
  const form = el(
    'form',
    { class: 'stack', method: 'post' },
    el('h2', { id: 'dialog-title', t: title, vars }),
    text ? el('p', { class: 'soft', t: text, vars }) : null,
    el('div', { 'data-error': true, role: 'alert' }),
    ...fields,
    el(
      'div',
      { class: 'dialog-actions' },
      el('button', { class: 'button', type: 'button', t: 'common.cancel', on: { click: () => dialog.close() } }),
      el('button', { class: `button ${danger ? 'danger' : 'primary'}`, type: 'submit', t: submit }),
    ),
  );
  const dialog = modal({ 'aria-labelledby': 'dialog-title', class: wide ? 'wide' : null }, form);
  dialog.addEventListener('close', () => dialog.remove());
  handle(form, {
    ...rest,
    send: (values) => send(values, form),
    done: (result, values) => {
      dialog.close();
      done?.(result, values);
    },
  });
  document.body.append(dialog);
  dialog.showModal();
  one('input:not([type=hidden]), select, textarea', form)?.focus();
  return { dialog, form };
}

/** Shows something once: a password or secret that is not stored anywhere readable. */
export function reveal({ title, text, vars, value }) {
  const input = el('input', { id: 'revealed', readonly: true, value, class: 'mono', 'aria-describedby': 'revealed-text' });
  const copied = el('span', { class: 'soft small', role: 'status' });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      copied.replaceChildren(el('span', { t: 'dialog.copied' }));
    } catch {
      input.select();
    }
  };
  const dialog = modal(
    { 'aria-labelledby': 'dialog-title' },
    el(
      'form',
      { method: 'dialog', class: 'stack' },
      el('h2', { id: 'dialog-title', t: title, vars }),
      el('p', { id: 'revealed-text', t: text, vars }),
      el('div', { class: 'field' }, el('label', { class: 'visually-hidden', for: 'revealed', t: title, vars }), input),
      el('div', { class: 'dialog-actions' }, copied, el('button', { class: 'button', type: 'button', t: 'dialog.copy', on: { click: copy } }), el('button', { class: 'button primary', t: 'dialog.done' })),
    ),
  );
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve();
    });
    document.body.append(dialog);
    dialog.showModal();
    input.select();
  });
}
