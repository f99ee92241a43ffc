// What the organization one works in looks like: name, logo, colours, and what they come to.
import { ifUnchanged } from '../../lib/api.js';
import { colour } from '../../lib/colour.js';
import { el, icon, one } from '../../lib/dom.js';
import { handle } from '../../lib/form.js';
import { label, say, t } from '../../lib/i18n.js';
import { field } from '../dialog.js';
import { act, button, card, head, tell } from '../page.js';
import { authed } from '../session.js';
import { preview } from './branding-preview.js';
import { TYPES, fitted } from './picture.js';

const API = '/api/directory/organization-branding';
const OWN = '/api/attachments/image/';

export async function show(frame) {
  const { main, me } = frame;
  const manages = me.may('directory.organizations.manage');
  let saved;
  try {
    saved = await authed('GET', API);
  } catch (error) {
    if (error.code !== 'INVALID_REQUEST') throw error;
    head(frame, { t: 'staff.nav.branding' });
    main.append(el('div', { class: 'empty' }, icon('building'), el('p', { t: 'branding.choose' })));
    return;
  }
  head(frame, { t: 'staff.nav.branding', under: el('p', { class: 'soft' }, saved.organizationName) });
  /** A picture that was chosen and is not saved yet, as a `data:` address. */
  let picture = null;
  let gone = false;

  const shown = el('div', { class: 'stack' });
  const look = el('div', { class: 'logo-now' });
  const trouble = el('p', { class: 'field-error', id: 'field-logo-error', role: 'alert' });
  const file = el('input', { id: 'field-logo', type: 'file', accept: TYPES.join(','), class: 'visually-hidden', 'aria-describedby': 'field-logo-hint field-logo-error' });
  const form = el(
    'form',
    { class: 'stack', method: 'post' },
    el('div', { 'data-error': true, role: 'alert' }),
    field('name', 'branding.name', { required: true, maxlength: '200', value: saved.organizationName, readonly: !manages }),
    el(
      'div',
      { class: 'field' },
      el('span', { class: 'label', t: 'branding.logo' }),
      el('p', { class: 'hint', id: 'field-logo-hint', t: 'branding.logoHint' }),
      el('div', { class: 'row' }, look, manages ? el('span', { class: 'pick-file' }, file, el('label', { class: 'button', for: 'field-logo', t: 'branding.chooseFile' })) : '', manages && saved.logoUrl ? button('branding.removeLogo', removeLogo, { kind: 'quiet' }) : ''),
      trouble,
      saved.logoUrl && !saved.logoUrl.startsWith(OWN) ? el('p', { class: 'soft small', t: 'branding.elsewhere' }) : '',
    ),
    colourField('accent', 'branding.accent', 'branding.accentHint', saved.accent),
    colourField('mailAccent', 'branding.mailAccent', 'branding.mailAccentHint', saved.mailAccent),
    manages ? el('div', {}, el('button', { class: 'button primary', type: 'submit', t: 'branding.save' })) : '',
  );
  main.append(el('p', { class: 'soft', t: 'branding.about' }), el('div', { class: 'columns branding' }, card('branding.look', form), card('branding.preview', shown)));
  form.addEventListener('input', draw);
  file.addEventListener('change', choose);
  draw();
  handle(form, {
    check: ({ accent, mailAccent }) => Object.fromEntries(Object.entries({ accent, mailAccent }).filter(([, value]) => value.trim() && !colour(value.trim())).map(([name]) => [name, 'branding.colourWrong'])),
    send: save,
    done: () => again('branding.saved'),
  });

  function colourField(name, key, hint, value) {
    const wrapped = field(name, key, { maxlength: '7', value: value ?? '', hint, readonly: !manages, spellcheck: 'false', autocapitalize: 'none' });
    const text = one('input', wrapped);
    const swatch = el('input', { type: 'color', value: value ?? '#1d4ed8', disabled: !manages });
    const named = () => label(swatch, 'branding.pick', { what: t(key) });
    named();
    document.addEventListener('portcullis:language', named);
    document.addEventListener('portcullis:leave', () => document.removeEventListener('portcullis:language', named), { once: true });
    swatch.addEventListener('input', () => {
      text.value = swatch.value;
      text.dispatchEvent(new Event('input', { bubbles: true }));
    });
    text.addEventListener('input', () => colour(text.value.trim()) && (swatch.value = colour(text.value.trim())));
    const row = el('div', { class: 'colour-row' });
    text.before(row);
    row.append(swatch, text);
    return wrapped;
  }

  function draw() {
    const values = Object.fromEntries(['name', 'accent', 'mailAccent'].map((name) => [name, one(`[name="${name}"]`, form).value.trim()]));
    const logo = picture ?? (saved.logoUrl?.startsWith(OWN) && !gone ? saved.logoUrl : null);
    look.replaceChildren(logo ? el('img', { src: logo, alt: '', width: '64', height: '64', on: { error: missing } }) : el('span', { class: 'soft' }, [...values.name][0] ?? ''));
    shown.replaceChildren(preview({ ...values, logo }));
  }

  /** The picture is not there any more: shown as if there were none, as the portal does. */
  function missing() {
    gone = true;
    draw();
  }

  async function choose() {
    const [chosen] = file.files;
    if (!chosen) return;
    say(trouble, 'branding.keepsLogo').classList.add('good-news');
    try {
      picture = await fitted(chosen);
    } catch (error) {
      if (!error.code) throw error;
      picture = null;
      file.value = '';
      say(trouble, error.code === 'TOO_HEAVY' ? 'branding.tooHeavy' : 'branding.notPicture').classList.remove('good-news');
    }
    draw();
  }

  async function save({ name, accent, mailAccent }) {
    const colours = { accent: colour(accent.trim()), mailAccent: colour(mailAccent.trim()) };
    if (colours.accent !== saved.accent || colours.mailAccent !== saved.mailAccent) saved = await authed('PUT', API, { logoUrl: saved.logoUrl, ...colours }, ifUnchanged(saved.updatedAt));
    if (picture) {
      saved = await authed('PUT', `${API}/logo`, { image: picture.slice(picture.indexOf(',') + 1) }, ifUnchanged(saved.updatedAt));
      picture = null;
    }
    if (name.trim() !== saved.organizationName) await authed('PUT', '/api/directory/organizations', { id: saved.organizationId, name: name.trim() }, ifUnchanged(saved.updatedAt));
  }

  async function again(said) {
    main.replaceChildren();
    await show(frame);
    tell('good', said);
  }

  async function removeLogo(node) {
    const ask = { title: 'branding.removeTitle', text: 'branding.removeText', action: 'branding.removeLogo' };
    if (await act(node, () => authed('PUT', API, { logoUrl: null }, ifUnchanged(saved.updatedAt)), { ask })) await again('branding.saved');
  }
}
