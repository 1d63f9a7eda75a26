import { buffer } from 'node:stream/consumers';
import { compareInstants, type Instant, parseInstant } from '../calendar/instant.js';
import { readExport } from '../document/export.js';
import { type ExportFormat, exportFormat } from '../document/export-format.js';
import type { ExportRow } from '../document/records.js';
import { type Amount, addAmounts, formatAmount, ZERO } from '../engine/index.js';
import { DataError } from '../errors.js';
import { addCosts, type Cost, NO_COST } from '../rates/money.js';
import { KINDS, type Kind } from '../usage/pricing/priced-row.js';
import { addSums } from '../usage/pricing/sums.js';
import { readPartialSummary } from '../usage/summary/merge-summaries.js';
import type { Receipt, RowSums } from './receipt.js';

/** An export whose bytes can be read more than once. */
export interface CheckedExport {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: () => AsyncIterable<Uint8Array>;
}

/** What an export contains; undefined where it has no such field. */
export interface Contents {
  readonly count: number;
  readonly credits: Amount;
  /** Undefined where no row has one. */
  readonly cost?: Cost | undefined;
  /** Of the costs; all there are, where the rows differ. */
  readonly currency?: string | undefined;
  /** Where every row has a kind. */
  readonly byKind: Readonly<Record<Kind, RowSums>> | undefined;
  /** The rows with the name of a report; undefined where rows have no names. */
  readonly named: { readonly count: number; readonly credits: Amount } | undefined;
  readonly last: Instant | undefined;
  /** Whether `last` is known. */
  readonly dated: boolean;
  /** Members of the receipt by their path, as `leavesOf` writes them. */
  readonly members: Readonly<Record<string, string>>;
}

const HEAD = 64 * 1024;

/** Reads what the export of a receipt contains. @throws DataError */
export async function readContents(
  { command, flags }: Receipt,
  { name, bytes }: CheckedExport,
  usualFields: readonly string[],
): Promise<Contents> {
  if (command === 'summary') return readSummary((await buffer(bytes())).toString(), name);
  const head = await headOf(bytes());
  // An empty NDJSON file cannot be recognised by its bytes.
  const format: ExportFormat =
    head === '' && flags.format === 'ndjson' ? { kind: 'ndjson' } : exportFormat(name, head);
  const members: Record<string, string> = { 'flags.format': format.kind };
  if ('columns' in format) {
    const [expected, columns] = [fieldsOf(flags.fields, usualFields).join(), format.columns.join()];
    if (expected !== columns) members['flags.fields'] = columns;
    else if (typeof flags.fields === 'string') members['flags.fields'] = flags.fields;
    if (flags.delimiter !== undefined && delimiterOf(flags.delimiter) === format.delimiter) {
      members['flags.delimiter'] = String(flags.delimiter);
    } else if (format.kind === 'csv' && delimiterOf(flags.delimiter ?? ',') !== format.delimiter) {
      members['flags.delimiter'] = format.delimiter;
    }
    if (flags.bom !== undefined || head.startsWith('\uFEFF'))
      members['flags.bom'] = `${head.startsWith('\uFEFF')}`;
  }
  const fields = 'columns' in format ? format.columns : fieldsOf(flags.fields, usualFields);
  return { ...(await readRows(name, head === '' ? [] : readExport(name, bytes()), fields)), members };
}

async function readRows(
  name: string,
  batches: AsyncIterable<ExportRow[]> | Iterable<ExportRow[]>,
  fields: readonly string[],
): Promise<Omit<Contents, 'members'>> {
  const sums = new Map<Kind | 'unknown', { count: number; credits: Amount }>();
  const currencies = new Set<string>();
  let cost = NO_COST;
  let last: Instant | undefined;
  const [hasKind, hasName] = ['kind', 'report_name'].map((field) => fields.includes(field));
  const kindOf = (row: ExportRow): Kind | 'unknown' => {
    if (hasKind) return KINDS.find((kind) => kind === row.kind) ?? 'unknown';
    return row.reportName === undefined ? 'unknown' : 'report';
  };
  for await (const rows of batches) {
    for (const row of rows) {
      const sum = sums.get(kindOf(row)) ?? { count: 0, credits: ZERO };
      sums.set(kindOf(row), { count: sum.count + 1, credits: addAmounts(sum.credits, row.credits) });
      cost = addCosts(cost, row.cost ?? NO_COST);
      if (row.currency !== undefined) currencies.add(row.currency);
      if (row.timestamp === undefined) continue;
      const instant = parseInstant(row.timestamp);
      if (instant === undefined)
        throw new DataError(`${name}, message ${row.id}`, 'is no RFC 3339 timestamp', 'timestamp');
      if (last === undefined || compareInstants(instant, last) > 0) last = instant;
    }
  }
  const of = (kind: Kind | 'unknown') => sums.get(kind) ?? { count: 0, credits: ZERO };
  const all = [...KINDS, 'unknown' as const].map(of);
  // A report may have an empty name, which looks like none in a row.
  const known = hasKind && of('unknown').count === 0;
  const text = (kind: Kind): RowSums => ({ count: of(kind).count, credits: formatAmount(of(kind).credits) });
  return {
    count: all.reduce((count, sum) => count + sum.count, 0),
    credits: all.reduce<Amount>((total, { credits }) => addAmounts(total, credits), ZERO),
    cost: fields.includes('cost') ? cost : undefined,
    currency: currencies.size === 0 ? undefined : [...currencies].sort().join(' and '),
    byKind: known
      ? { report: text('report'), text: text('text'), 'missing-report': text('missing-report') }
      : undefined,
    named: hasName ? of('report') : undefined,
    last,
    dated: fields.includes('timestamp'),
  };
}

function readSummary(json: string, name: string): Contents {
  const summary = readPartialSummary(json, name);
  const { groups, messages, last, source, period, timezone, rules, currency } = summary;
  const sum = addSums(groups);
  return {
    count: messages,
    credits: sum.credits,
    cost: currency === undefined ? undefined : (sum.cost ?? NO_COST),
    currency,
    byKind: undefined,
    named: undefined,
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

async function headOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  let head = Buffer.alloc(0);
  for await (const chunk of bytes) {
    head = Buffer.concat([head, chunk]);
    if (head.length >= HEAD) break;
  }
  return head.toString('utf8');
}
