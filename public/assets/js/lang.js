// Runs before the first paint, so that nobody reads a page in one language and then in another: decides the language
// (address, earlier choice, browser) and, where the words have to be fetched, keeps the page blank until they are here.
(() => {
  const known = ['en', 'de', 'es', 'pl'];
  const fits = (tag) => known.find((lang) => lang === String(tag ?? '').slice(0, 2).toLowerCase());
  const asked = fits(new URLSearchParams(location.search).get('lang'));
  let stored;
  try {
    if (asked) localStorage.setItem('portcullis.lang', asked);
    stored = fits(localStorage.getItem('portcullis.lang'));
  } catch {
    // Storage is switched off: the browser's language it is.
  }
  if (asked) document.cookie = `locale=${asked}; Path=/; Max-Age=31536000; SameSite=Lax${location.protocol === 'https:' ? '; Secure' : ''}`;
  const lang = asked ?? stored ?? (navigator.languages ?? []).map(fits).find(Boolean) ?? 'en';
  const root = document.documentElement;
  root.lang = lang;
  if (lang !== 'en') {
    root.dataset.pending = '';
    // Rather English than nothing.
    setTimeout(() => delete root.dataset.pending, 3000);
  }
  // Every form here is sent by a script. One that is pressed before its script has come waits for it (lib/form.js).
  document.addEventListener(
    'submit',
    (event) => {
      const { target: form, submitter } = event;
      if (form.method === 'dialog') return;
      event.preventDefault();
      if ('handled' in form.dataset || submitter?.getAttribute('aria-disabled')) return;
      form.dataset.early = '';
      submitter?.setAttribute('data-busy', '');
    },
    true,
  );
  // And so does every other button in one.
  document.addEventListener(
    'click',
    ({ target }) => {
      const button = target instanceof Element && target.closest('form button[type=button]');
      if (button && !('handled' in button.form.dataset)) button.dataset.early = '';
    },
    true,
  );
  // A developer's machine: the front page says more there.
  if (/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(location.hostname)) root.dataset.local = '';
})();
