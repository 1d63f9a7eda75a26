import { parseInstant } from '../../calendar/instant.js';
import { ExactDecimal } from '../../engine/amount.js';
import { type Amount, formatAmount, parseAmount, type Rates } from '../../engine/index.js';
import { AMOUNT_RATES, FACTOR_RATES, recordOf, THRESHOLDS } from '../../engine/rules.js';
import type { DatedRates } from '../../rates/rate-card.js';

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

/** What the page says of the end of the period and its limit, as `budget` does. Amounts are exact digits. */
export interface PageOutlook {
  /** `credits`, or the currency of the amounts. */
  readonly unit: string;
  readonly firstDay: number;
  readonly lastDay: number;
  /** What is used by the end of each day from today on; absent where the period is closed, or it is too early to say. */
  readonly projection?: readonly ProjectedDay[];
  readonly limit?: string;
  readonly statements: readonly Statement[];
}

type ProjectedDay = readonly [day: number, projected: string, low: string, high: string];

/** Something to know of the period as a whole: beside its totals, and in a sentence. */
export interface Statement {
  readonly name: string;
  readonly value: string;
  readonly note: string;
  readonly sentence: string;
  /** Of a limit, used from 0 to 1. */
  readonly share?: number;
  /** Beyond the limit. */
  readonly over?: boolean;
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

/** An entry of a file of rates as the page embeds it: a browser's JSON would round numbers of many digits. */
export interface PageRates {
  /** RFC 3339: the first instant they hold. */
  readonly from: string;
  /** Exact digits of each amount, factor and threshold. */
  readonly values: Readonly<Record<string, string>>;
}

export function encodeRates({ written, rates }: DatedRates): PageRates {
  const { thresholds } = rates;
  return {
    from: parseInstant(written) === undefined ? `${written}T00:00:00Z` : written,
    values: Object.fromEntries([
      ...AMOUNT_RATES.map(({ name }) => [name, formatAmount(rates[name])]),
      ...FACTOR_RATES.map(({ name }) => [name, new ExactDecimal(rates[name]).toFixed()]),
      ...THRESHOLDS.map(({ name }) => [name, `${thresholds[name]}`]),
    ]),
  };
}

/** @throws TypeError for what `encodeRates` does not make */
export function decodeRates({ from, values }: PageRates): DatedRates {
  const validFrom = parseInstant(from);
  if (validFrom === undefined) throw new TypeError(`rates from ${from}`);
  const amount = ({ name }: { readonly name: string }): Amount => {
    const value = parseAmount(values[name] ?? '');
    if (value === undefined) throw new TypeError(`no rate ${name}`);
    return value;
  };
  const rates: Rates = {
    ...recordOf(AMOUNT_RATES, amount),
    ...recordOf(FACTOR_RATES, ({ name }) => factorOf(values[name])),
    thresholds: recordOf(THRESHOLDS, ({ name }) => Number(values[name])),
  };
  return { validFrom, written: from, rates };
}

/** A whole number where it is one, as in a file of rates: its label differs. */
function factorOf(digits = ''): Rates['palindromeFactor'] {
  const factor = new ExactDecimal(digits);
  return factor.isInteger() && factor.lte(Number.MAX_SAFE_INTEGER) ? factor.toNumber() : factor;
}
