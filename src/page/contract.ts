import type { Kind } from '../usage/item.js';

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
