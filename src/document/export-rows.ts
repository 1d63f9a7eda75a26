import { parseInstant } from '../calendar/instant.js';
import { type Amount, parseAmount } from '../engine/index.js';
import type { PlainReader } from '../json/documents.js';
import { readNdjsonDocument } from '../json/documents.js';
import { exactInteger, readRecord } from '../json/object-reader.js';
import { parseCost } from '../rates/money.js';
import type { ExportRow, ReportId } from './records.js';

const PRICED_KEYS = ['message_id', 'timestamp', 'report_name', 'credits_used', 'report_id', 'kind'];
const KEYS = [...PRICED_KEYS, 'cost', 'currency'];

/** A row exactly as `usage` and `price` write it, in ASCII and without escapes. */
const USUAL =
  /\{"message_id":(0|-?[1-9]\d{0,14}),"timestamp":"([ !#-[\]-~]*)",(?:"report_name":"([ !#-[\]-~]*)",)?"credits_used":([\d.]{1,30})(?:,"report_id":(?:(0|[1-9]\d{0,14})|"([ !#-[\]-~]+)"))?(?:,"kind":"([a-z-]+)")?\}/y;

/** Reads those of the usual rows fast that are `right`. */
function usualRows<Row extends ExportRow>(
  amountOf: AmountReader,
  right: (row: ExportRow) => row is Row,
): PlainReader<Row> {
  const usual = new RegExp(USUAL);
  return {
    read({ latin1 }, at) {
      usual.lastIndex = at;
      const match = usual.exec(latin1);
      if (match === null) return undefined;
      const credits = amountOf(match[4] ?? '');
      if (credits === undefined) return undefined;
      const row = {
        id: Number(match[1]),
        timestamp: match[2] || undefined,
        reportName: match[3] || undefined,
        credits,
        reportId: match[5] === undefined ? match[6] : Number(match[5]),
        kind: match[7],
      };
      return right(row) ? row : undefined;
    },
    next: () => usual.lastIndex,
  };
}

/** Reads rows of JSON and NDJSON exports, the usual ones fast; `name` is what an error calls the export. */
export function createRowReader(name: string) {
  const amountOf = createAmountReader();
  const plain = usualRows(amountOf, (row): row is ExportRow => row !== undefined);

  /** @throws DataError that names the row */
  function readValue(json: string, index: number): ExportRow {
    const record = readRecord(json, `${name}, row ${index + 1}`, KEYS);
    const id = record.integer('message_id');
    const row = record.named(`${name}, message ${id}`);
    const text = (key: string) => {
      const value = row.members.get(key);
      return value === undefined || value === null ? undefined : row.text(key).toWellFormed() || undefined;
    };
    return {
      id,
      timestamp: text('timestamp'),
      reportName: text('report_name'),
      credits: row.exact('credits_used', amountOf),
      reportId: exactInteger(row.members.get('report_id')) ?? text('report_id'),
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

/** One line that `price` writes; without the name of a report the text priced it. */
export interface PricedRow extends ExportRow {
  readonly timestamp: string;
}

/** Reads what `price` wrote. @throws DataError that names the line */
export function readPricedRows(name: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<PricedRow[]> {
  const amountOf = createAmountReader();
  const plain = usualRows(
    amountOf,
    (row): row is PricedRow =>
      parseInstant(row.timestamp ?? '') !== undefined && row.kind === kindBy(row.reportName, row.reportId),
  );
  const readValue = (json: string, index: number) =>
    readPricedRow(json, `${name}, line ${index + 1}`, amountOf);
  return readNdjsonDocument(bytes, { name, noun: 'line', plain, readValue });
}

function readPricedRow(json: string, where: string, amountOf: AmountReader): PricedRow {
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
  return { id, timestamp, reportName, reportId, credits, kind };
}

function kindBy(reportName: string | undefined, reportId: ReportId | undefined): string {
  if (reportName !== undefined) return 'report';
  return reportId === undefined ? 'text' : 'missing-report';
}

const REMEMBERED = 10_000;

type AmountReader = (text: string) => Amount | undefined;

/** `parseAmount` for many rows: the same few amounts come again and again. */
export function createAmountReader(): AmountReader {
  const known = new Map<string, Amount>();
  return (text) => {
    const remembered = known.get(text);
    if (remembered !== undefined) return remembered;
    const amount = parseAmount(text);
    if (amount !== undefined && known.size < REMEMBERED) known.set(text, amount);
    return amount;
  };
}
