// What an accent comes to: a page in light, a page in dark, and a mail, each with its contrast.
import { el, note } from '../../lib/dom.js';
import { SCHEMES, colour, inkOn, palette, ratio, tokens } from '../../lib/colour.js';
import { facts } from '../page.js';

/** What pages and mails wear without a colour of their own; see css/tokens.css and core/src/mail/colour.rs. */
const USUAL = { light: '#1d4ed8', dark: '#9dbcff', mail: '#1d4ed8' };

const figures = (text, ground) => el('span', { t: 'branding.ratio', vars: { ratio: ratio(text, ground).toFixed(1) } });

export function preview({ name, logo, accent, mailAccent }) {
  const chosen = colour(accent);
  return el('div', { class: 'previews' }, scheme('light', 'branding.light', chosen, name, logo), scheme('dark', 'branding.dark', chosen, name, logo), mail(name, colour(mailAccent) ?? chosen ?? USUAL.mail));
}

function scheme(which, title, chosen, name, logo) {
  const accent = chosen ?? USUAL[which];
  const made = palette(accent, which);
  const page = el(
    'div',
    { class: 'preview-page', 'aria-hidden': 'true' },
    el('span', { class: 'brand' }, el('span', { class: 'monogram' }, logo ? el('img', { src: logo, alt: '' }) : ([...name.trim()][0] ?? '')), el('span', { class: 'brand-name' }, name)),
    el('div', { class: 'card stack-small' }, el('strong', { t: 'branding.sampleTitle' }), el('span', { class: 'button primary', t: 'branding.sampleButton' }), el('span', { class: 'link', t: 'branding.sampleLink' })),
  );
  page.style.colorScheme = which;
  for (const [token, value] of Object.entries(SCHEMES[which])) page.style.setProperty(`--${token}`, value);
  for (const [token, value] of Object.entries(tokens(accent, which))) page.style.setProperty(token, value);
  const moved = made.text !== accent;
  const said = moved ? note('info', which === 'light' ? 'branding.darkened' : 'branding.lightened', { colour: made.text }) : el('p', { class: 'soft small', t: 'branding.asItIs' });
  return el('figure', { class: 'stack-small' }, el('figcaption', { t: title }), page, facts(['branding.buttonRatio', figures(made.onFill, made.fill)], ['branding.textRatio', figures(made.text, SCHEMES[which].surface)]), said);
}

function mail(name, accent) {
  const page = el(
    'div',
    { class: 'preview-page preview-mail', 'aria-hidden': 'true' },
    el('div', { class: 'card stack-small' }, el('strong', {}, name), el('strong', { t: 'branding.sampleMail' }), el('span', { class: 'button primary', t: 'branding.sampleMail' })),
  );
  page.style.colorScheme = 'light';
  for (const [token, value] of Object.entries({ ...SCHEMES.light, paper: '#f3f4f6' })) page.style.setProperty(`--${token}`, value);
  page.style.setProperty('--fill', accent);
  page.style.setProperty('--accent', accent);
  page.style.setProperty('--on-accent', inkOn(accent));
  return el('figure', { class: 'stack-small' }, el('figcaption', { t: 'branding.mail' }), page, facts(['branding.buttonRatio', figures(inkOn(accent), accent)]));
}
