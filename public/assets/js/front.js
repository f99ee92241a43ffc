import { watchConnection } from './lib/connection.js';
import { start } from './lib/i18n.js';
import { offerLanguages } from './lib/languages.js';

await start();
offerLanguages();
watchConnection();
