// From an error to words: by its code, never by the server's English sentence as it stands.
import { has } from './i18n.js';

/** Sentences about a field that a page translates one by one: the password policy's, and an address that is in use. */
const FIELD = {
  'Password is too short': 'password.tooShort',
  'Password is too long': 'password.tooLong',
  'Password must not contain NUL': 'password.oddCharacter',
  'Password needs lower case, upper case, a digit and another character': 'password.classes',
  'Password is too easy to guess': 'password.easy',
  'Current password is incorrect.': 'error.WRONG_CURRENT_PASSWORD',
  'Email already in use': 'field.taken',
};

/** What a wrong field is told. */
export const fieldKey = (field, messages) => messages.map((message) => FIELD[message]).find(Boolean) ?? (field === 'email' ? 'field.email' : 'field.invalid');

/** Where one code says several things, a part of the pages may know the sentences: error → [key, variables], or null. */
let understand = () => null;
export function onSentence(handler) {
  understand = handler;
}

/** Key and variables for an error; `own` are this page's words for some codes. */
export function wordsFor(error, own = {}) {
  const code = error.code ?? 'INTERNAL';
  if (code === 'RATE_LIMITED' && error.retryAfter > 0) return ['error.wait', { count: error.retryAfter }];
  const understood = understand(error);
  if (understood) return understood;
  if (own[code]) return [own[code], {}];
  if (code === 'UNAVAILABLE' && error.retryAfter > 0) return ['error.unavailableWait', { count: error.retryAfter }];
  const key = `error.${code}`;
  return [has(key) ? key : 'error.INTERNAL', {}];
}
