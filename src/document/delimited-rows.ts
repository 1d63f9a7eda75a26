import { pipeline, Readable } from 'node:stream';
import { CsvError, type Options, parse } from 'csv-parse';
import { DataError } from '../errors.js';
import { readSpans } from '../json/spans.js';
import { parseCost } from '../rates/money.js';
import { unescapeCell, unguard } from './cell-text.js';
import { createAmountReader } from './export-rows.js';
import type { ExportRow } from './records.js';

export interface DelimitedFormat {
  readonly kind: 'csv' | 'tsv';
  readonly delimiter: string;
  /** The header's names, in their order. */
  readonly columns: readonly string[];
  /** Whether the formula guard's `'` precedes texts. */
  readonly guarded: boolean;
}

const ROWS_A_BATCH = 1000;
/** TSV has no quotes. */
const TSV: Options = { quote: null, escape: null, record_delimiter: ['\n'] };

/**
 * The rows of `usage --csv` and `usage --tsv`, their texts as they were before they became cells.
 *
 * @throws DataError
 */
export async function* readDelimitedRows(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  format: DelimitedFormat,
): AsyncGenerator<ExportRow[]> {
  const readRecord = createRecordReader(name, format);
  // An error of the bytes reaches the loop below through the parser.
  const { kind, delimiter } = format;
  const parser = parse({ delimiter, from: 2, ...(kind === 'tsv' && TSV) });
  const records = pipeline(Readable.from(wholeLines(name, bytes)), parser, () => {});
  let rows: ExportRow[] = [];
  try {
    for await (const record of records) {
      rows.push(readRecord(record));
      if (rows.length < ROWS_A_BATCH) continue;
      yield rows;
      rows = [];
    }
  } catch (error) {
    throw error instanceof CsvError ? new DataError(name, error.message) : error;
  }
  if (rows.length > 0) yield rows;
}

/** The bytes, checked. A last line without its end may be cut, and half a number is another number. */
async function* wholeLines(name: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let last: number | undefined;
  for await (const part of readSpans(bytes, name)) {
    const { bytes: checked } = part.span;
    part.done = checked.length;
    last = checked.at(-1) ?? last;
    yield checked;
  }
  if (last !== 0x0a && last !== 0x0d) throw new DataError(name, 'ends in the middle of a line');
}

function createRecordReader(
  name: string,
  { kind, columns, guarded }: DelimitedFormat,
): (record: unknown) => ExportRow {
  const textOf = kind === 'tsv' ? unescapeCell : guarded ? unguard : (cell: string) => cell;
  const amountOf = createAmountReader();
  const hasCost = columns.includes('cost');
  let count = 0;

  return (record) => {
    const cells: readonly unknown[] = Array.isArray(record) ? record : [];
    const cell = (column: string) => {
      const text = cells[columns.indexOf(column)];
      return typeof text === 'string' && text !== '' ? text : undefined;
    };
    const text = (column: string) => textOf(cell(column) ?? '') || undefined;
    count++;
    const givenId = cell('message_id') ?? '';
    if (!/^-?\d{1,40}$/.test(givenId)) {
      throw new DataError(`${name}, row ${count}`, `${shown(givenId)} is no integer`, 'message_id');
    }
    const id = Number(givenId);
    const amount = <Value>(column: string, parse: (text: string) => Value | undefined): Value => {
      const given = cell(column) ?? '';
      const value = parse(given);
      if (value !== undefined) return value;
      throw new DataError(`${name}, message ${givenId}`, `${shown(given)} is no amount`, column);
    };
    const credits = amount('credits_used', amountOf);
    return {
      id: Number.isSafeInteger(id) ? id : BigInt(givenId),
      timestamp: cell('timestamp'),
      reportName: text('report_name'),
      credits,
      reportId: text('report_id'),
      kind: cell('kind'),
      cost: hasCost ? amount('cost', parseCost) : undefined,
      currency: cell('currency'),
    };
  };
}

function shown(cell: string): string {
  return JSON.stringify(cell.slice(0, 40));
}
