// One line across the page, about the connection.
import { el, icon, one } from './dom.js';

export function trouble(key) {
  const bar = one('.trouble') ?? el('div', { class: 'note warn trouble', role: 'status' });
  if (!bar.isConnected) document.body.prepend(bar);
  bar.hidden = !key;
  bar.replaceChildren();
  if (key) bar.append(icon('cloud'), el('p', { t: key }));
}

export function watchConnection() {
  addEventListener('offline', () => trouble('error.offlineNow'));
  addEventListener('online', () => trouble(null));
  if (!navigator.onLine) trouble('error.offlineNow');
}
