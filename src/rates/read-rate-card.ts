import { compareInstants, parseInstant } from '../calendar/instant.js';
import { SettingError } from '../errors.js';
import { expected, parseExactJson } from '../source/document/exact-json.js';
import { inside, objectAt, type Place, refuse } from './place.js';
import type { DatedRates } from './rate-card.js';
import { AMOUNT_FIELDS } from './rate-fields.js';
import { readRates } from './read-rates.js';

const ENTRY_KEYS = ['valid_from', ...Object.keys(AMOUNT_FIELDS), 'palindrome_factor', 'thresholds'];

/** More entries than any price history has. */
const MOST_ENTRIES = 10_000;

/**
 * Reads `{"rates":[{"valid_from":"2024-01-01",…},…]}`, as schema/rates.schema.json describes it. `tables`, which
 * `rates --json` writes, says by which data prices were made and changes none. Nothing else has a
 * default and an unknown key is refused, since a rate that is misspelt would be a wrong bill.
 *
 * @param file what errors call it
 * @throws SettingError that names the place in the file
 */
export function readRateCard(json: string, file: string): DatedRates[] {
  const members = objectAt(parse(json, file), ['$schema', 'tables', 'rates'], { file, path: '' });
  const tables = members.get('tables');
  if (tables !== undefined) objectAt(tables, ['unicode', 'tz'], { file, path: 'tables' });
  const entries = members.get('rates');
  const place = { file, path: 'rates' };
  if (!Array.isArray(entries)) throw refuse(place, expected('an array', entries));
  if (entries.length === 0) throw refuse(place, 'is empty');
  if (entries.length > MOST_ENTRIES) throw refuse(place, `has more than ${MOST_ENTRIES} entries`);
  const dated = entries.map((entry, index) => readEntry(entry, { file, path: `rates[${index}]` }));
  for (const [index, { validFrom, written }] of dated.entries()) {
    const before = dated[index - 1];
    if (before === undefined || compareInstants(before.validFrom, validFrom) < 0) continue;
    throw refuse(
      { file, path: `rates[${index}].valid_from` },
      `${written} must be later than ${before.written}, the entry before it`,
    );
  }
  return dated;
}

function parse(json: string, file: string): unknown {
  try {
    return parseExactJson(json);
  } catch (error) {
    // Nesting without end exhausts the stack of the parser.
    if (error instanceof RangeError) throw new SettingError(file, 'is not valid JSON: nests too deep');
    if (!(error instanceof SyntaxError)) throw error;
    throw new SettingError(file, `is not valid JSON: ${error.message}`);
  }
}

function readEntry(entry: unknown, place: Place): DatedRates {
  const members = objectAt(entry, ENTRY_KEYS, place);
  const written = members.get('valid_from');
  const from = inside(place, 'valid_from');
  if (typeof written !== 'string') throw refuse(from, expected('a date', written));
  // A price must not depend on where its reader lives: a date is midnight UTC, whatever --timezone says.
  const validFrom = parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(written) ? `${written}T00:00:00Z` : written);
  if (validFrom === undefined) {
    const shown = JSON.stringify(written.slice(0, 40));
    throw refuse(from, `expected a date such as 2024-04-29 or an RFC 3339 instant, got ${shown}`);
  }
  return { validFrom, written, rates: readRates(members, place) };
}
