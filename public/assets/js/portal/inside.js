// Pages of people who are signed in: who they are, what they may do, and how they stay signed in without losing a word.
import { authed, call, CA, onSessionEnded } from '../lib/api.js';
import { label, say } from '../lib/i18n.js';
import { all, el, note, one } from '../lib/dom.js';
import { working } from '../lib/form.js';
import { wordsFor } from '../lib/errors.js';
import { browser } from '../lib/store.js';
import { covers } from '../lib/grants.js';
import { countUnread as countAt } from '../lib/notices.js';
import { listen } from '../lib/live.js';
import { signInAgain } from '../lib/again.js';
import { trouble } from '../lib/connection.js';
import { brand, startPage, suspended } from './chrome.js';
import { inOrganization, organization, pageOf, slug } from './place.js';

let email = null;

/** Whether grants cover a feature. */
const allows = (granted, feature) => granted.some((grant) => covers(grant, feature));

const here = () => encodeURIComponent(location.pathname + location.search);

/**
 * Opens a page of the portal. Until the page knows who is there, an ended session leads to the sign-in; after that it is
 * asked about in place. Returns who is there, or null when the page is on its way elsewhere or shows an error.
 */
export async function enter({ mustChangeHere = false } = {}) {
  onSessionEnded(leave);
  await startPage();
  label(one('.inside > nav'), 'nav.label');
  one('[data-sign-out]').addEventListener('click', signOut);
  organization().then(brand).catch(() => say(one('[data-organization]'), 'portal.name').classList.remove('waiting'));
  try {
    const [profile, nav] = await Promise.all([authed('GET', `${CA}/portal/profile`), authed('GET', `${CA}/portal/nav`)]);
    if (nav.orgSlug !== slug) return away(`${pageOf('no-access')}?own=${encodeURIComponent(nav.orgSlug)}`);
    email = profile.user.email;
    browser.set(`seen.${slug}`, true);
    onSessionEnded(askAgain);
    offer(nav);
    countUnread();
    document.addEventListener('portcullis:news', countUnread);
    listen(`${CA}/portal/events/stream`);
    return { ...profile, may: (feature) => nav.isPortalAdmin || allows(nav.grantedFeatures, feature) };
  } catch (error) {
    if (error.code === 'PASSWORD_CHANGE_REQUIRED') return mustChangeHere ? { mustChangePassword: true } : away(`${pageOf('security')}`);
    if (error.code === 'tenant_suspended') return suspended();
    if (error.code === 'FORBIDDEN') return away(pageOf('no-access'));
    if (error.status !== 401) failedToLoad(error);
    return null;
  }
}

function away(path) {
  location.replace(path);
  return null;
}

/** Nobody is signed in, or not any more: the page has nothing typed to lose yet. */
function leave() {
  location.replace(`${pageOf(browser.get(`seen.${slug}`) ? 'session-expired' : 'login')}?next=${here()}`);
  return new Promise(() => {});
}

/** Shows the pages this caller may see. The server decides anyway; this only spares dead ends. */
function offer(nav) {
  const hrefs = new Set(nav.groups.flatMap((group) => group.items.map((item) => item.href)));
  for (const item of all('.inside > nav [data-needs]')) item.hidden = !hrefs.has(pageOf(item.dataset.needs));
}

/** The number at the bell. */
export const countUnread = () => countAt(`${CA}/portal/notifications`, one('[data-unread]'));

async function signOut(event) {
  const button = event.currentTarget;
  working(button, true);
  try {
    await call('POST', `${CA}/portal/logout`);
    browser.set(`seen.${slug}`, false);
    location.assign(`${pageOf('login')}?signed-out`);
  } catch {
    // A sign-out that did not happen must not look like one.
    working(button, false);
    trouble('signOut.failed');
  }
}

/** The page could not be filled: says why, and offers to try again. */
export function failedToLoad(error, into = one('[data-page-error]')) {
  const [key, vars] = wordsFor(error);
  const again = el('button', { class: 'button', type: 'button', t: 'common.tryAgain', on: { click: () => location.reload() } });
  into.replaceChildren(el('div', { class: 'stack-small' }, note('bad', key, vars), el('div', {}, again)));
  for (const node of all('.waiting')) node.classList.remove('waiting');
  // A heading that waited for a name says at least where one is.
  const heading = one('h1 [data-greeting]');
  if (heading) say(heading, 'dashboard.title');
  for (const node of all('[data-fills]')) node.hidden = true;
}

/** The session ended under an open page. */
const askAgain = () => signInAgain({ email, send: (password) => inOrganization(`${CA}/login`, { email, password }) });

export { authed, CA };
