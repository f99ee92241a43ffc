// Numbers as text.
export const median = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

export const whole = (n) => (n >= 100 ? String(Math.round(n)) : n.toFixed(1));

/** Columns as wide as their widest cell; the first to the left, numbers to the right. */
export function table(rows) {
  const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => String(row[at] ?? '').length)));
  const numeric = widths.map((_, at) => rows.slice(1).every((row) => /^[\d.,]*$/.test(String(row[at] ?? ''))));
  const line = (row) => row.map((cell, at) => (numeric[at] ? String(cell ?? '').padStart(widths[at]) : String(cell ?? '').padEnd(widths[at]))).join('  ').trimEnd();
  return [line(rows[0]), widths.map((n) => '-'.repeat(n)).join('  '), ...rows.slice(1).map(line)].join('\n');
}
