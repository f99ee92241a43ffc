// A session that ends under an open page: the same person signs in again in place, and nothing typed is lost.
import { ApiError } from './api.js';
import { announce, el, modal, one } from './dom.js';
import { handle, passwordField } from './form.js';

let asking = null;

/**
 * Asks for the password, however many calls are waiting. Resolves once there is a session again, so that they can go on.
 *
 * @param {object} options
 * @param {string} options.email whose session it was
 * @param {(password: string) => Promise<unknown>} options.send signs in
 * @param {Record<string, string>} [options.errors] the realm's own words for codes
 */
export function signInAgain({ email, send, errors = {} }) {
  asking ??= new Promise((resolve, reject) => {
    const address = el('input', { id: 'again-email', name: 'email', type: 'email', readonly: true, autocomplete: 'username', value: email });
    const form = el(
      'form',
      { class: 'stack', method: 'post' },
      el('h2', { id: 'again-title', t: 'again.title' }),
      el('p', { id: 'again-text', t: 'again.text' }),
      el('div', { 'data-error': true, role: 'alert' }),
      el('div', { class: 'field' }, el('label', { for: 'again-email', t: 'field.emailLabel' }), address),
      passwordField({ id: 'again-password', name: 'password', t: 'field.passwordLabel', autocomplete: 'current-password' }),
      el(
        'div',
        { class: 'dialog-actions' },
        el('button', { class: 'button', type: 'button', t: 'common.cancel', on: { click: () => dialog.close() } }),
        el('button', { class: 'button primary', type: 'submit', t: 'login.submit' }),
      ),
    );
    const dialog = modal({ 'aria-labelledby': 'again-title', 'aria-describedby': 'again-text' }, form);
    handle(form, {
      send: (values) => send(values.password),
      errors: { UNAUTHENTICATED: 'login.wrong', VALIDATION_ERROR: 'login.wrong', ...errors },
      done: () => {
        dialog.dataset.done = '';
        dialog.close();
        announce('again.done');
        resolve();
      },
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      asking = null;
      if (!('done' in dialog.dataset)) reject(new ApiError({ status: 401, code: 'UNAUTHENTICATED' }));
    });
    document.body.append(dialog);
    dialog.showModal();
    one('#again-password', dialog).focus();
  });
  return asking;
}
