import { type Amount, parseAmount } from '../engine/index.js';
import { DataError } from '../errors.js';
import type { PlainReader } from '../json/array-document.js';
import { exactInteger, expected, numberText, parseMembers } from '../json/exact-json.js';
import { readNdjsonDocument } from '../json/ndjson-document.js';
import { parseCost } from '../rates/money.js';
import type { ExportRow } from './records.js';

const KEYS = [
  'message_id',
  'timestamp',
  'report_name',
  'credits_used',
  'report_id',
  'kind',
  'cost',
  'currency',
];

/** A row exactly as `usage --json` writes it, in ASCII and without escapes. */
const USUAL =
  /\{"message_id":(0|-?[1-9]\d{0,14}),"timestamp":"([ !#-[\]-~]*)",(?:"report_name":"([ !#-[\]-~]*)",)?"credits_used":([\d.]{1,30})\}/y;

/** Reads rows of JSON and NDJSON exports, the usual ones fast; `name` is what an error calls the export. */
export function createRowReader(name: string) {
  const amountOf = createAmountReader();
  const usual = new RegExp(USUAL);

  const plain: PlainReader<ExportRow> = {
    read({ latin1 }, at) {
      usual.lastIndex = at;
      const match = usual.exec(latin1);
      if (match === null) return undefined;
      const [, id, timestamp, reportName, amount = ''] = match;
      const credits = amountOf(amount);
      if (credits === undefined) return undefined;
      return {
        id: Number(id),
        timestamp: timestamp || undefined,
        reportName: reportName || undefined,
        credits,
        reportId: undefined,
        kind: undefined,
      };
    },
    next: () => usual.lastIndex,
  };

  /** @throws DataError that names the row */
  function readValue(json: string, index: number): ExportRow {
    const members = parseMembers(json, `${name}, row ${index + 1}`, KEYS);
    if (members === undefined) throw new DataError(`${name}, row ${index + 1}`, 'is not an object');
    const givenId = members.get('message_id');
    const id = exactInteger(givenId);
    if (id === undefined) {
      throw new DataError(`${name}, row ${index + 1}`, expected('an integer', givenId), 'message_id');
    }
    const where = `${name}, message ${id}`;
    const text = (key: string) => {
      const value = members.get(key);
      if (value === undefined || value === null || value === '') return undefined;
      if (typeof value !== 'string') throw new DataError(where, expected('a string', value), key);
      return value.toWellFormed();
    };
    const amount = <Value>(key: string, parse: (text: string) => Value | undefined): Value => {
      const value = parse(numberText(members.get(key)) ?? '');
      if (value !== undefined) return value;
      throw new DataError(where, expected('a number that is not negative', members.get(key)), key);
    };
    const credits = amount('credits_used', amountOf);
    const reportId = exactInteger(members.get('report_id'));
    return {
      id,
      timestamp: text('timestamp'),
      reportName: text('report_name'),
      credits,
      reportId: reportId === undefined ? text('report_id') : `${reportId}`,
      kind: text('kind'),
      cost: members.has('cost') ? amount('cost', parseCost) : undefined,
      currency: text('currency'),
    };
  }

  return { plain, readValue };
}

/** The rows of `usage --ndjson`. @throws DataError */
export function readNdjsonRows(name: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ExportRow[]> {
  return readNdjsonDocument(bytes, { name, noun: 'row', ...createRowReader(name) });
}

const REMEMBERED = 10_000;

/** `parseAmount` for many rows: the same few amounts come again and again. */
export function createAmountReader(): (text: string) => Amount | undefined {
  const known = new Map<string, Amount>();
  return (text) => {
    const remembered = known.get(text);
    if (remembered !== undefined) return remembered;
    const amount = parseAmount(text);
    if (amount !== undefined && known.size < REMEMBERED) known.set(text, amount);
    return amount;
  };
}
