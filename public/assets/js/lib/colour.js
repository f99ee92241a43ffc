// An organization's accent, made legible: by the contrast ratio of WCAG 2.2 (relative luminance of sRGB), never by eye.
//
// Buttons wear the colour as it is, with black or white on it; one of the two always has 4.58 : 1 or more. Where the
// colour is text, it is moved towards black on light pages and towards white on dark ones until it is read on every
// ground that the pages have.

/** What text may stand on, and the tokens of css/tokens.css that say so; a test compares them. */
export const SCHEMES = {
  light: { paper: '#f5f6f8', surface: '#ffffff', sunken: '#eef0f4', line: '#d5dae3', ink: '#151a24', 'ink-soft': '#515c70' },
  dark: { paper: '#10141b', surface: '#191f29', sunken: '#222a36', line: '#333d4d', ink: '#eef1f6', 'ink-soft': '#aeb8c8' },
};

/** Least contrast of text (WCAG 2.2, 1.4.3). */
export const LEAST = 4.5;
const WASH = { light: 0.1, dark: 0.16 };
const BLACK = '#000000';
const WHITE = '#ffffff';

/** `#rrggbb` in small letters, or null. */
export const colour = (text) => (/^#[0-9a-f]{6}$/i.test(text ?? '') ? text.toLowerCase() : null);

const channels = (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

export function luminance(hex) {
  const [red, green, blue] = channels(hex).map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** From 1 to 21. */
export function ratio(one, other) {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** Black or white, whichever is read better on a colour. */
export const inkOn = (hex) => (ratio(BLACK, hex) > ratio(WHITE, hex) ? BLACK : WHITE);

/** The way from one colour to another, 0 to 1. */
export function mix(from, to, part) {
  const [a, b] = [channels(from), channels(to)];
  return `#${a.map((channel, i) => Math.round(channel + (b[i] - channel) * part).toString(16).padStart(2, '0')).join('')}`;
}

/**
 * What an accent comes to in a scheme.
 *
 * @returns {{ fill: string, fillStrong: string, onFill: string, text: string, textStrong: string, wash: string }}
 */
export function palette(accent, scheme) {
  const { paper, surface, sunken } = SCHEMES[scheme];
  const away = scheme === 'light' ? BLACK : WHITE;
  const washOf = (text) => mix(surface, text, WASH[scheme]);
  const read = (text) => [paper, surface, sunken, washOf(text)].every((ground) => ratio(text, ground) >= LEAST);
  let text = accent;
  for (let part = 0.02; !read(text); part += 0.02) text = mix(accent, away, Math.min(part, 1));
  const onFill = inkOn(accent);
  return {
    fill: accent,
    // Away from what stands on it, so that it is read better and not worse.
    fillStrong: mix(accent, onFill === BLACK ? WHITE : BLACK, 0.18),
    onFill,
    text,
    textStrong: mix(text, away, 0.25),
    wash: washOf(text),
  };
}

/** The tokens that pages take their accent from. */
export function tokens(accent, scheme) {
  const { fill, fillStrong, onFill, text, textStrong, wash } = palette(accent, scheme);
  return { '--accent': text, '--accent-strong': textStrong, '--accent-wash': wash, '--fill': fill, '--fill-strong': fillStrong, '--on-accent': onFill };
}

let sheet = null;

/** Dresses the page in an accent, light and dark; `null` is the usual one. */
export function dress(accent) {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }
  const known = colour(accent);
  const rules = (scheme) => `:root{${Object.entries(tokens(known, scheme)).map(([name, value]) => `${name}:${value}`).join(';')}}`;
  sheet.replaceSync(known ? `${rules('light')}@media (prefers-color-scheme: dark){${rules('dark')}}` : '');
}
