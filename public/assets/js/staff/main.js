// The frame of the back office: who is here, where they are, and which view fills the middle. One document; views come
// and go, the address bar keeps telling the truth, and going back restores what was there.
import { trouble, watchConnection } from '../lib/connection.js';
import { need, show as showText, start, t } from '../lib/i18n.js';
import { el, focusOn, icon, note, one } from '../lib/dom.js';
import { onSentence, wordsFor } from '../lib/errors.js';
import { working } from '../lib/form.js';
import { listen } from '../lib/live.js';
import { offerLanguages } from '../lib/languages.js';
import { GROUPS, PAGES, find } from './areas.js';
import { hangBell, ring } from './frame/bell.js';
import { ownPlaces, placeList } from './frame/own-places.js';
import { placeSwitcher } from './frame/place.js';
import { act } from './page.js';
import { refusal } from './refusals.js';
import { enter, signOut } from './session.js';

const main = one('#main');
const nav = one('#office-nav');
let me = null;
/** Grows with every view: an answer that comes after the person went on changes nothing. */
let visit = 0;
/** The page's title: what it shows, and of whom or what. */
let [title, subject] = ['staff.title', ''];

onSentence(refusal);
await start('staff/frame.');
offerLanguages();
menu();
watchConnection();
one('[data-sign-out]').addEventListener('click', leave);
try {
  me = await enter();
  navigation();
  placeSwitcher(one('[data-place]'), moved);
  hangBell();
  listen('/api/events/stream');
  await open(location.href, { push: false });
} catch (error) {
  if (error.code === 'PASSWORD_CHANGE_REQUIRED') location.replace('/login?must-change');
  else failed(error);
}

addEventListener('popstate', () => open(location.href, { push: false }));
document.addEventListener('portcullis:language', () => retitle());
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="/backend"]');
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || link.target || link.download) return;
  event.preventDefault();
  open(link.href);
});

/** Shows the view of an address. */
async function open(href, { push = true } = {}) {
  const url = new URL(href, location.origin);
  const found = find(url.pathname);
  if (push && url.href !== location.href) history.pushState(null, '', url);
  const mine = (visit += 1);
  document.dispatchEvent(new Event('portcullis:leave'));
  closeMenu();
  mark();
  if (!found) return message('staff.nowhere', 'staff.nowhereText');
  const { page, params } = found;
  if (page.needs && !me.may(page.needs)) return message('staff.notAllowed', 'staff.notAllowedText');
  main.setAttribute('aria-busy', 'true');
  try {
    const [module] = await Promise.all([import(`./${page.view}`), ...page.words.map((part) => need(`staff/${part}.`))]);
    if (mine !== visit) return;
    main.replaceChildren();
    retitle(page.name ?? 'staff.title');
    // Whoever reads by ear starts at the new heading; the first view is read by the browser itself.
    await module.show({ main, params, query: url.searchParams, me, open, replace, retitle, current: () => mine === visit });
    if (mine === visit && push) focusOn(one('h1', main) ?? main);
  } catch (error) {
    if (mine === visit) failed(error);
  } finally {
    if (mine === visit) main.removeAttribute('aria-busy');
  }
}

/** The session works elsewhere now: what one may do there, and what there is, are asked for anew. */
async function moved(elsewhere) {
  me = await enter();
  navigation();
  ring();
  if (elsewhere) placeSwitcher(one('[data-place]'), moved);
  await open(elsewhere ? '/backend' : location.href, { push: elsewhere });
}

/** The same view with another search or page: for the address bar, without a visit. */
function replace(params, { push = true } = {}) {
  const query = new URLSearchParams(Object.entries(params).filter(([, value]) => value));
  const url = `${location.pathname}${query.size ? `?${query}` : ''}`;
  if (url !== location.pathname + location.search) history[push ? 'pushState' : 'replaceState'](null, '', url);
}

function retitle(key = title, of = key === title ? subject : '') {
  [title, subject] = [key, of];
  document.title = [of, t(key), 'Portcullis'].filter(Boolean).join(' · ');
}

function navigation() {
  nav.replaceChildren();
  for (const group of GROUPS) {
    const pages = PAGES.filter((page) => page.group === group && (!page.needs || me.may(page.needs)));
    if (pages.length === 0) continue;
    const id = `nav-${group}`;
    nav.append(
      el('h2', { id, class: 'small soft', t: `staff.group.${group}` }),
      el('ul', { 'aria-labelledby': id }, ...pages.map((page) => el('li', {}, el('a', { href: `/backend/${page.path}` }, icon(page.icon), el('span', { t: page.name }))))),
    );
  }
}

/** The page in the navigation that one is on, or below. */
function mark() {
  const here = location.pathname.replace(/\/$/, '');
  const links = [...nav.querySelectorAll('a')];
  const best = links.filter((link) => here === link.pathname || here.startsWith(`${link.pathname}/`)).sort((a, b) => b.pathname.length - a.pathname.length)[0];
  for (const link of links) {
    if (link === best) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

function menu() {
  const button = one('[data-menu]');
  button.addEventListener('click', () => {
    const opened = button.getAttribute('aria-expanded') !== 'true';
    button.setAttribute('aria-expanded', String(opened));
    nav.toggleAttribute('data-open', opened);
    if (opened) one('a', nav)?.focus();
  });
  addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !nav.hasAttribute('data-open')) return;
    closeMenu();
    button.focus();
  });
}

function closeMenu() {
  one('[data-menu]').setAttribute('aria-expanded', 'false');
  nav.removeAttribute('data-open');
}

async function leave(event) {
  const button = event.currentTarget;
  working(button, true);
  try {
    await signOut();
  } catch {
    // A sign-out that did not happen must not look like one.
    working(button, false);
    trouble('signOut.failed');
  }
}

function message(heading, text) {
  const h1 = el('h1', { t: heading });
  const card = el('div', { class: 'card stack' }, el('span', { class: 'sign warn' }, icon('ban')), h1, el('p', { class: 'soft', t: text }));
  main.replaceChildren(card);
  retitle(heading);
  focusOn(h1);
  return card;
}

/** There is no working here (any more): says so, and where else there is. */
async function stranded(heading, text) {
  const card = message(heading, text);
  one('[data-place]').closest('label').classList.add('unseen');
  const open = (await ownPlaces().catch(() => [])).filter((place) => place.isOpen && !place.isCurrent);
  if (open.length === 0) return;
  const news = el('div', { 'data-news': true, role: 'status' });
  const run = async (node, work) => (await act(node, work)) !== false && location.assign('/backend');
  card.append(news, el('h2', { t: 'staff.elsewhere' }), placeList(open, run));
}

/** The view could not be filled: says why, and offers to try again. */
function failed(error) {
  // A mistake of ours goes to the console, and must not look like waiting.
  if (error.code === undefined) setTimeout(() => { throw error; });
  if (error.code === 'NO_ACCESS') return stranded('staff.noAccess', 'staff.noAccessText');
  if (error.code === 'tenant_suspended') return stranded('staff.suspended', 'staff.suspendedText');
  if (error.code === 'NOT_FOUND') return message('staff.nowhere', 'staff.nowhereText');
  if (error.code === 'FORBIDDEN') return message('staff.notAllowed', 'staff.notAllowedText');
  const [key, vars] = wordsFor(error);
  const h1 = el('h1', { t: 'staff.failed' });
  const again = el('button', { class: 'button', type: 'button', t: 'common.tryAgain', on: { click: () => location.reload() } });
  main.replaceChildren(h1, note('bad', key, vars), el('div', {}, again));
  showText(one('title'), document.title);
  focusOn(h1);
}
