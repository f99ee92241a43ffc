// The signing keys: which one signs, which one waits, which ones retire; rotated early, or removed in an emergency.
import { el, icon } from '../../lib/dom.js';
import { moment, timeNode } from '../../lib/format.js';
import { field, formDialog } from '../dialog.js';
import { badges } from '../list.js';
import { act, button, facts, head, tell } from '../page.js';
import { authed } from '../session.js';

const API = '/api/keys';
const KINDS = { current: 'good', next: 'accent', retiring: '' };
const ORDER = ['current', 'next', 'retiring'];
const UNTIL = { current: 'keys.rotates', next: 'keys.mayStart', retiring: 'keys.leaves' };
const STATES = { current: 'keys.current', next: 'keys.next', retiring: 'keys.retiring' };
const CONSEQUENCES = { current: 'keys.removeCurrent', next: 'keys.removeNext', retiring: 'keys.removeRetiring' };
/** Characters of a key's name that somebody types to show that they mean it. */
const SHORT = 8;

export async function show(frame) {
  const { main, me } = frame;
  const manages = me.may('platform.keys.manage');
  head(frame, { t: 'staff.nav.keys', actions: [manages && button('keys.rotate', rotate, { kind: 'primary' })] });
  const place = el('ul', { class: 'cards' });
  main.append(el('p', { class: 'soft', t: 'keys.about' }), place);
  await refresh();

  async function refresh() {
    const { items } = await authed('GET', API);
    const keys = [...items].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
    place.replaceChildren(...(keys.length > 0 ? keys.map(shown) : [el('li', { class: 'empty' }, icon('key'), el('p', { t: 'keys.none' }))]));
  }

  function shown(key) {
    const time = (iso) => (iso ? timeNode(iso, moment) : null);
    return el(
      'li',
      { class: 'card stack-small' },
      el('div', { class: 'card-head' }, el('h2', {}, el('code', {}, key.kid)), badges([{ key: STATES[key.state] }, KINDS[key.state]])),
      facts(['keys.created', time(key.createdAt) ?? el('span', { t: 'keys.fromConfiguration' })], ['keys.since', time(key.since)], [UNTIL[key.state], time(key.until)]),
      manages ? el('div', {}, button('keys.remove', () => remove(key), { kind: 'danger', label: 'keys.removeWho', vars: { kid: key.kid } })) : null,
    );
  }

  async function rotate(node) {
    const ask = { title: 'keys.rotateTitle', text: 'keys.rotateText', action: 'keys.rotate' };
    if (!(await act(node, () => authed('POST', `${API}/rotate`), { ask, errors: { CONFLICT: 'keys.notReady' } }))) return;
    await refresh();
    tell('good', 'keys.rotated');
  }

  function remove(key) {
    const short = key.kid.slice(0, SHORT);
    formDialog({
      title: 'keys.removeTitle',
      text: CONSEQUENCES[key.state],
      submit: 'keys.remove',
      danger: true,
      fields: [el('p', { class: 'wrap' }, el('code', {}, key.kid)), field('reason', 'keys.reason', { required: true, maxlength: '500' }), field('typed', 'keys.typed', { required: true, maxlength: '64', vars: { short }, autocapitalize: 'none', spellcheck: 'false' })],
      check: ({ typed }) => (typed.trim() === short ? {} : { typed: 'keys.typedWrong' }),
      send: ({ reason }) => authed('POST', `${API}/${encodeURIComponent(key.kid)}/remove`, { reason }),
      done: async ({ current }) => {
        await refresh();
        tell('good', 'keys.removed', { current });
      },
    });
  }
}
