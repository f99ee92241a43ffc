// A database with every migration applied, made once for a set of migrations and copied from then on: applying them
// takes a server longer than everything else it does before its first request.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folder, migrate, migrations } from './migrations.mjs';

const shelf = fileURLToPath(new URL('../../../build/databases/', import.meta.url));
/** Every server calls its database this: a file's name is made from it. */
export const DATABASE = 'portcullis-test';

/** What the copies depend on: the migrations, how they are applied, and who writes the files. */
function version() {
  const hash = createHash('sha256');
  for (const name of migrations()) hash.update(name).update(readFileSync(new URL(name, folder)));
  for (const file of ['./migrations.mjs', './prepared.mjs', '../../../package-lock.json']) hash.update(readFileSync(new URL(file, import.meta.url)));
  return hash.digest('hex').slice(0, 16);
}

/** Puts a migrated database where a server's `d1Persist` is about to point; one that is there already is left alone. */
export async function prepare(place) {
  if (existsSync(place)) return;
  const made = join(shelf, version());
  if (!existsSync(made)) await make(made);
  cpSync(made, place, { recursive: true });
}

async function make(place) {
  const { Log, LogLevel, Miniflare } = await import('miniflare');
  mkdirSync(shelf, { recursive: true });
  const draft = mkdtempSync(join(shelf, 'draft-'));
  const miniflare = new Miniflare({ modules: true, script: 'export default {}', d1Databases: { DB: DATABASE }, d1Persist: draft, cf: false, log: new Log(LogLevel.NONE) });
  try {
    await migrate(await miniflare.getD1Database('DB'));
  } finally {
    await miniflare.dispose();
  }
  try {
    renameSync(draft, place);
  } catch (error) {
    // Somebody else was as quick, and theirs is as good.
    if (!existsSync(place)) throw error;
    rmSync(draft, { recursive: true });
  }
}
