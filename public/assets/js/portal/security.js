import { announce, confirm, el, focusOn, icon, note, one } from '../lib/dom.js';
import { wordsFor } from '../lib/errors.js';
import { handle, working } from '../lib/form.js';
import { ago, device, deviceName, timeNode } from '../lib/format.js';
import { label, live, t } from '../lib/i18n.js';
import { authed, CA, enter, failedToLoad } from './inside.js';
import { pageOf } from './place.js';

const [list, everywhere, news] = [one('[data-devices]'), one('[data-everywhere]'), one('[data-device-news]')];
let sessions = [];

const me = await enter({ mustChangeHere: true });
if (me) {
  if (me.mustChangePassword) {
    one('[data-news]').replaceChildren(note('warn', 'security.mustChange'));
    one('[data-device-section]').hidden = true;
  } else {
    one('#username').value = me.user.email;
    await load();
  }

  handle(one('form'), {
    check: ({ currentPassword, newPassword }) => (newPassword && newPassword === currentPassword ? { newPassword: 'security.same' } : {}),
    send: ({ currentPassword, newPassword }) => authed('POST', `${CA}/portal/password-change`, { currentPassword, newPassword }),
    errors: { UNAUTHENTICATED: 'error.notSaved' },
    done: async () => {
      if (me.mustChangePassword) return location.assign(pageOf('dashboard'));
      one('form').reset();
      one('[data-news]').replaceChildren(note('good', 'security.changed'));
      focusOn(one('[data-news]'));
      await load();
    },
  });
  everywhere.addEventListener('click', signOutElsewhere);
}

async function load() {
  try {
    sessions = (await authed('GET', `${CA}/portal/sessions`)).sessions;
    render();
  } catch (error) {
    failedToLoad(error, news);
  }
}

function render() {
  list.replaceChildren(...sessions.map(row));
  everywhere.hidden = sessions.every((session) => session.isCurrent);
}

function row(session) {
  const name = live(el('span', { class: 'title' }), () => deviceName(session.userAgent));
  const where = el('span', { class: 'soft small' });
  if (session.ipAddress) where.append(el('span', {}, session.ipAddress), ' · ');
  where.append(timeNode(session.lastUsedAt ?? session.createdAt, (iso) => t('security.lastUsed', { when: ago(iso) })));
  const since = el('span', { class: 'soft small' }, timeNode(session.createdAt, (iso) => t('security.since', { when: ago(iso) })));
  const end = el('button', { class: 'button', type: 'button', t: 'security.signOut', on: { click: () => revoke(session, end) } });
  label(end, 'security.signOutOf', { device: deviceName(session.userAgent) });
  return el(
    'li',
    {},
    icon(device(session.userAgent).mobile ? 'phone' : 'laptop'),
    el('div', { class: 'body' }, el('span', { class: 'row' }, name, session.isCurrent ? el('span', { class: 'badge good', t: 'security.thisDevice' }) : null), where, since),
    session.isCurrent ? el('span') : el('div', { class: 'actions' }, end),
  );
}

async function revoke(session, button) {
  if (!(await confirm({ title: 'security.endTitle', text: 'security.endText', vars: { device: deviceName(session.userAgent) }, action: 'security.signOut' }))) return;
  working(button, true);
  if (await end(session)) {
    render();
    news.replaceChildren(note('good', 'security.ended'));
  } else working(button, false);
  focusOn(news);
}

/** Whether the session is over now; gone before is as good. */
async function end(session) {
  try {
    await authed('DELETE', `${CA}/portal/sessions/${session.id}`);
  } catch (error) {
    if (error.code !== 'NOT_FOUND') {
      const [key, vars] = wordsFor(error);
      news.replaceChildren(note('bad', key, vars));
      return false;
    }
  }
  sessions = sessions.filter((one) => one !== session);
  return true;
}

async function signOutElsewhere() {
  if (!(await confirm({ title: 'security.everywhereTitle', text: 'security.everywhereText', action: 'security.everywhere' }))) return;
  working(everywhere, true);
  announce('common.working');
  try {
    await authed('POST', `${CA}/portal/sessions/revoke-others`, {});
    sessions = sessions.filter((one) => one.isCurrent);
    render();
    news.replaceChildren(note('good', 'security.everywhereDone'));
  } catch (error) {
    const [key, vars] = wordsFor(error);
    news.replaceChildren(note('bad', key, vars));
  }
  working(everywhere, false);
  focusOn(news);
}

document.addEventListener('portcullis:language', () => sessions.length > 0 && render());
