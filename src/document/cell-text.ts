/*
 * Text cells of CSV and TSV, written and read back here so that the two cannot drift apart.
 *
 * The formula guard: a text that a spreadsheet would run gets a leading `'`, and so does a text that is such a text
 * behind `'` already; reading takes one away. Without the guard texts are written as they are, so the reader has to
 * know: CSV puts the names of its text columns in quotes then, and TSV escapes a `'` that would be taken away.
 */

const RUNS = /^'*[=+\-@\t\r]/;
const GUARDED = /^'+[=+\-@\t\r]/;

/** With a `'` before it where a spreadsheet would run it. */
export function guard(text: string): string {
  return RUNS.test(text) ? `'${text}` : text;
}

/** What `guard` was given. */
export function unguard(cell: string): string {
  return GUARDED.test(cell) ? cell.slice(1) : cell;
}

/**
 * A CSV cell. Whatever the delimiter is, one that holds a usual one is quoted: readers guess. So is a backslash between
 * tabs, where it would pass for an escape of TSV.
 */
export function quote(text: string, delimiter: string): string {
  const quoted =
    text.includes(delimiter) ||
    /["\r\n,;\t]|^\s|\s$/.test(text) ||
    (delimiter === '\t' && text.includes('\\'));
  return quoted ? `"${text.replaceAll('"', '""')}"` : text;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '"': '\\"',
};
const UNESCAPED: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r' };

/**
 * A TSV cell: on one line and without a tab, so that `cut` and `awk` read it. It never begins with a quotation mark,
 * which many readers of TSV take for the beginning of a quoted cell.
 */
export function escapeCell(text: string, guarded: boolean): string {
  const escaped = text.replace(/[\\\t\n\r]|^"/g, (character) => ESCAPES[character] ?? character);
  if (guarded) return guard(escaped);
  return GUARDED.test(escaped) ? `\\${escaped}` : escaped;
}

/** The text of a TSV cell; one in quotes is of CSV with tabs, whose line ends somebody changed. */
export function unescapeCell(cell: string): string {
  if (/^".*"$/.test(cell)) return unguard(cell.slice(1, -1).replaceAll('""', '"'));
  return unguard(cell).replace(/\\(.)/g, (_, character: string) => UNESCAPED[character] ?? character);
}
