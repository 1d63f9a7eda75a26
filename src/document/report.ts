import { parseAmount } from '../engine/index.js';
import { DataError } from '../errors.js';
import { exactInteger, expected, numberText, parseMembers } from '../json/exact-json.js';
import { valueEnd } from '../json/scan.js';
import { byteOrderMark, checkUtf8 } from '../json/spans.js';
import type { Report, ReportId } from './records.js';

/**
 * Reads `{"id":…,"name":…,"credit_cost":…}`, the answer to the request for report `id`.
 *
 * Half of a surrogate pair in the name is read as U+FFFD, since no UTF-8 can carry it: every format then shows the
 * same name, and every reader takes it.
 *
 * @throws DataError when it is not JSON, is another report, or has no usable name or cost: a guess would be a
 *   silent misbilling (pricing.md)
 */
export function readReport(bytes: Uint8Array, id: ReportId): Report {
  const where = `report ${String(id)}`;
  const members = parseReport(bytes, where);
  if (members === undefined) throw new DataError(where, 'is not a JSON object');

  const given = members.get('id');
  const givenId = typeof given === 'string' ? given : exactInteger(given);
  if (givenId === undefined) throw new DataError(where, expected('an integer or a string', given), 'id');
  if (String(givenId) !== String(id)) {
    throw new DataError(
      where,
      `upstream answered with another report, ${JSON.stringify(String(givenId))}`,
      'id',
    );
  }
  const name = members.get('name');
  if (typeof name !== 'string') throw new DataError(where, expected('a string', name), 'name');

  const givenCost = members.get('credit_cost');
  const costText = numberText(givenCost);
  const cost = costText === undefined ? undefined : parseAmount(costText);
  if (cost === undefined) {
    throw new DataError(where, expected('a number that is not negative', givenCost), 'credit_cost');
  }
  return { name: name.toWellFormed(), cost };
}

function parseReport(bytes: Uint8Array, where: string): Map<string, unknown> | undefined {
  checkUtf8(bytes, where, 0);
  const json = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).subarray(byteOrderMark(bytes));
  const characters = json.toString();
  if (characters.trim() === '') throw new DataError(where, 'is empty');
  // For its bound on depth alone: the parser below recurses.
  valueEnd(json, 0, where);
  return parseMembers(characters, where, ['id', 'name', 'credit_cost']);
}
