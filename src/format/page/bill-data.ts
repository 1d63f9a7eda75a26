import type { Kind } from '../../usage/pricing/priced-row.js';

/** What the page says about the bill as a whole. */
export interface PageMeta {
  /** Where the bill came from, without credentials. */
  readonly source: string;
  readonly period: string;
  /** IANA name of the zone in which days begin and times are shown. */
  readonly timezone: string;
  /** The pricing ruleset. */
  readonly rules: string;
  /** RFC 3339: when the bill was computed. */
  readonly asOf: string;
  /** RFC 3339: the earliest and the latest message; absent when there is none. */
  readonly from?: string;
  readonly to?: string;
  readonly state?: 'open' | 'closed';
  /** Credits of all rows, exact digits. */
  readonly total: string;
  /** Number of rows. */
  readonly count: number;
  /** The command left rows out, so that `total` is not the whole period's. */
  readonly filtered: boolean;
}

/** One message of the bill. */
export interface PageRow {
  /** An integer of any size, in decimal. */
  readonly messageId: string;
  /** RFC 3339, exactly as upstream sent it. */
  readonly timestamp: string;
  /** Where a report priced the message. */
  readonly reportName?: string;
  readonly kind: Kind;
  /** Exact digits: no exponent, no sign of a plus, no grouping. */
  readonly credits: string;
  /** YYYY-MM-DD in the page's zone. */
  readonly day: string;
}

/** In the order they are stacked, listed and numbered. */
export const KINDS = ['report', 'text', 'missing-report'] as const satisfies readonly Kind[];

/**
 * A row as it is embedded: `[messageId, timestamp, day, kind's index, credits, reportName?]`. Arrays, because
 * the keys of 100,000 objects would be half of the file.
 */
export type WireRow = [string, string, string, number, string, string?];

/** What a row is made of: a priced message with its kind, its credits and its day as the page shows them. */
interface RowSource {
  readonly message: { readonly id: number | bigint; readonly timestamp: string };
  readonly report?: { readonly name: string } | undefined;
  readonly kind: Kind;
  readonly credits: string;
  readonly day: string;
}

export function pageRow({ message, report, kind, credits, day }: RowSource): PageRow {
  const { id, timestamp } = message;
  return {
    messageId: `${id}`,
    timestamp,
    ...(report !== undefined && { reportName: report.name }),
    kind,
    credits,
    day,
  };
}

export function encodeRow(row: PageRow): WireRow {
  const { messageId, timestamp, day, kind, credits, reportName } = row;
  const wire: WireRow = [messageId, timestamp, day, KINDS.indexOf(kind), credits];
  if (reportName !== undefined) wire.push(reportName);
  return wire;
}

/** Throws a TypeError when `value` is not what `encodeRow` makes. */
export function decodeRow(value: unknown): PageRow {
  if (!Array.isArray(value)) throw new TypeError('a row is not an array');
  const [messageId, timestamp, day, kindIndex, credits, reportName]: unknown[] = value;
  const kind = typeof kindIndex === 'number' ? KINDS[kindIndex] : undefined;
  if (
    typeof messageId !== 'string' ||
    typeof timestamp !== 'string' ||
    typeof day !== 'string' ||
    kind === undefined ||
    typeof credits !== 'string'
  ) {
    throw new TypeError('a row lacks a field');
  }
  const row = { messageId, timestamp, day, kind, credits };
  if (reportName === undefined) return row;
  if (typeof reportName !== 'string') throw new TypeError('a report name is not text');
  return { ...row, reportName };
}
