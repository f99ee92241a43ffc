// What a role or a person holds, or is denied, as a tree: one branch a module, one box a feature, and what every wildcard
// covers. What the caller may not change is shown, and why.
import { el, note, one } from '../lib/dom.js';
import { say } from '../lib/i18n.js';
import { covers } from '../lib/grants.js';
import { tab } from '../lib/store.js';

/**
 * @param {{ id: string, title: string, module: string, dependsOn?: string[] }[]} features
 * @param {{ id: string, title: string }[]} modules
 * @param {string[]} held grants, wildcards and unregistered ones included
 * @param {boolean} [disabled] only to look at
 * @param {string} [name] keeps two trees of one page apart
 * @param {(grant: string) => boolean} [may] whether a grant is the caller's to give
 * @param {boolean} [denials] what is ticked is taken away: taking is free, giving back is not
 * @param {{ key: string, version: string | null }} [draft] where ticks are kept until they are saved, and what they were made on
 */
export function featureTree({ features, modules, held, disabled = false, legend = 'tree.legend', name = 'tree', may = () => true, denials = false, draft }) {
  const before = new Set(held);
  const kept = disabled || !draft ? null : tab.get(`draft.tree.${draft.key}.${name}`);
  const restored = kept?.version === draft?.version && Array.isArray(kept?.grants) ? kept.grants : null;
  const grants = new Set(restored ?? held);
  const branches = modules.map((module) => branch(module, features.filter((feature) => feature.module === module.id))).filter(Boolean);
  const others = el('div', { class: 'stack-small' });
  const node = el('fieldset', { class: 'field tree' }, el('legend', { t: legend }), restored ? again() : null, ...branches.map((one) => one.node), others);
  if (!disabled) node.append(adder());
  update();
  return { node, grants: () => [...grants], saved: () => draft && tab.drop(`draft.tree.${draft.key}.${name}`) };

  function branch(module, leaves) {
    if (leaves.length === 0) return null;
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
      // A denial stands alone; a grant brings what it needs.
      if (input.checked) for (const one of [grant, ...(denials ? [] : needs.filter((need) => !covering(need) && !isFixed(need)))]) grants.add(one);
      else grants.delete(grant);
      changed();
    });
    return {
      node: el('label', { class: 'choice leaf' }, input, el('span', {}, words, el('code', { class: 'soft small' }, grant), why)),
      update() {
        const by = covering(grant, grant);
        const fixed = isFixed(grant);
        input.checked = by !== undefined || grants.has(grant);
        input.disabled = disabled || by !== undefined || fixed;
        why.hidden = by === undefined && (disabled || !fixed);
        if (by !== undefined) say(why, 'tree.coveredBy', { grant: by });
        else if (fixed) say(why, denials ? 'tree.notYoursToLift' : 'tree.notYours');
      },
    };
  }

  /** Not the caller's to tick, or to lift; what was there before may always come back. */
  function isFixed(grant) {
    return !may(grant) && (denials ? before.has(grant) && grants.has(grant) : !before.has(grant) && !grants.has(grant));
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
    const id = `${name}-more`;
    const input = el('input', { id, type: 'text', autocomplete: 'off', maxlength: '100', 'aria-describedby': `${id}-hint` });
    const add = () => {
      const grant = input.value.trim();
      if (grant) grants.add(grant);
      input.value = '';
      changed();
    };
    input.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      add();
    });
    return el(
      'div',
      { class: 'stack-small' },
      el('label', { for: id, t: denials ? 'tree.moreDenials' : 'tree.more' }),
      el('p', { class: 'hint', id: `${id}-hint`, t: 'tree.moreHint' }),
      el('div', { class: 'row nowrap' }, input, el('button', { class: 'button', type: 'button', t: 'tree.add', on: { click: add } })),
    );
  }

  /** Says that ticks of before are here again, and takes them back where asked to. */
  function again() {
    const undo = () => {
      grants.clear();
      for (const grant of before) grants.add(grant);
      news.remove();
      changed();
    };
    const news = el('div', { class: 'row' }, note('info', 'tree.restored'), el('button', { class: 'button', type: 'button', t: 'tree.discard', on: { click: undo } }));
    return news;
  }

  function changed() {
    if (draft) {
      const same = grants.size === before.size && [...grants].every((grant) => before.has(grant));
      if (same) tab.drop(`draft.tree.${draft.key}.${name}`);
      else tab.set(`draft.tree.${draft.key}.${name}`, { version: draft.version, grants: [...grants] });
    }
    update();
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
          disabled || (denials && isFixed(grant)) ? null : el('button', { class: 'button quiet', type: 'button', t: 'tree.remove', tLabel: 'tree.removeWho', vars: { grant }, on: { click: () => grants.delete(grant) && changed() } }),
        ),
      ),
    );
    one('legend', node)?.toggleAttribute('data-some', grants.size > 0);
  }
}
