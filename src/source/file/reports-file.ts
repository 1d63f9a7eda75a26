import { readFile } from 'node:fs/promises';
import { DataError, UnreadableError } from '../../errors.js';
import { reasonOf } from '../../os-error.js';
import { exactInteger, expected, membersOf, parseExactJsonAt } from '../document/exact-json.js';
import { jsonValues } from '../document/json-values.js';
import type { Source } from '../source.js';

/**
 * All reports in one file: a JSON array, or one report after another (NDJSON). A report that is not in it does
 * not exist.
 *
 * @throws UnreadableError; DataError for what is no report, or an id that stands twice
 */
export async function openReportsFile(path: string): Promise<Pick<Source, 'report'>> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new UnreadableError(path, reasonOf(error));
  });
  const reports = new Map<string, Uint8Array>();
  let count = 0;
  for (const report of jsonValues(bytes, path)) {
    const place = `${path}, report ${++count}`;
    const id = idOf(report, place);
    if (reports.has(id)) throw new DataError(place, `${JSON.stringify(id)} stands twice`, 'id');
    reports.set(id, report);
  }
  // It would price every message by its text. A byte order mark is white space to `trim`.
  if (count === 0 && bytes.toString().trim() === '') {
    throw new DataError(path, 'is empty; a file of no reports holds []');
  }
  return { report: async (id) => reports.get(String(id)) };
}

function idOf(report: Buffer, place: string): string {
  const value = parseExactJsonAt(report.toString(), place);
  const members = membersOf(value);
  if (members === undefined) throw new DataError(place, expected('an object', value));
  const given = members.get('id');
  const id = typeof given === 'string' ? given : exactInteger(given);
  if (id === undefined) throw new DataError(place, expected('an integer or a string', given), 'id');
  return String(id);
}
