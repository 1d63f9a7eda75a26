import { buffer } from 'node:stream/consumers';
import { type Instant, latest, parseInstant } from '../calendar/instant.js';
import { type ExportFormat, exportFormat, peek, readExport } from '../document/export.js';
import type { ExportRow } from '../document/records.js';
import { DataError } from '../errors.js';
import { NO_COST } from '../rates/money.js';
import { KINDS, type Kind, recordByKind } from '../usage/pricing/priced-row.js';
import { addSums, createSums, type Sum } from '../usage/pricing/sums.js';
import { readPartialSummary } from '../usage/summary/merge-summaries.js';
import type { Receipt } from './receipt.js';

/** An export whose bytes can be read more than once. */
export interface CheckedExport {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: () => AsyncIterable<Uint8Array>;
}

/** What an export contains; undefined where it has no such field. */
export interface Contents {
  readonly sum: Sum;
  /** Of the costs; all there are, where the rows differ. */
  readonly currency?: string | undefined;
  /** Where every row has a kind. */
  readonly byKind?: Readonly<Record<Kind, Sum>> | undefined;
  /** The rows with the name of a report. */
  readonly named?: Sum | undefined;
  readonly last: Instant | undefined;
  /** Whether `last` is known. */
  readonly dated: boolean;
  /** Members of the receipt by their path, as `leavesOf` writes them. */
  readonly members: Readonly<Record<string, string>>;
}

/** Reads what the export of a receipt contains. @throws DataError */
export async function readContents(
  { command, flags }: Receipt,
  { name, bytes }: CheckedExport,
  usualFields: readonly string[],
): Promise<Contents> {
  if (command === 'summary') return readSummary((await buffer(bytes())).toString(), name);
  const { head, all } = await peek(bytes());
  // An empty NDJSON file cannot be recognised by its bytes.
  const format: ExportFormat =
    head === '' && flags.format === 'ndjson' ? { kind: 'ndjson' } : exportFormat(name, head);
  const usual = fieldsOf(flags.fields, usualFields);
  const members: Record<string, string> = { 'flags.format': format.kind };
  if ('columns' in format) {
    const columns = format.columns.join();
    if (usual.join() !== columns) members['flags.fields'] = columns;
    else if (typeof flags.fields === 'string') members['flags.fields'] = flags.fields;
    if (flags.delimiter !== undefined && delimiterOf(flags.delimiter) === format.delimiter) {
      members['flags.delimiter'] = String(flags.delimiter);
    } else if (format.kind === 'csv' && delimiterOf(flags.delimiter ?? ',') !== format.delimiter) {
      members['flags.delimiter'] = format.delimiter;
    }
    const hasBom = head.startsWith('\uFEFF');
    if (flags.bom !== undefined || hasBom) members['flags.bom'] = `${hasBom}`;
  }
  const fields = 'columns' in format ? format.columns : usual;
  return { ...(await readRows(name, head === '' ? [] : readExport(name, all), fields)), members };
}

async function readRows(
  name: string,
  batches: AsyncIterable<ExportRow[]> | Iterable<ExportRow[]>,
  fields: readonly string[],
): Promise<Omit<Contents, 'members'>> {
  const [hasKind, hasName, hasCost] = ['kind', 'report_name', 'cost'].map((field) => fields.includes(field));
  const sums = createSums<Kind | 'unknown'>(hasCost ? NO_COST : undefined);
  const currencies = new Set<string>();
  let last: Instant | undefined;
  const kindOf = (row: ExportRow): Kind | 'unknown' => {
    if (hasKind) return KINDS.find((kind) => kind === row.kind) ?? 'unknown';
    return row.reportName === undefined ? 'unknown' : 'report';
  };
  for await (const rows of batches) {
    for (const row of rows) {
      const { id, timestamp, credits, cost, currency } = row;
      sums.of(kindOf(row)).addSum({ messages: 1, credits, cost: hasCost ? cost : undefined });
      if (currency !== undefined) currencies.add(currency);
      if (timestamp === undefined) continue;
      const instant = parseInstant(timestamp);
      if (instant === undefined)
        throw new DataError(`${name}, message ${id}`, 'is no RFC 3339 timestamp', 'timestamp');
      last = latest(last, instant);
    }
  }
  const of = (kind: Kind | 'unknown') => sums.of(kind).value();
  const unknown = of('unknown');
  return {
    sum: addSums([...KINDS.map(of), unknown]),
    currency: currencies.size === 0 ? undefined : [...currencies].sort().join(' and '),
    // A report may have an empty name, which looks like none in a row.
    byKind: hasKind && unknown.messages === 0 ? recordByKind(of) : undefined,
    named: hasName ? of('report') : undefined,
    last,
    dated: fields.includes('timestamp'),
  };
}

function readSummary(json: string, name: string): Contents {
  const { groups, currency, last, source, period, timezone, rules } = readPartialSummary(json, name);
  return {
    sum: addSums(groups, currency === undefined ? undefined : NO_COST),
    currency,
    last: last === undefined ? undefined : parseInstant(last),
    dated: true,
    members: {
      source,
      period,
      'flags.period': period,
      'flags.timezone': timezone,
      'flags.rules': rules,
      'rules.ruleset': rules,
      'flags.format': 'json',
    },
  };
}

/** The fields of a row by `--fields`. */
export function fieldsOf(flag: unknown, usualFields: readonly string[]): readonly string[] {
  return typeof flag === 'string' ? flag.split(',').map((field) => field.trim()) : usualFields;
}

function delimiterOf(flag: unknown): string {
  return flag === 'tab' || flag === '\\t' ? '\t' : String(flag);
}
