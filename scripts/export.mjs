// Writes every customer of an organization into a file of JSON lines, which scripts/import.mjs reads (docs/MOVING.md). A
// file that is there was written to its end: until then it has another name.
import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ENVIRONMENT, Refused, Staff, options } from './lib/staff.mjs';

const USAGE = `Usage: node scripts/export.mjs --url=https://id.example.com --file=people.jsonl [options]

  --passwords            password hashes too: keep the file like the passwords themselves
  --organization=<id>    of another organization than the one you sign in to

${ENVIRONMENT}`;

const given = options(USAGE, ['url', 'file', 'passwords', 'organization', 'help']);
if (given.help || typeof given.url !== 'string' || typeof given.file !== 'string') {
  console.error(USAGE);
  process.exit(given.help ? 0 : 2);
}
const staff = new Staff({ url: given.url, organization: given.organization });
const partial = `${given.file}.partial`;

try {
  if (!staff.token) await staff.signIn();
  // Not asked again when it breaks off: each is a row in the trail.
  const body = JSON.stringify({ passwordHashes: Boolean(given.passwords) });
  const reply = await fetch(`${staff.url}/api/customer_accounts/admin/users-export`, { method: 'POST', headers: staff.headers(body), body });
  if (!reply.ok) throw new Refused(reply, await reply.json());
  await pipeline(Readable.fromWeb(reply.body), createWriteStream(partial, { mode: 0o600 }));
  renameSync(partial, given.file);
} catch (error) {
  rmSync(partial, { force: true });
  console.error(error.message);
  process.exitCode = 1;
}
