// The migrations, applied as wrangler does: in order, each once, remembered in d1_migrations.
import { readdirSync, readFileSync } from 'node:fs';

export const folder = new URL('../../../migrations/', import.meta.url);

/** SQL text as single statements. A trigger's body holds semicolons of its own. */
export function statements(sql) {
  const found = [];
  let current = '';
  let body = 0;
  for (const token of sql.match(/--[^\n]*|'(?:[^']|'')*'|"[^"]*"|;|\b\w+\b|\s+|./g) ?? []) {
    if (token.startsWith('--')) continue;
    const word = token.toUpperCase();
    if (word === 'BEGIN' || word === 'CASE') body += 1;
    if (word === 'END' && body > 0) body -= 1;
    if (token === ';' && body === 0) {
      if (current.trim()) found.push(current.trim());
      current = '';
    } else current += token;
  }
  if (current.trim()) found.push(current.trim());
  return found;
}

export const migrations = () => readdirSync(folder).filter((name) => name.endsWith('.sql')).sort();

export async function migrate(db) {
  await db.prepare('CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)').run();
  const { results } = await db.prepare('SELECT name FROM d1_migrations').all();
  const done = new Set(results.map((row) => row.name));
  const wanted = migrations().filter((name) => !done.has(name));
  if (wanted.length === 0) return;
  await db.batch(
    wanted.flatMap((name) => [
      ...statements(readFileSync(new URL(name, folder), 'utf8')).map((sql) => db.prepare(sql)),
      db.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name),
    ]),
  );
}
