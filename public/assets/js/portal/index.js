import { one } from '../lib/dom.js';
import { browser } from '../lib/store.js';
import { startPublic } from './chrome.js';
import { slug } from './place.js';

// A hint only: who is not signed in any more is asked to on the dashboard.
one('[data-continue]').hidden = !browser.get(`seen.${slug}`);
await startPublic();
