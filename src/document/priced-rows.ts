import { parseInstant } from '../calendar/instant.js';
import type { Amount } from '../engine/index.js';
import { DataError } from '../errors.js';
import type { PlainReader } from '../json/array-document.js';
import { exactInteger, expected, numberText, parseMembers } from '../json/exact-json.js';
import { readNdjsonDocument } from '../json/ndjson-document.js';
import { createAmountReader } from './export-rows.js';
import type { ReportId } from './records.js';

/** One line that `price` writes. */
export interface PricedRow {
  readonly id: number | bigint;
  readonly timestamp: string;
  /** Undefined: the text priced it. */
  readonly reportName: string | undefined;
  readonly reportId: ReportId | undefined;
  readonly credits: Amount;
}

type AmountReader = ReturnType<typeof createAmountReader>;

const KEYS = ['message_id', 'timestamp', 'report_name', 'credits_used', 'report_id', 'kind'];

/** A row exactly as `price` writes it, in ASCII and without escapes. */
const USUAL =
  /\{"message_id":(0|-?[1-9]\d{0,14}),"timestamp":"([ !#-[\]-~]*)",(?:"report_name":"([ !#-[\]-~]*)",)?"credits_used":([\d.]{1,30}),(?:"report_id":(?:(0|[1-9]\d{0,14})|"([ !#-[\]-~]+)"),)?"kind":"(report|text|missing-report)"\}/y;

/** Reads what `price` wrote. @throws DataError that names the line */
export function readPricedRows(name: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<PricedRow[]> {
  const amountOf = createAmountReader();
  return readNdjsonDocument(bytes, {
    name,
    noun: 'line',
    plain: usualReader(amountOf),
    readValue: (json, index) => readRow(json, `${name}, line ${index + 1}`, amountOf),
  });
}

function usualReader(amountOf: AmountReader): PlainReader<PricedRow> {
  const usual = new RegExp(USUAL);
  return {
    read({ latin1 }, at) {
      usual.lastIndex = at;
      const match = usual.exec(latin1);
      if (match === null) return undefined;
      const [, id, timestamp = '', reportName, amount = '', number, text, kind] = match;
      const credits = amountOf(amount);
      const reportId = number === undefined ? text : Number(number);
      if (credits === undefined || parseInstant(timestamp) === undefined) return undefined;
      if (kind !== kindBy(reportName, reportId)) return undefined;
      return { id: Number(id), timestamp, reportName, reportId, credits };
    },
    next: () => usual.lastIndex,
  };
}

function readRow(json: string, where: string, amountOf: AmountReader): PricedRow {
  const members = parseMembers(json, where, KEYS);
  if (members === undefined) throw new DataError(where, 'is not an object');
  const refuse = (key: string, what: string) => new DataError(where, expected(what, members.get(key)), key);

  const id = exactInteger(members.get('message_id'));
  if (id === undefined) throw refuse('message_id', 'an integer');
  const timestamp = members.get('timestamp');
  if (typeof timestamp !== 'string' || parseInstant(timestamp) === undefined) {
    throw refuse('timestamp', 'an RFC 3339 timestamp');
  }
  const reportName = members.get('report_name');
  if (reportName !== undefined && typeof reportName !== 'string') throw refuse('report_name', 'a string');
  const given = members.get('report_id');
  const reportId = typeof given === 'string' && given !== '' ? given : exactInteger(given);
  if (given !== undefined && reportId === undefined) throw refuse('report_id', 'an integer or a string');
  const credits = amountOf(numberText(members.get('credits_used')) ?? '');
  if (credits === undefined) throw refuse('credits_used', 'a number that is not negative');
  // Without its kind a row of another export would pass for one whose text was priced.
  const kind = kindBy(reportName, reportId);
  if (members.get('kind') !== kind) throw refuse('kind', `${kind}, as price writes`);
  return { id, timestamp, reportName: reportName?.toWellFormed(), reportId, credits };
}

function kindBy(reportName: string | undefined, reportId: ReportId | undefined): string {
  if (reportName !== undefined) return 'report';
  return reportId === undefined ? 'text' : 'missing-report';
}
