import { startPublic } from './chrome.js';

await startPublic();
