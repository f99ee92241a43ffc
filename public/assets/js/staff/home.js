// Where one starts: everything this person may open, as tiles.
import { el, icon } from '../lib/dom.js';
import { GROUPS, PAGES } from './areas.js';
import { head } from './page.js';

export function show(frame) {
  const { main, me } = frame;
  head(frame, { t: 'staff.home', under: el('p', { class: 'soft' }, me.email) });
  const offered = PAGES.filter((page) => page.group && (!page.needs || me.may(page.needs)));
  for (const group of GROUPS) {
    const pages = offered.filter((page) => page.group === group);
    if (pages.length === 0) continue;
    main.append(
      el(
        'section',
        { class: 'stack-small' },
        el('h2', { t: `staff.group.${group}` }),
        el(
          'div',
          { class: 'tiles' },
          ...pages.map((page) =>
            el('a', { class: 'card tile', href: `/backend/${page.path}` }, icon(page.icon), el('strong', { t: page.name }), el('span', { class: 'soft', t: `${page.name}Text` })),
          ),
        ),
      ),
    );
  }
  if (offered.length === 0) main.append(el('div', { class: 'empty' }, icon('lock'), el('p', { t: 'staff.nothingHere' })));
}
