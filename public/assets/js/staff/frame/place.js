// Where the session works: the organizations one may choose, and the one that is chosen.
import { ApiError } from '../../lib/api.js';
import { trouble } from '../../lib/connection.js';
import { el } from '../../lib/dom.js';
import { authed } from '../session.js';

/** Fills the switch; choosing moves the session, then everything on the page is asked for anew. */
export async function placeSwitcher(select, moved) {
  let answer;
  try {
    answer = await authed('GET', '/api/directory/organization-switcher');
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Whoever may not choose works where they are. The room stays, so that nothing moves.
    return select.closest('label').classList.add('unseen');
  }
  const options = flatten(answer.items).map(({ item, depth }) =>
    el('option', { value: item.id, disabled: !item.selectable, selected: item.id === answer.selectedId }, `${'\u2003'.repeat(depth)}${item.name}`),
  );
  if (!answer.selectedId) options.unshift(el('option', { value: '', selected: true, t: 'staff.wholeTenant' }));
  select.replaceChildren(...options);
  select.disabled = options.filter((option) => !option.disabled).length < 2;
  let chosen = select.value;
  select.addEventListener('change', async () => {
    select.disabled = true;
    try {
      await authed('POST', '/api/auth/switch', { organizationId: select.value });
      chosen = select.value;
      moved();
    } catch (error) {
      select.value = chosen;
      if (!(error instanceof ApiError)) throw error;
      trouble('staff.switchFailed');
    } finally {
      select.disabled = false;
    }
  });
}

const flatten = (items, depth = 0) => items.flatMap((item) => [{ item, depth }, ...flatten(item.children ?? [], depth + 1)]);
