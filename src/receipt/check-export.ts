import { compareInstants, type Instant, parseInstant } from '../calendar/instant.js';
import { isTimeZone, openTimeZone, periodState } from '../calendar/time-zone.js';
import { readExport } from '../document/export.js';
import { type ExportFormat, exportFormat, READABLE_FORMATS } from '../document/export-format.js';
import type { ExportRow } from '../document/records.js';
import { type Amount, addAmounts, formatAmount, subtractAmounts, ZERO } from '../engine/index.js';
import { DataError } from '../errors.js';
import { addCosts, type Cost, formatCost, NO_COST } from '../rates/money.js';
import { KINDS, type Kind } from '../usage/pricing/priced-row.js';
import { addSums } from '../usage/pricing/sums.js';
import { readPartialSummary } from '../usage/summary/partial-summary.js';
import { contradictions } from './contradictions.js';
import type { Receipt, RowSums } from './receipt.js';
import { type Difference, leavesOf } from './receipt.js';

/** An export whose bytes can be read more than once. */
export interface CheckedExport {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: () => AsyncIterable<Uint8Array>;
}

/** What the export and the receipt show by themselves. */
export interface OfflineCheck {
  readonly differences: readonly Difference[];
  /** Members of the receipt that nothing confirmed. */
  readonly unchecked: readonly string[];
  /** Why the rows were not read; undefined where they were. */
  readonly unread: string | undefined;
}

/** What an export contains; undefined where it has no such field. */
interface Found {
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
const READABLE: readonly unknown[] = READABLE_FORMATS;

/**
 * Checks a receipt against the bytes and the rows of its export, and its members against each other.
 *
 * @param usualFields the fields of a row where the receipt names none
 */
export async function checkExport(
  receipt: Receipt,
  file: CheckedExport,
  usualFields: readonly string[],
): Promise<OfflineCheck> {
  const differences: Difference[] = [];
  const confirmed = new Set<string>(['format']);
  const compare = (what: string, expected: string, found: string, confirms = true) => {
    if (expected !== found) differences.push({ what, receipt: expected, found });
    else if (confirms) confirmed.add(what);
  };

  compare('output.sha256', receipt.output.sha256, file.sha256);
  differences.push(...contradictions(receipt));
  const unread = unreadable(receipt, usualFields);
  if (unread === undefined) {
    const found = await read(receipt, file, usualFields).catch((error: unknown) => {
      if (!(error instanceof DataError)) throw error;
      differences.push({
        what: 'rows',
        receipt: `${receipt.rows.count} that can be read`,
        found: error.message,
      });
      return undefined;
    });
    if (found !== undefined) compareFound(receipt, found, compare);
  }
  const unchecked = [...leavesOf(receipt, '').keys()].filter((path) => !confirmed.has(path));
  return { differences, unchecked, unread };
}

function compareFound(
  receipt: Receipt,
  found: Found,
  compare: (what: string, expected: string, found: string) => void,
): void {
  const { rows } = receipt;
  const { count, credits, cost, currency, last, dated, members } = found;
  compare('rows.count', `${rows.count}`, `${count}`);
  compare('rows.credits', rows.credits, formatAmount(credits));
  if (cost !== undefined) compare('rows.cost', rows.cost ?? 'nothing', formatCost(cost));
  if (currency !== undefined) compare('rows.currency', rows.currency ?? 'nothing', currency);
  const byKind = found.byKind ?? kindsByName(receipt, found);
  for (const kind of KINDS) {
    const sums = byKind[kind];
    if (sums === undefined) continue;
    compare(`rows.by_kind.${kind}.count`, `${rows.by_kind[kind].count}`, `${sums.count}`);
    compare(`rows.by_kind.${kind}.credits`, rows.by_kind[kind].credits, sums.credits);
  }
  const expected = leavesOf(receipt, '');
  for (const [path, value] of Object.entries(members)) compare(path, expected.get(path) ?? 'nothing', value);
  const { timezone } = receipt.flags;
  const asOf = parseInstant(receipt.as_of);
  if (dated && asOf !== undefined && typeof timezone === 'string' && isTimeZone(timezone)) {
    compare('state', receipt.state, periodState(last, openTimeZone(timezone), asOf));
  }
}

/** What the names of reports show: all kinds where no report was missing, and none where a report may have no name. */
function kindsByName(
  { rows, inputs }: Receipt,
  { count, credits, named }: Found,
): Partial<Record<Kind, RowSums>> {
  if (named === undefined || named.count < rows.by_kind.report.count) return {};
  const report = { count: named.count, credits: formatAmount(named.credits) };
  if (inputs.missing_reports.length > 0) return { report };
  const text = { count: count - named.count, credits: formatAmount(subtractAmounts(credits, named.credits)) };
  return { report, text, 'missing-report': { count: 0, credits: '0' } };
}

/** Why the rows of the export cannot be read back; undefined where they can. */
function unreadable({ flags, command }: Receipt, usualFields: readonly string[]): string | undefined {
  const { format } = flags;
  if (command === 'summary') return format === 'json' ? undefined : `a summary as ${format} is not read back`;
  if (!READABLE.includes(format)) return `${format} is not read back`;
  const fields = fieldsOf(flags.fields, usualFields);
  const missing = ['message_id', 'credits_used'].find((field) => !fields.includes(field));
  return missing === undefined ? undefined : `the rows have no ${missing}`;
}

async function read(
  { command, flags }: Receipt,
  { name, bytes }: CheckedExport,
  usualFields: readonly string[],
): Promise<Found> {
  if (command === 'summary') return readSummary(await textOf(bytes()), name);
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
): Promise<Omit<Found, 'members'>> {
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

function readSummary(json: string, name: string): Found {
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

function fieldsOf(flag: unknown, usualFields: readonly string[]): readonly string[] {
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

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
