import { parseAmount } from '../engine/index.js';
import { DataError } from '../errors.js';
import { type ObjectReader, readRecord } from '../json/object-reader.js';
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
  const report = parseReport(bytes, `report ${String(id)}`);
  const given = String(report.id('id'));
  if (given !== String(id)) {
    throw report.refuse(`upstream answered with another report, ${JSON.stringify(given)}`, 'id');
  }
  return { name: report.text('name').toWellFormed(), cost: report.exact('credit_cost', parseAmount) };
}

function parseReport(bytes: Uint8Array, where: string): ObjectReader {
  checkUtf8(bytes, where, 0);
  const json = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).subarray(byteOrderMark(bytes));
  const characters = json.toString();
  if (characters.trim() === '') throw new DataError(where, 'is empty');
  // For its bound on depth alone: the parser below recurses.
  valueEnd(json, 0, where);
  return readRecord(characters, where, ['id', 'name', 'credit_cost'], 'is not a JSON object');
}
