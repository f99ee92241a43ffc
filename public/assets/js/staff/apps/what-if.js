// What the rules in force say to one request: the decision, and the rule that made it.
import { CA } from '../../lib/api.js';
import { el, note } from '../../lib/dom.js';
import { handle } from '../../lib/form.js';
import { field } from '../dialog.js';
import { badges } from '../list.js';
import { card, facts } from '../page.js';
import { authed } from '../session.js';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const DECISIONS = { allowed: ['rules.allowed', 'good'], denied: ['rules.denied', 'bad'], session_needed: ['rules.session_needed', 'warn'], refused: ['rules.refused', 'bad'] };
const ACCESS = { public: 'rules.public', session: 'rules.session', all: 'rules.all', any: 'rules.any' };

export function whatIf({ app, path }) {
  const answer = el('div', { role: 'status' });
  const form = el(
    'form',
    { class: 'stack', method: 'post' },
    el('div', { 'data-error': true, role: 'alert' }),
    el(
      'div',
      { class: 'filters' },
      field('method', 'rules.method', { choices: METHODS.map((method) => [method, method]), value: 'GET' }),
      field('host', 'rules.host', { maxlength: '260', value: app.returnHosts[0], spellcheck: 'false', autocapitalize: 'none' }),
      field('path', 'rules.path', { required: true, maxlength: '4096', value: '/', spellcheck: 'false', autocapitalize: 'none' }),
      field('email', 'rules.who', { type: 'email', maxlength: '255', hint: 'rules.whoHint' }),
    ),
    el('div', {}, el('button', { class: 'button', type: 'submit', t: 'rules.try' })),
    answer,
  );
  handle(form, {
    errors: { NO_CUSTOMER: 'rules.noCustomer' },
    send: async ({ method, host, path: wanted, email }) => {
      answer.replaceChildren();
      if (app.returnHosts.length > 0 && !app.returnHosts.includes(host.trim().toLowerCase())) return { decision: 'refused', otherHost: true };
      return authed('POST', `${path}/rules/what-if`, { method, path: wanted, ...(email ? { user: await customer(email) } : {}) });
    },
    done: (found) => answer.replaceChildren(shown(found)),
  });
  return card('rules.whatIf', el('p', { class: 'soft', t: 'rules.whatIfText' }), app.returnHosts.length === 0 ? note('warn', 'rules.noHosts') : '', form);
}

async function customer(email) {
  const { items } = await authed('GET', `${CA}/admin/users?${new URLSearchParams({ search: email, pageSize: '25' })}`);
  const wanted = items.find((one) => one.email.toLowerCase() === email.toLowerCase());
  if (!wanted) throw Object.assign(new Error('no customer'), { code: 'NO_CUSTOMER' });
  return wanted.id;
}

function shown(found) {
  const [key, kind] = DECISIONS[found.decision] ?? DECISIONS.refused;
  return facts(
    ['rules.decision', el('span', { class: 'row' }, badges([{ key }, kind]), found.reason ? el('span', { class: 'soft', lang: 'en' }, found.reason) : '')],
    ['rules.by', el('span', decidedBy(found))],
    found.path && ['rules.readAs', el('code', {}, found.path)],
    found.access && ['rules.needs', el('span', { class: 'row' }, el('span', { t: ACCESS[found.access] }), ...(found.features ?? []).map((feature) => el('code', {}, feature)))],
  );
}

function decidedBy(found) {
  if (found.otherHost) return { t: 'rules.otherHost' };
  if (found.rule === undefined) return { t: 'rules.byPath' };
  if (found.rule === null) return { t: 'rules.byNone' };
  return { t: 'rules.byRule', vars: { n: found.rule + 1, path: found.matched?.path ?? '' } };
}
