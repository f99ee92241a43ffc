// Path rules as rows that are added, moved and taken away; their order is what decides.
import { announce, el, focusOn, one } from '../../lib/dom.js';
import { label, say } from '../../lib/i18n.js';

const ACCESS = [['public', 'rules.public'], ['session', 'rules.session'], ['all', 'rules.all'], ['any', 'rules.any']];
const REALMS = [['', 'rules.usual'], ['customer', 'rules.customer'], ['staff', 'rules.staff']];
const WRONG = { path: 'rules.wrongPath', methods: 'rules.wrongMethods', features: 'rules.wrongFeatures' };

let made = 0;

/**
 * @returns {{ node: Element, add: () => void, read: () => object[], mark: (details: Record<string, string[]>) => boolean }}
 */
export function ruleList(rules, { disabled }) {
  const node = el('ol', { class: 'rules' });
  for (const rule of rules) node.append(row(rule));
  number();

  function row(rule) {
    const id = `rule-${(made += 1)}`;
    const control = (name, key, input, hint) =>
      el('div', { class: 'field' }, el('label', { for: `${id}-${name}`, t: key }), input, hint ? el('p', { class: 'hint', id: `${id}-${name}-hint`, t: hint }) : null, el('p', { class: 'field-error', id: `${id}-${name}-error` }));
    const text = (name, value, rest = {}) => {
      const input = el('input', { id: `${id}-${name}`, 'data-part': name, type: 'text', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', disabled, 'aria-describedby': `${id}-${name}-error`, ...rest });
      input.value = value ?? '';
      return input;
    };
    const select = (name, options, value) => el('select', { id: `${id}-${name}`, 'data-part': name, disabled }, ...options.map(([option, key]) => el('option', { value: option, t: key, selected: option === value })));
    const access = select('access', ACCESS, rule.access === 'features' ? (rule.match ?? 'all') : rule.access);
    const features = control('features', 'rules.features', text('features', rule.features?.join(' ')), 'rules.featuresHint');
    const needs = () => (features.hidden = !['all', 'any'].includes(access.value));
    access.addEventListener('change', needs);
    needs();
    const item = el(
      'li',
      { class: 'rule' },
      el('fieldset', {}, el('legend', { class: 'title' }),
        el('div', { class: 'rule-fields' },
          control('path', 'rules.path', text('path', rule.path, { maxlength: '2048' }), 'rules.pathHint'),
          control('methods', 'rules.methods', text('methods', rule.methods?.join(' ')), 'rules.methodsHint'),
          control('access', 'rules.access', access),
          control('realm', 'rules.whose', select('realm', REALMS, rule.realm ?? '')),
          features,
        )),
      disabled ? '' : el('div', { class: 'row' }, move('rules.upWord', -1), move('rules.downWord', 1), el('button', { class: 'button quiet', type: 'button', 'data-does': 'remove', t: 'rules.removeWord', on: { click: () => remove(item) } })),
    );
    item.addEventListener('input', (event) => clear(event.target));

    function move(key, by) {
      return el('button', { class: 'button quiet', type: 'button', 'data-does': by < 0 ? 'up' : 'down', t: key, on: { click: (event) => shift(item, by, event.currentTarget) } });
    }
    return item;
  }

  function shift(item, by, pressed) {
    const other = by < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (by < 0) other.before(item);
    else other.after(item);
    number();
    // At an end, the other way is what is left.
    (pressed.disabled ? one(`[data-does="${by < 0 ? 'down' : 'up'}"]`, item) : pressed).focus();
    announce('rules.moved', { n: [...node.children].indexOf(item) + 1 });
  }

  function remove(item) {
    const next = item.nextElementSibling ?? item.previousElementSibling;
    item.remove();
    number();
    if (next) one('input', next).focus();
    else focusOn(node);
  }

  /** Rules are called by their place. */
  function number() {
    const items = [...node.children];
    for (const [i, item] of items.entries()) {
      const vars = { n: i + 1 };
      say(one('legend', item), 'rules.rule', vars);
      for (const [does, key] of [['up', 'rules.up'], ['down', 'rules.down'], ['remove', 'rules.remove']]) {
        const button = one(`[data-does="${does}"]`, item);
        if (button) label(button, key, vars);
      }
      if (!disabled) {
        one('[data-does="up"]', item).disabled = i === 0;
        one('[data-does="down"]', item).disabled = i === items.length - 1;
      }
    }
  }

  const part = (item, name) => one(`[data-part="${name}"]`, item);
  const words = (text) => text.split(/[\s,]+/).filter(Boolean);

  function clear(input) {
    input.removeAttribute('aria-invalid');
    const slot = document.getElementById(`${input.id}-error`);
    if (slot) slot.replaceChildren();
    if (slot) delete slot.dataset.t;
  }

  return {
    node,
    add() {
      const item = row({ path: '/', access: 'session' });
      node.append(item);
      number();
      part(item, 'path').focus();
    },
    read() {
      return [...node.children].map((item) => {
        const [access, methods, realm] = [part(item, 'access').value, words(part(item, 'methods').value).map((method) => method.toUpperCase()), part(item, 'realm').value];
        const featured = ['all', 'any'].includes(access);
        return {
          path: part(item, 'path').value.trim(),
          ...(methods.length > 0 ? { methods } : {}),
          access: featured ? 'features' : access,
          ...(featured ? { match: access, features: words(part(item, 'features').value) } : {}),
          ...(realm ? { realm } : {}),
        };
      });
    },
    /** Marks what the server names as `rules.{n}.{member}`; says whether anything was. */
    mark(details) {
      let first = null;
      for (const name of Object.keys(details)) {
        const [, at, member] = /^rules\.(\d+)\.(\w*)/.exec(name) ?? [];
        const input = at && node.children[at] ? (part(node.children[at], member) ?? part(node.children[at], 'path')) : null;
        if (!input) continue;
        input.setAttribute('aria-invalid', 'true');
        say(document.getElementById(`${input.id}-error`), WRONG[input.dataset.part] ?? 'field.invalid');
        first ??= input;
      }
      first?.focus();
      return first !== null;
    },
  };
}
