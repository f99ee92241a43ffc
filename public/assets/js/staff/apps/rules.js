// An app's path rules: written in order, put into force by version, and tried.
import { confirm, el, icon, one } from '../../lib/dom.js';
import { moment } from '../../lib/format.js';
import { handle } from '../../lib/form.js';
import { say } from '../../lib/i18n.js';
import { field } from '../dialog.js';
import { act, button, card, head, tell } from '../page.js';
import { authed } from '../session.js';
import { ruleList } from './rule-list.js';
import { APPS } from './terms.js';
import { whatIf } from './what-if.js';

const REALMS = [['customer', { key: 'rules.customer' }], ['staff', { key: 'rules.staff' }]];

export async function show(frame) {
  const { main, me, params } = frame;
  const path = `${APPS}/${encodeURIComponent(params.id)}`;
  const [{ app }, { rules }] = await Promise.all([authed('GET', path), authed('GET', `${path}/rules`)]);
  const manages = me.may('apps.manage');
  frame.retitle('staff.nav.apps', app.name);
  head(frame, {
    t: 'rules.of',
    vars: { name: app.name },
    back: { href: `/backend/apps/${app.id}`, t: 'rules.back' },
    under: el('p', { class: 'soft', ...(rules.version ? { t: 'rules.inForce', vars: { version: rules.version } } : { t: 'rules.noneYet' }) }),
  });
  main.append(el('p', { class: 'soft', t: 'rules.text' }));
  const place = el('div', { class: 'stack' });
  main.append(place, whatIf({ app, path }), versions());
  write(rules);

  /** The editor, filled with a document; `version` stays the one in force. */
  function write(document) {
    const items = ruleList(document.rules, { disabled: !manages });
    const form = el(
      'form',
      { class: 'stack', method: 'post' },
      el('div', { 'data-error': true, role: 'alert' }),
      el('div', { class: 'filters' }, field('realm', 'rules.realm', { choices: REALMS, value: document.realm, disabled: !manages }), field('loginOrganization', 'rules.login', { maxlength: '100', value: document.loginOrganization, hint: 'rules.loginHint', disabled: !manages, spellcheck: 'false', autocapitalize: 'none' })),
      el('h3', { t: 'rules.list' }),
      items.node,
      manages ? el('div', { class: 'row' }, button('rules.add', () => items.add()), el('button', { class: 'button primary', type: 'submit', t: 'rules.save' })) : '',
    );
    const sheet = el('section', { class: 'card stack', tLabel: 'rules.title' }, form);
    place.replaceChildren(sheet);
    if (!manages) return;
    handle(form, {
      errors: { optimistic_lock_conflict: 'rules.stale' },
      send: async ({ realm, loginOrganization }) => {
        if (!(await confirm({ title: 'rules.saveTitle', text: 'rules.saveText', action: 'rules.save' }))) return null;
        return authed('PUT', `${path}/rules`, { version: rules.version, realm, loginOrganization: loginOrganization.trim() || null, rules: items.read() });
      },
      failed: (error) => error.code === 'VALIDATION_ERROR' && (items.mark(error.details ?? {}) || wrongLogin(form, error.details ?? {})),
      done: async (answer) => {
        if (!answer) return;
        main.replaceChildren();
        await show(frame);
        tell('good', 'rules.saved', { version: answer.version });
      },
    });
  }

  function versions() {
    const rows = el('ul', { class: 'list' });
    const more = button('rules.showHistory', (node) => older(node));
    rows.hidden = true;
    let before = null;
    async function older(node) {
      const answer = await act(node, () => authed('GET', `${path}/rules/history${before ? `?before=${before}` : ''}`));
      if (!answer) return;
      rows.hidden = false;
      rows.append(...answer.items.map(version));
      before = answer.items.at(-1)?.version;
      if (!before || before <= 1 || answer.items.length === 0) more.remove();
      if (!rows.firstChild) rows.replaceWith(el('p', { class: 'soft', t: 'rules.noHistory' }));
    }
    return card('rules.history', rows, el('div', {}, more));
  }

  function version(document) {
    const vars = { version: document.version };
    const takeUp = () => {
      write(document);
      place.scrollIntoView();
      tell('warn', 'rules.tookUp', vars);
    };
    return el(
      'li',
      {},
      icon('route'),
      el(
        'div',
        { class: 'body' },
        el('strong', { class: 'title', t: 'rules.version', vars }),
        el('span', { class: 'soft small' }, el('span', { t: 'rules.count', vars: { count: document.rules.length } }), ` · ${moment(document.createdAt)}`),
        el('ul', { class: 'plain-list small' }, ...document.rules.slice(0, 5).map((rule) => el('li', {}, el('code', { class: 'wrap' }, [rule.methods?.join(' '), rule.path, '→', rule.access, rule.features?.join(' ')].filter(Boolean).join(' '))))),
      ),
      manages && document.version !== rules.version ? button('rules.takeUp', takeUp, { label: 'rules.takeUpWho', vars }) : '',
    );
  }
}

/** Says what is the matter with the portal that the rules name; whether that was it. */
function wrongLogin(form, details) {
  if (!details.loginOrganization) return false;
  const input = one('[name="loginOrganization"]', form);
  input.setAttribute('aria-invalid', 'true');
  say(document.getElementById(`${input.id}-error`), 'rules.wrongLogin');
  input.focus();
  return true;
}
