// Forms that say what is wrong, keep what was typed, and cannot be sent twice.
import { say } from './i18n.js';
import { all, el, focusOn, note, one } from './dom.js';
import { fieldKey, wordsFor } from './errors.js';
import { tab } from './store.js';

const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/**
 * Fields are `input`s, `select`s and `textarea`s with a name; `<p class="field-error" id="{input id}-error">` says what is wrong with one, and
 * `[data-error]` what is wrong with the whole.
 *
 * @param {HTMLFormElement} form
 * @param {object} options
 * @param {(values: Record<string, string>) => Promise<unknown>} options.send
 * @param {(result: unknown, values: Record<string, string>) => void} [options.done]
 * @param {(values: Record<string, string>) => Record<string, string>} [options.check] further checks: field → key
 * @param {string} [options.draft] where what was typed is kept until it is sent; passwords never are
 * @param {Record<string, string>} [options.errors] this form's own words for codes
 * @param {(error: Error) => boolean | void} [options.failed] true when the page has dealt with the error itself
 */
export function handle(form, { send, done, check = () => ({}), draft, errors = {}, failed }) {
  const inputs = () => all('input[name], select[name], textarea[name]', form).filter((input) => !['checkbox', 'radio'].includes(input.type));
  const keeps = (input) => input.type !== 'password' && !input.readOnly;
  let busy = false;
  form.noValidate = true;

  if (draft) {
    const kept = tab.get(`draft.${draft}`) ?? {};
    for (const input of inputs().filter(keeps)) if (!input.value && typeof kept[input.name] === 'string') input.value = kept[input.name];
    const keep = () => tab.set(`draft.${draft}`, Object.fromEntries(inputs().filter(keeps).map((i) => [i.name, i.value])));
    form.addEventListener('input', keep);
    // What was typed before this ran is kept, too; a select has no value that a page gave it.
    if (inputs().some((input) => keeps(input) && input.value !== (input.defaultValue ?? input.value))) keep();
  }
  form.addEventListener('input', (event) => event.target.name && clear(event.target));
  for (const button of all('[data-reveal]', form)) reveal(button, form);

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (busy) return;
    whole(form, null);
    const values = Object.fromEntries(inputs().map((input) => [input.name, keeps(input) && input.type === 'email' ? input.value.trim() : input.value]));
    const wrong = { ...required(inputs()), ...check(values) };
    if (mark(form, inputs(), wrong)) return;
    const button = event.submitter ?? one('[type=submit], button:not([type])', form);
    busy = true;
    working(button, true);
    try {
      const result = await send(values, button?.value);
      if (draft) tab.drop(`draft.${draft}`);
      working(button, false);
      done?.(result, values, button?.value);
    } catch (error) {
      working(button, false);
      if (!(error instanceof Error) || error.code === undefined) throw error;
      if (failed?.(error)) return;
      const fields = Object.fromEntries(Object.entries(error.details ?? {}).map(([field, messages]) => [field, fieldKey(field, messages)]));
      if (Object.keys(fields).length > 0 && mark(form, inputs(), fields)) return;
      whole(form, error, errors);
    } finally {
      busy = false;
    }
  });

  // From here on; and what was pressed before is sent now.
  form.dataset.handled = '';
  if ('early' in form.dataset) {
    delete form.dataset.early;
    for (const button of all('[data-busy]', form)) working(button, false);
    form.requestSubmit();
  }
  // The page gives its other buttons their work right after this.
  const pressed = all('button[data-early]', form);
  for (const button of pressed) delete button.dataset.early;
  if (pressed.length > 0) setTimeout(() => pressed.at(-1).click());
}

function required(inputs) {
  const wrong = {};
  for (const input of inputs) {
    if (input.required && input.value.trim() === '') wrong[input.name] = 'field.required';
    else if (input.type === 'email' && input.value && !MAIL.test(input.value.trim())) wrong[input.name] = 'field.email';
    else if (input.dataset.min && input.value.length < Number(input.dataset.min)) wrong[input.name] = 'password.tooShort';
  }
  return wrong;
}

/** Marks wrong fields and goes to the first one. */
function mark(form, inputs, wrong) {
  for (const input of inputs) clear(input);
  const found = inputs.filter((input) => wrong[input.name]);
  for (const input of found) {
    input.setAttribute('aria-invalid', 'true');
    const slot = document.getElementById(`${input.id}-error`);
    if (slot) say(slot, wrong[input.name]);
  }
  found[0]?.focus();
  return found.length > 0;
}

function clear(input) {
  input.removeAttribute('aria-invalid');
  const slot = document.getElementById(`${input.id}-error`);
  if (!slot) return;
  delete slot.dataset.t;
  slot.textContent = '';
}

/** What is wrong with the form as a whole; a wait counts down and ends by itself. */
export function whole(form, error, own = {}) {
  const slot = one('[data-error]', form);
  if (!slot) return;
  slot.replaceChildren();
  if (!error) return;
  const [key, vars] = wordsFor(error, own);
  const message = note(error.code === 'RATE_LIMITED' ? 'warn' : 'bad', key, vars);
  slot.append(message);
  focusOn(slot);
  if (vars.count) countDown(slot, message, key, vars.count);
}

function countDown(slot, message, key, seconds) {
  // Said once; what ticks is for the eyes.
  const words = one('p', message);
  const spoken = words.cloneNode(true);
  spoken.className = 'visually-hidden';
  words.setAttribute('aria-hidden', 'true');
  message.append(spoken);
  const end = Date.now() + seconds * 1000;
  const timer = setInterval(() => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (!message.isConnected) clearInterval(timer);
    else if (left > 0) say(words, key, { count: left });
    else {
      clearInterval(timer);
      slot.replaceChildren(note('good', 'error.waitOver'));
    }
  }, 1000);
}

/** A button that is at work keeps its place and the focus. */
export function working(button, on) {
  if (!button) return;
  button.toggleAttribute('data-busy', on);
  if (on) button.setAttribute('aria-disabled', 'true');
  else button.removeAttribute('aria-disabled');
}

function reveal(button, form) {
  button.addEventListener('click', () => {
    const input = one(`[name="${button.dataset.reveal}"]`, form);
    const visible = input.type === 'password';
    input.type = visible ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(visible));
    input.focus();
  });
}

/** A field for a password, as dialogs need it. */
export function passwordField({ id, name, t, autocomplete }) {
  return el(
    'div',
    { class: 'field' },
    el('label', { for: id, t }),
    el('input', { id, name, type: 'password', required: true, autocomplete, maxlength: '128', 'aria-describedby': `${id}-error` }),
    el('p', { class: 'field-error', id: `${id}-error` }),
  );
}
