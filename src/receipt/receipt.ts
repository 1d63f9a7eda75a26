import { type Ruleset, UNICODE_VERSION } from '../engine/index.js';
import type { InputDigests } from '../source/digest-source.js';
import type { Kind } from '../usage/pricing/priced-row.js';

export const RECEIPT_FORMAT = 'o-copilot-receipt/1';

/** The versions of the data that a bill follows: letters, numbers and their cases; time zones. */
export interface DataTables {
  /** Built into the program. */
  readonly unicode: string;
  /** That of Node; `unknown` where Node has none of its own. */
  readonly tz: string;
}

export function dataTables(): DataTables {
  return { unicode: UNICODE_VERSION, tz: process.versions.tz ?? 'unknown' };
}

/** A flag of the command line, as a receipt retains it. */
export type ReceiptFlag = string | boolean | readonly string[];

/** Every flag that a receipt may hold, by long name: those that the command line declares as shaping an export's bytes. */
export const RECEIPT_FLAGS = [
  'format',
  'color',
  'timezone',
  'rules',
  'credit-price',
  'currency',
  'budget',
  'period',
  'fields',
  'account-id',
  'account-name',
  'with-text',
  'delimiter',
  'bom',
  'formula-guard',
  'since',
  'until',
  'report',
  'kind',
  'sort',
  'desc',
  'limit',
  'offset',
  'by',
  'as-of',
  'duplicates',
] as const;

/** What an export is, what it was made from and how: enough to check it, and to make it again. */
export interface Receipt {
  readonly format: typeof RECEIPT_FORMAT;
  /** `o-copilot 1.2.3`. */
  readonly program: string;
  readonly command: 'usage' | 'summary';
  /** Every flag that shapes the bytes, defaults and settings of the environment included; no secret among them. */
  readonly flags: Readonly<Record<string, ReceiptFlag>>;
  readonly source: string;
  readonly period: string;
  /** `open`: messages may still come. */
  readonly state: 'open' | 'closed';
  /** What was taken for now: RFC 3339, UTC, whole seconds. */
  readonly as_of: string;
  readonly rules: {
    readonly ruleset: Ruleset;
    readonly version: number;
    /** SHA-256 in hex of the file of `--rates`; null without one. */
    readonly rates_sha256: string | null;
  };
  /** Undefined in a receipt of a version that did not write it. */
  readonly tables: DataTables | undefined;
  readonly inputs: {
    readonly messages_sha256: InputDigests['messages'];
    readonly reports: InputDigests['reports'];
    readonly missing_reports: InputDigests['missing'];
  };
  /** Messages read, before any was left out. */
  readonly messages: number;
  readonly rows: RowSums & {
    /** All digits; undefined where a credit had no price, and so is its currency. */
    readonly cost?: string | undefined;
    readonly currency?: string | undefined;
    readonly by_kind: Readonly<Record<Kind, RowSums>>;
  };
  readonly output: { readonly sha256: string };
}

export interface RowSums {
  readonly count: number;
  /** All digits, as a string: no reader of JSON can round it. */
  readonly credits: string;
}

export function writeReceipt(receipt: Receipt): string {
  return `${JSON.stringify(receipt, null, 2)}\n`;
}

/** A difference from the receipt. */
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
  const found = leavesOf(again, '');
  return [...leavesOf(receipt, '')].flatMap(([what, value]) => {
    if (what === 'program' || /^(flags|tables)\b/.test(what)) return [];
    const other = found.get(what) ?? 'nothing';
    return value === other ? [] : [{ what, receipt: value, found: other }];
  });
}

/** Each value in a receipt by its path; a list is one value. */
export function leavesOf(value: unknown, path: string): Map<string, string> {
  if (Array.isArray(value)) return new Map([[path, value.join(' ') || 'none']]);
  if (value === undefined) return new Map();
  if (typeof value !== 'object' || value === null) return new Map([[path, String(value)]]);
  return new Map(
    Object.entries(value).flatMap(([key, member]) => [
      ...leavesOf(member, path === '' ? key : `${path}.${key}`),
    ]),
  );
}
