// Times and devices in the reader's language.
import { language, live, t } from './i18n.js';
import { el } from './dom.js';

const UNITS = [['year', 31_536_000], ['month', 2_592_000], ['day', 86_400], ['hour', 3_600], ['minute', 60]];

/** The reader's own kind of the page's language: English dates differ between London and New York. */
const locale = () => navigator.languages?.find((tag) => tag.toLowerCase().split('-')[0] === language()) ?? language();

/** 2026-11-21T… as "21 Nov 2026, 14:05". */
export function moment(iso) {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso));
}

export function ago(iso) {
  const seconds = (Date.now() - new Date(iso).getTime()) / 1000;
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? [];
  if (!unit) return t('time.now');
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(-Math.round(seconds / size), unit);
}

/** A time that tells its exact self on hover. */
export function timeNode(iso, make = ago) {
  const node = el('time', { datetime: iso, title: moment(iso) });
  return live(node, () => make(iso));
}

const BROWSERS = [[/Edg\//, 'Edge'], [/OPR\//, 'Opera'], [/SamsungBrowser/, 'Samsung Internet'], [/Firefox|FxiOS/, 'Firefox'], [/Chrome|CriOS|Chromium/, 'Chrome'], [/Safari\//, 'Safari'], [/curl\//, 'curl']];
const SYSTEMS = [[/iPhone/, 'iPhone'], [/iPad/, 'iPad'], [/Android/, 'Android'], [/Windows/, 'Windows'], [/Mac OS X|Macintosh/, 'macOS'], [/CrOS/, 'ChromeOS'], [/Linux/, 'Linux']];

/** What a User-Agent header says, shortened to what people recognise. */
export function device(agent) {
  const first = (table) => table.find(([pattern]) => pattern.test(agent ?? ''))?.[1];
  const [browser, system] = [first(BROWSERS), first(SYSTEMS)];
  return { browser, system, mobile: /iPhone|Android|Mobile/.test(agent ?? '') };
}

export function deviceName(agent) {
  const { browser, system } = device(agent);
  if (browser && system) return t('device.both', { browser, system });
  return browser ?? system ?? t('device.unknown');
}
