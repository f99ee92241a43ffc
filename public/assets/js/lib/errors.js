// From an error to words: by its code, never by the server's English sentence.
import { has } from './i18n.js';

/** Sentences of the password policy. They are the only details a page translates one by one. */
const PASSWORD = {
  'Password is too short': 'password.tooShort',
  'Password is too long': 'password.tooLong',
  'Password must not contain NUL': 'password.oddCharacter',
  'Password needs lower case, upper case, a digit and another character': 'password.classes',
  'Password is too easy to guess': 'password.easy',
};

/** What a wrong field is told. */
export const fieldKey = (field, messages) => messages.map((message) => PASSWORD[message]).find(Boolean) ?? (field === 'email' ? 'field.email' : 'field.invalid');

/** Key and variables for an error; `own` are this page's words for some codes. */
export function wordsFor(error, own = {}) {
  const code = error.code ?? 'INTERNAL';
  if (code === 'RATE_LIMITED' && error.retryAfter > 0) return ['error.wait', { count: error.retryAfter }];
  if (own[code]) return [own[code], {}];
  if (code === 'UNAVAILABLE' && error.retryAfter > 0) return ['error.unavailableWait', { count: error.retryAfter }];
  const key = `error.${code}`;
  return [has(key) ? key : 'error.INTERNAL', {}];
}
