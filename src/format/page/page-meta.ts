import type { PageOutlook } from './outlook.js';
import type { PageRates } from './page-rates.js';

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
  /** Of a file of rates, the earliest first; absent where the ruleset's own hold. */
  readonly rates?: readonly PageRates[];
  /** What all rows cost, exact digits, where a credit has a price. */
  readonly cost?: string;
  readonly currency?: string;
  /** Digits of the currency's minor unit. */
  readonly minorUnits?: number;
  /** Of the period as a whole. */
  readonly outlook?: PageOutlook;
  /** The rows have their texts. */
  readonly withText?: true;
}

/** Throws a TypeError when `value` is not what the command writes. */
export function decodeMeta(value: unknown): PageMeta {
  if (!isMeta(value)) throw new TypeError('the description of the bill lacks a field');
  return value;
}

function isMeta(value: unknown): value is PageMeta {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  const areOf = (type: string, ...names: string[]) => names.every((name) => typeof fields.get(name) === type);
  const mayBe = (type: string, ...names: string[]) =>
    names.every((name) => !fields.has(name) || typeof fields.get(name) === type);
  return (
    areOf('string', 'source', 'period', 'timezone', 'rules', 'asOf', 'total') &&
    areOf('number', 'count') &&
    areOf('boolean', 'filtered') &&
    mayBe('string', 'from', 'to', 'state', 'cost', 'currency') &&
    mayBe('number', 'minorUnits') &&
    mayBe('object', 'rates', 'outlook')
  );
}
