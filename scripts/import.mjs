// Moves customers in from a file of JSON lines (docs/MOVING.md). Holds no more of it than one chunk, and goes on where an
// earlier run was cut off: the server says at which line.
import { createReadStream, createWriteStream, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ENVIRONMENT, Refused, Staff, options } from './lib/staff.mjs';

const USAGE = `Usage: node scripts/import.mjs --url=https://id.example.com --file=people.jsonl [options]

  --dry-run              report, and change nobody
  --resume               go on with the run that was begun for this file, by <file>.import.json
  --organization=<id>    into another organization than the one you sign in to
  --report=<file>        write what became of each line there, as JSON lines
  --refused=<n>          show the first n refused lines (20)

${ENVIRONMENT}

Exits 0 when every line got in, 1 when lines were refused or the run broke off.`;

/** A request may hold 64 KiB, of which the lines are escaped once more. */
const MOST_BYTES = 60_000;
const MOST_LINES = 250;
const IMPORTS = '/api/customer_accounts/admin/imports';

const given = options(USAGE, ['url', 'file', 'dry-run', 'resume', 'organization', 'report', 'refused', 'help']);
if (given.help || typeof given.url !== 'string' || typeof given.file !== 'string') {
  console.error(USAGE);
  process.exit(given.help ? 0 : 2);
}
const staff = new Staff({ url: given.url, organization: given.organization });
const state = `${given.file}.import.json`;
const source = `${basename(given.file)}, ${statSync(given.file).size} bytes`;

async function begin() {
  if (given.resume) {
    if (!existsSync(state)) throw new Error(`There is no ${state}: nothing to resume`);
    const { run } = (({ id }) => ({ run: id }))(JSON.parse(readFileSync(state, 'utf8')));
    const found = (await staff.json('GET', `${IMPORTS}/${run}`)).import;
    if (found.source !== source) throw new Error(`That run was of "${found.source}", and this file is "${source}"`);
    return found;
  }
  const run = (await staff.json('POST', IMPORTS, { source, dryRun: Boolean(given['dry-run']) })).import;
  writeFileSync(state, `${JSON.stringify({ id: run.id, source })}\n`);
  return run;
}

/** Sends a file from where a run stands; what is held is what has been sent and not been taken. */
async function carry(run) {
  let held = [];
  let first = run.nextLine;
  let shown = 0;
  const most = Number(given.refused ?? 20);
  const size = (lines) => Buffer.byteLength(JSON.stringify(lines.join('\n')));
  const flush = async (last) => {
    const reply = await staff.ask('POST', `${IMPORTS}/${run.id}/lines`, { from: first, lines: `${held.join('\n')}\n`, last });
    const body = await reply.json().catch(() => ({}));
    // Somebody got these lines in: an earlier try of ours, whose answer was lost, or another client.
    const next = reply.status === 409 ? body.nextLine : body.import?.nextLine;
    if (!(reply.ok || reply.status === 409) || !(next >= first) || (next === first && held.length)) throw new Refused(reply, body);
    for (const { line, field, reason } of body.refused ?? []) {
      shown += 1;
      if (shown <= most) console.error(`line ${line}${field && `, ${field}`}: ${reason}`);
    }
    held = held.slice(next - first);
    first = next;
    if (body.import) Object.assign(run, body.import);
    if (process.stderr.isTTY) process.stderr.write(`\r${first - 1} lines `);
  };
  let number = 0;
  const lines = createInterface({ input: createReadStream(given.file), crlfDelay: Infinity });
  for await (const line of lines) {
    number += 1;
    if (number < first) continue;
    while (held.length && (held.length === MOST_LINES || size([...held, line]) > MOST_BYTES)) await flush(false);
    if (number >= first) held.push(line);
  }
  while (held.length) await flush(true);
  return (await staff.json('GET', `${IMPORTS}/${run.id}`)).import;
}

async function report(run) {
  const reply = await staff.ask('GET', `${IMPORTS}/${run.id}/report.jsonl`);
  if (!reply.ok) throw new Refused(reply, await reply.json());
  await pipeline(Readable.fromWeb(reply.body), createWriteStream(given.report));
}

try {
  if (!staff.token) await staff.signIn();
  const run = await carry(await begin());
  if (typeof given.report === 'string') await report(run);
  console.log(JSON.stringify({ import: run.id, dryRun: run.dryRun, lines: run.nextLine - 1, created: run.created, updated: run.updated, unchanged: run.unchanged, refused: run.refused }));
  process.exitCode = run.refused ? 1 : 0;
} catch (error) {
  console.error(`${error.message}\nGo on with --resume.`);
  process.exitCode = 1;
}
