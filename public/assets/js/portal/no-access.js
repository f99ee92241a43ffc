import { one } from '../lib/dom.js';
import { startPublic } from './chrome.js';
import { pageOf } from './place.js';

const own = new URLSearchParams(location.search).get('own') ?? '';
await startPublic();
const link = one('[data-own]');
if (link && /^[a-z0-9_-]{1,150}$/.test(own)) {
  link.href = pageOf('dashboard', own);
  link.hidden = false;
}
