import { parseInstant } from '../calendar/instant.js';
import { type Amount, parseAmount } from '../engine/index.js';
import type { PlainReader } from '../json/documents.js';
import { readNdjsonDocument } from '../json/documents.js';
import { exactInteger, readRecord } from '../json/object-reader.js';
import { parseCost } from '../rates/money.js';
import type { ExportRow, ReportId } from './records.js';

const PRICED_KEYS = ['message_id', 'timestamp', 'report_name', 'credits_used', 'report_id', 'kind'];
const KEYS = [...PRICED_KEYS, 'cost', 'currency'];

/** What a row of `usage --json` begins with, in ASCII and without escapes. */
const START =
  /\{"message_id":(0|-?[1-9]\d{0,14}),"timestamp":"([ !#-[\]-~]*)",(?:"report_name":"([ !#-[\]-~]*)",)?"credits_used":([\d.]{1,30})/;
const EXPORTED = new RegExp(`${START.source}\\}`, 'y');
/** Exactly as `price` writes it. */
const PRICED = new RegExp(
  `${START.source},(?:"report_id":(?:(0|[1-9]\\d{0,14})|"([ !#-[\\]-~]+)"),)?"kind":"(report|text|missing-report)"\\}`,
  'y',
);

/** Reads the rows that a pattern takes. */
function usualRows<Row>(
  pattern: RegExp,
  rowOf: (match: readonly (string | undefined)[]) => Row | undefined,
): PlainReader<Row> {
  const usual = new RegExp(pattern);
  return {
    read({ latin1 }, at) {
      usual.lastIndex = at;
      const match = usual.exec(latin1);
      return match === null ? undefined : rowOf(match);
    },
    next: () => usual.lastIndex,
  };
}

/** Reads rows of JSON and NDJSON exports, the usual ones fast; `name` is what an error calls the export. */
export function createRowReader(name: string) {
  const amountOf = createAmountReader();

  const plain = usualRows<ExportRow>(EXPORTED, ([, id, timestamp, reportName, amount = '']) => {
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
  });

  /** @throws DataError that names the row */
  function readValue(json: string, index: number): ExportRow {
    const record = readRecord(json, `${name}, row ${index + 1}`, KEYS);
    const id = record.integer('message_id');
    const row = record.named(`${name}, message ${id}`);
    const text = (key: string) => {
      const value = row.members.get(key);
      return value === undefined || value === null ? undefined : row.text(key).toWellFormed() || undefined;
    };
    const reportId = exactInteger(row.members.get('report_id'));
    return {
      id,
      timestamp: text('timestamp'),
      reportName: text('report_name'),
      credits: row.exact('credits_used', amountOf),
      reportId: reportId === undefined ? text('report_id') : `${reportId}`,
      kind: text('kind'),
      cost: row.members.has('cost') ? row.exact('cost', parseCost) : undefined,
      currency: text('currency'),
    };
  }

  return { plain, readValue };
}

/** The rows of `usage --ndjson`. @throws DataError */
export function readNdjsonRows(name: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ExportRow[]> {
  return readNdjsonDocument(bytes, { name, noun: 'row', ...createRowReader(name) });
}

/** One line that `price` writes. */
export interface PricedRow {
  readonly id: number | bigint;
  readonly timestamp: string;
  /** Undefined: the text priced it. */
  readonly reportName: string | undefined;
  readonly reportId: ReportId | undefined;
  readonly credits: Amount;
}

/** Reads what `price` wrote. @throws DataError that names the line */
export function readPricedRows(name: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<PricedRow[]> {
  const amountOf = createAmountReader();
  const plain = usualRows<PricedRow>(PRICED, (match) => {
    const [, id, timestamp = '', reportName, amount = '', number, text, kind] = match;
    const credits = amountOf(amount);
    const reportId = number === undefined ? text : Number(number);
    if (credits === undefined || parseInstant(timestamp) === undefined) return undefined;
    if (kind !== kindBy(reportName, reportId)) return undefined;
    return { id: Number(id), timestamp, reportName, reportId, credits };
  });
  const readValue = (json: string, index: number) =>
    readPricedRow(json, `${name}, line ${index + 1}`, amountOf);
  return readNdjsonDocument(bytes, { name, noun: 'line', plain, readValue });
}

function readPricedRow(
  json: string,
  where: string,
  amountOf: ReturnType<typeof createAmountReader>,
): PricedRow {
  const row = readRecord(json, where, PRICED_KEYS);
  const id = row.integer('message_id');
  const timestamp = row.text('timestamp', 'an RFC 3339 timestamp');
  if (parseInstant(timestamp) === undefined) throw row.error('timestamp', 'an RFC 3339 timestamp');
  const reportName = row.members.has('report_name') ? row.text('report_name').toWellFormed() : undefined;
  const reportId = row.members.has('report_id') ? row.id('report_id') : undefined;
  if (reportId === '') throw row.error('report_id', 'an integer or a string');
  const credits = row.exact('credits_used', amountOf);
  // Without its kind a row of another export would pass for one whose text was priced.
  const kind = kindBy(reportName, reportId);
  row.choice('kind', [kind], `${kind}, as price writes`);
  return { id, timestamp, reportName, reportId, credits };
}

function kindBy(reportName: string | undefined, reportId: ReportId | undefined): string {
  if (reportName !== undefined) return 'report';
  return reportId === undefined ? 'text' : 'missing-report';
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
