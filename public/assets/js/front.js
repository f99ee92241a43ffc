import { LANGUAGES, change, language, start } from './lib/i18n.js';
import { el, one } from './lib/dom.js';

await start();
const select = one('.language select');
select.replaceChildren(...Object.entries(LANGUAGES).map(([code, name]) => el('option', { value: code, lang: code }, name)));
select.value = language();
select.addEventListener('change', () => change(select.value).catch(() => (select.value = language())));
