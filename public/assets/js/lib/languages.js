// The choice of language at the top of a page.
import { LANGUAGES, change, language } from './i18n.js';
import { trouble } from './connection.js';
import { el, one } from './dom.js';

export function offerLanguages() {
  const select = one('.language select');
  if (!select) return;
  select.replaceChildren(...Object.entries(LANGUAGES).map(([code, name]) => el('option', { value: code, lang: code }, name)));
  select.value = language();
  select.addEventListener('change', async () => {
    try {
      await change(select.value);
    } catch {
      select.value = language();
      trouble('error.language');
    }
  });
}
