import { type Instant, instantOf, latest } from '../calendar/instant.js';
import { formatAmount, parseAmount, RULESETS } from '../engine/index.js';
import { DataError } from '../errors.js';
import { type ObjectReader, readDocument } from '../json/object-reader.js';
import { type CreditPrices, CURRENCIES, formatCost, parseCost } from '../rates/money.js';
import { recordByKind, type UsageItem } from '../usage/pricing/priced-row.js';
import { createTotals, type Sum, type Totals } from '../usage/pricing/sums.js';
import { type DataTables, RECEIPT_FLAGS, type ReceiptFlag } from './flags.js';

export const RECEIPT_FORMAT = 'o-copilot-receipt/1';

/** What an export is, what it was made from and how: enough to check it, and to make it again. */
export type Receipt = ReturnType<typeof readReceipt>;

/** @throws DataError naming the member of `file` that is not as a receipt has it */
export function readReceipt(json: string, file: string) {
  const at = readDocument(json, file);
  if (at.members.get('format') !== RECEIPT_FORMAT) {
    throw new DataError(file, `is not a receipt of the format ${RECEIPT_FORMAT}`);
  }
  return at.exactly(readMembers);
}

function readMembers(at: ObjectReader) {
  return {
    format: RECEIPT_FORMAT,
    /** `o-copilot 1.2.3`. */
    program: at.text('program'),
    command: at.choice('command', ['usage', 'summary']),
    /** Every flag that shapes the bytes, defaults and settings of the environment included; no secret among them. */
    flags: readFlags(at.object('flags').only(RECEIPT_FLAGS)),
    source: at.text('source'),
    period: at.text('period'),
    /** `open`: messages may still come. */
    state: at.choice('state', ['open', 'closed']),
    /** What was taken for now: RFC 3339, UTC, whole seconds. */
    as_of: at.matching('as_of', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    rules: at.object('rules').exactly((rules) => ({
      ruleset: rules.choice('ruleset', RULESETS),
      version: rules.count('version'),
      /** Of the file of `--rates`; null without one. */
      rates_sha256: rules.members.get('rates_sha256') === null ? null : sha256In(rules, 'rates_sha256'),
    })),
    /** Undefined in a receipt of a version that did not write it. */
    tables: at.members.has('tables') ? at.object('tables').exactly(readTables) : undefined,
    inputs: at.object('inputs').exactly((inputs) => ({
      messages_sha256: sha256In(inputs, 'messages_sha256'),
      reports: inputs.object('reports').exactly((reports) => ({
        count: reports.count('count'),
        sha256: sha256In(reports, 'sha256'),
      })),
      missing_reports: inputs.texts('missing_reports'),
    })),
    /** Messages read, before any was left out. */
    messages: at.count('messages'),
    rows: at.object('rows').exactly((rows) => ({
      ...readSums(rows),
      ...readCost(rows),
      by_kind: rows.object('by_kind').exactly(readKinds),
    })),
    output: at.object('output').exactly((output) => ({ sha256: sha256In(output, 'sha256') })),
  } as const;
}

const readKinds = (kinds: ObjectReader) => recordByKind((kind) => kinds.object(kind).exactly(readSums));

const readTables = (at: ObjectReader): DataTables => ({ unicode: at.text('unicode'), tz: at.text('tz') });

const sha256In = (at: ObjectReader, key: string) => at.matching(key, /^[0-9a-f]{64}$/);

export type RowSums = ReturnType<typeof readSums>;

function readSums(sums: ObjectReader) {
  // All digits, as a string: no reader of JSON can round it.
  const credits = sums.text('credits');
  if (parseAmount(credits) === undefined) throw sums.error('credits', 'an amount of credits');
  return { count: sums.count('count'), credits };
}

interface RowCost {
  /** All digits; undefined where a credit had no price, and so is its currency. */
  readonly cost?: string;
  readonly currency?: string;
}

function readCost(rows: ObjectReader): RowCost {
  if (!rows.members.has('cost') && !rows.members.has('currency')) return {};
  const cost = rows.text('cost');
  if (parseCost(cost) === undefined) throw rows.error('cost', 'an amount of money');
  return { cost, currency: rows.choice('currency', CURRENCIES) };
}

function readFlags(flags: ObjectReader): Readonly<Record<string, ReceiptFlag>> {
  const isPlain = (value: unknown) => typeof value === 'string' || typeof value === 'boolean';
  const read = ([name, value]: [string, unknown]) => [name, isPlain(value) ? value : flags.texts(name)];
  return Object.fromEntries([...flags.members].map(read));
}

/** Sums up the rows of an export on their way, and sees when the latest message was sent. */
export function observeRows() {
  let totals = createTotals();
  let currency: string | undefined;
  let last: Instant | undefined;

  return {
    /** The same rows; each call begins anew, as the reading of a document does. */
    async *watch(batches: AsyncIterable<UsageItem[]>, prices?: CreditPrices): AsyncGenerator<UsageItem[]> {
      totals = createTotals(prices);
      currency = prices?.currency;
      last = undefined;
      for await (const items of batches) {
        totals.add(items);
        for (const { message } of items) last = latest(last, instantOf(message.timestamp));
        yield items;
      }
    },
    value: () => ({ rows: rowSums(totals.value(), currency), last }),
  };
}

/** The sums as a receipt writes them. */
function rowSums(totals: Totals, currency: string | undefined): Receipt['rows'] {
  const sums = ({ messages, credits }: Sum) => ({ count: messages, credits: formatAmount(credits) });
  return {
    ...sums(totals),
    ...(totals.cost && currency && { cost: formatCost(totals.cost), currency }),
    by_kind: recordByKind((kind) => sums(totals.byKind[kind])),
  };
}

export function writeReceipt(receipt: Receipt): string {
  return `${JSON.stringify(receipt, null, 2)}\n`;
}

export interface Difference {
  /** The member of the receipt: `output.sha256`. */
  readonly what: string;
  readonly receipt: string;
  readonly found: string;
}

/**
 * The differences of a bill computed again. Who made it, with which flags and data tables and when is
 * not compared: those are what it was computed again with.
 */
export function compareReceipts(receipt: Receipt, again: Receipt): Difference[] {
  const found = leavesOf(again);
  return [...leavesOf(receipt)].flatMap(([what, value]) => {
    if (what === 'program' || /^(flags|tables)\b/.test(what)) return [];
    const other = found.get(what) ?? 'nothing';
    return value === other ? [] : [{ what, receipt: value, found: other }];
  });
}

/** Each value in a receipt by its path; a list is one value. */
export function leavesOf(value: unknown, path = ''): Map<string, string> {
  if (Array.isArray(value)) return new Map([[path, value.join(' ') || 'none']]);
  if (value === undefined) return new Map();
  if (typeof value !== 'object' || value === null) return new Map([[path, String(value)]]);
  return new Map(
    Object.entries(value).flatMap(([key, member]) => [
      ...leavesOf(member, path === '' ? key : `${path}.${key}`),
    ]),
  );
}
