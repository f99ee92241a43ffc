// What a role or a person holds, as a tree: one branch a module, one box a feature, and what every wildcard covers.
import { el, one } from '../lib/dom.js';
import { say } from '../lib/i18n.js';
import { covers } from '../lib/grants.js';

/**
 * @param {{ id: string, title: string, module: string, dependsOn?: string[] }[]} features
 * @param {{ id: string, title: string }[]} modules
 * @param {string[]} held grants, wildcards and unregistered ones included
 */
export function featureTree({ features, modules, held, disabled = false, legend = 'tree.legend' }) {
  const grants = new Set(held);
  const branches = modules.map((module) => branch(module, features.filter((feature) => feature.module === module.id)));
  const others = el('div', { class: 'stack-small' });
  const node = el('fieldset', { class: 'field tree' }, el('legend', { t: legend }), ...branches.map((one) => one.node), others);
  if (!disabled) node.append(adder());
  update();
  return { node, grants: () => [...grants] };

  function branch(module, leaves) {
    const count = el('span', { class: 'badge' });
    const whole = box(`${module.id}.*`, el('span', { t: 'tree.whole', vars: { module: module.title } }));
    const rows = leaves.map((feature) => ({ feature, ...box(feature.id, el('span', {}, feature.title), feature.dependsOn) }));
    const summary = el('summary', {}, el('span', { class: 'title' }, module.title), count);
    return {
      node: el('details', { class: 'branch' }, summary, el('div', { class: 'leaves' }, whole.node, ...rows.map((row) => row.node))),
      update() {
        whole.update();
        for (const row of rows) row.update();
        const on = leaves.filter((feature) => covering(feature.id)).length;
        say(count, 'tree.count', { on, of: leaves.length });
        count.classList.toggle('accent', on > 0);
      },
    };
  }

  function box(grant, words, needs = []) {
    const input = el('input', { type: 'checkbox', value: grant, disabled });
    const why = el('span', { class: 'hint block' });
    input.addEventListener('change', () => {
      if (input.checked) for (const one of [grant, ...needs.filter((need) => !covering(need))]) grants.add(one);
      else grants.delete(grant);
      update();
    });
    return {
      node: el('label', { class: 'choice leaf' }, input, el('span', {}, words, el('code', { class: 'soft small' }, grant), why)),
      update() {
        const by = covering(grant, grant);
        input.checked = by !== undefined || grants.has(grant);
        input.disabled = disabled || by !== undefined;
        why.hidden = by === undefined;
        if (by !== undefined) say(why, 'tree.coveredBy', { grant: by });
      },
    };
  }

  /** A grant that covers the feature, other than `but`. */
  function covering(feature, but) {
    return [...grants].find((grant) => grant !== but && covers(grant, feature)) ?? (but === undefined && grants.has(feature) ? feature : undefined);
  }

  /** Grants that no box stands for: `*`, wildcards of parts, features of apps. */
  function strays() {
    const known = new Set([...features.map((feature) => feature.id), ...modules.map((module) => `${module.id}.*`)]);
    return [...grants].filter((grant) => !known.has(grant));
  }

  function adder() {
    const input = el('input', { id: 'tree-more', type: 'text', autocomplete: 'off', maxlength: '100', 'aria-describedby': 'tree-more-hint' });
    const add = () => {
      const grant = input.value.trim();
      if (grant) grants.add(grant);
      input.value = '';
      update();
    };
    input.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      add();
    });
    return el(
      'div',
      { class: 'stack-small' },
      el('label', { for: 'tree-more', t: 'tree.more' }),
      el('p', { class: 'hint', id: 'tree-more-hint', t: 'tree.moreHint' }),
      el('div', { class: 'row nowrap' }, input, el('button', { class: 'button', type: 'button', t: 'tree.add', on: { click: add } })),
    );
  }

  function update() {
    for (const one of branches) one.update();
    others.replaceChildren(
      ...strays().map((grant) =>
        el(
          'div',
          { class: 'row stray' },
          el('code', {}, grant),
          el('span', { class: 'soft small', t: 'tree.coversCount', vars: { count: features.filter((feature) => covers(grant, feature.id)).length } }),
          disabled ? null : el('button', { class: 'button quiet', type: 'button', t: 'tree.remove', tLabel: null, on: { click: () => grants.delete(grant) && update() } }),
        ),
      ),
    );
    one('legend', node)?.toggleAttribute('data-some', grants.size > 0);
  }
}
