// The bell of the frame: how many notices are unread, asked for anew while somebody looks.
import { one } from '../../lib/dom.js';
import { countUnread } from '../../lib/notices.js';

export const NOTICES = '/api/auth/notifications';

/** A moment between two askings, however fast somebody clicks through the pages. */
const QUIET = 15_000;
let askedAt = 0;

/** Something changed the number: it is asked for now. */
export function ring() {
  askedAt = Date.now();
  return countUnread(NOTICES, one('[data-bell] [data-unread]'));
}

/** Rings when a page is left for another and when somebody comes back to the tab. */
export function hangBell() {
  const perhaps = () => document.visibilityState === 'visible' && Date.now() - askedAt > QUIET && ring();
  document.addEventListener('portcullis:leave', perhaps);
  document.addEventListener('visibilitychange', perhaps);
  // For whatever else knows that there is news.
  document.addEventListener('portcullis:news', ring);
  return ring();
}
