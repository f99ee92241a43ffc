// Organizations as the tree they are: created, renamed, moved, suspended, ended. How they look is a page of its own.
import { ifUnchanged } from '../../lib/api.js';
import { el, icon } from '../../lib/dom.js';
import { field, formDialog } from '../dialog.js';
import { badges } from '../list.js';
import { act, button, head, linkButton, tell } from '../page.js';
import { authed } from '../session.js';

const API = '/api/directory/organizations';

export async function show(frame) {
  const { main, me } = frame;
  const manages = me.may('directory.organizations.manage');
  head(frame, { t: 'staff.nav.organizations', actions: [manages && button('directory.newOrganization', () => edit(), { kind: 'primary' })] });
  const place = el('div', { class: 'stack' });
  main.append(place);
  let rows = [];
  await refresh();

  async function refresh() {
    const answer = await authed('GET', `${API}?view=manage&pageSize=100&status=all`);
    rows = answer.items;
    const tops = rows.filter((row) => !rows.some((other) => other.id === row.parentId));
    place.replaceChildren(rows.length > 0 ? branch(tops) : el('div', { class: 'empty' }, icon('tree'), el('p', { t: 'directory.noOrganizations' })));
  }

  function branch(nodes) {
    return el('ul', { class: 'org-tree' }, ...nodes.map((node) => el('li', {}, leaf(node), ...below(node))));
  }

  function below(node) {
    const children = rows.filter((row) => row.parentId === node.id);
    return children.length > 0 ? [branch(children)] : [];
  }

  function leaf(node) {
    return el(
      'div',
      { class: 'card org' },
      el('div', { class: 'body stack-none' }, el('span', { class: 'title' }, node.name), el('code', { class: 'soft small' }, node.slug ?? ''), badges(node.isActive ? [{ key: 'directory.active' }, 'good'] : [{ key: 'directory.suspended' }, 'bad'])),
      el(
        'div',
        { class: 'row' },
        me.may('auth.users.list') ? el('a', { class: 'button quiet', href: `/backend/users?organizationId=${node.id}`, t: 'directory.people', tLabel: 'directory.peopleWho', vars: { name: node.name } }) : '',
        node.slug ? linkButton('directory.portal', `/${node.slug}/portal`, 'quiet') : '',
        manages ? button('directory.edit', () => edit(node), { label: 'directory.editWho', vars: { name: node.name } }) : '',
        manages ? standing(node) : '',
        manages ? button('directory.end', (button) => end(button, node), { kind: 'danger', label: 'directory.endWho', vars: { name: node.name } }) : '',
      ),
    );
  }

  function standing(node) {
    const way = node.isActive ? 'suspend' : 'resume';
    const ask = node.isActive ? { title: 'directory.suspendTitle', text: 'directory.suspendOrganizationText', action: 'directory.suspend' } : undefined;
    return button(`directory.${way}`, async (pressed) => {
      if ((await act(pressed, () => authed('POST', `${API}/${node.id}/${way}`), { ask, vars: { name: node.name } })) === false) return;
      await refresh();
      tell('good', node.isActive ? 'directory.suspendedNow' : 'directory.resumed', { name: node.name });
    }, { label: `directory.${way}Who`, vars: { name: node.name } });
  }

  async function end(pressed, node) {
    const gone = await act(pressed, () => authed('DELETE', `${API}?id=${node.id}`, undefined, ifUnchanged(node.updatedAt)), { ask: { title: 'directory.endTitle', text: 'directory.endText', action: 'directory.end' }, vars: { name: node.name } });
    if (gone === false) return;
    await refresh();
    tell('good', 'directory.ended', { name: node.name });
  }

  function edit(node) {
    // An organization cannot come under itself or what is under it.
    const under = new Set(node ? [node.id, ...(node.descendantIds ?? [])] : []);
    const parents = [['', { key: 'directory.noParent' }], ...rows.filter((row) => !under.has(row.id)).map((row) => [row.id, row.pathLabel ?? row.name])];
    formDialog({
      title: node ? 'directory.editOrganization' : 'directory.newOrganization',
      fields: [
        field('name', 'directory.name', { required: true, maxlength: '200', value: node?.name }),
        field('slug', 'directory.slug', { maxlength: '150', value: node?.slug, hint: 'directory.slugHint', readonly: Boolean(node) }),
        field('parentId', 'directory.parent', { choices: parents, value: node?.parentId ?? '' }),
      ],
      send: ({ name, slug, parentId }) => {
        const body = { name, parentId: parentId || null };
        return node ? authed('PUT', API, { id: node.id, ...body }, ifUnchanged(node.updatedAt)) : authed('POST', API, { ...body, ...(slug.trim() ? { slug } : {}) });
      },
      done: async (_, { name }) => {
        await refresh();
        tell('good', 'directory.saved', { name });
      },
    });
  }
}
