import { parseInstant } from '../../calendar/instant.js';
import { ExactDecimal } from '../../engine/amount.js';
import { type Amount, formatAmount, parseAmount, type Rates } from '../../engine/index.js';
import { AMOUNT_RATES, FACTOR_RATES, recordOf, THRESHOLDS } from '../../engine/rules.js';
import type { DatedRates } from '../../rates/rate-card.js';

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
