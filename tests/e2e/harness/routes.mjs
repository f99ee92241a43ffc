// The route table, read from its source, so that a new route is walked by the tests that walk all of them.
import { readFileSync } from 'node:fs';

/** `{method, path, name, guard, takesBody}` of every row. */
export function routes() {
  const source = readFileSync(new URL('../../../core/src/routes.rs', import.meta.url), 'utf8');
  const found = [];
  let prefix = '';
  for (const line of source.split('\n')) {
    const block = line.match(/^\s*"([^"]*)"\s*\{/);
    if (block) prefix = block[1];
    const row = line.match(/^\s*(GET|POST|PUT|PATCH|DELETE)\s+"([^"]*)"\s+(\w+)\s+(.*)$/);
    if (row) found.push({ method: row[1], path: (prefix + row[2]).replace(/\/$/, '') || '/', name: row[3], guard: row[4].match(/^\w+/)[0], takesBody: /\bjson\(|\bform\(/.test(row[4]) });
  }
  if (found.length < 15) throw new Error(`only ${found.length} routes read: has the table another form now?`);
  return found;
}

export const filled = (path) => path.replace(/\{[^}]*\}/g, '0190f5fe-7c00-7a00-8000-000000000001');
