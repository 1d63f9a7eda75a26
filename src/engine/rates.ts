import type { Decimal } from 'decimal.js';
import { type Amount, compareAmounts, ExactDecimal, hundredths, ZERO } from './amount.js';
import {
  AMOUNT_RATES,
  type AmountName,
  FACTOR_RATES,
  type FactorName,
  type Ruleset,
  recordOf,
  THRESHOLDS,
} from './rules.js';
import { PUBLISHED_THRESHOLDS, type Thresholds } from './text/word-tally.js';

/** A rate card for the ruleset `published`; `rules.ts` says what each rate is for. Amounts are not negative. */
export interface Rates
  extends Readonly<Record<AmountName, Amount>>,
    /** A whole number from 1, or a Decimal for anything finer. */
    Readonly<Record<FactorName, number | Decimal>> {
  readonly thresholds: Thresholds;
}

/** The figures of the billing team (docs/pricing.md). */
export const PUBLISHED_RATES: Rates = {
  ...recordOf(AMOUNT_RATES, ({ published }) => hundredths(published)),
  ...recordOf(FACTOR_RATES, ({ published }) => published),
  thresholds: PUBLISHED_THRESHOLDS,
};

/** 4 characters are one token and 100 tokens are 40 credits, so a character is 0.1 credits. */
const TOKEN_RATES: Rates = { ...PUBLISHED_RATES, character: hundredths(10) };

/** The checked card of a ruleset. Only `published` can have another than the default. */
export function ratesFor(ruleset: Ruleset, rates: Rates | undefined): Rates {
  if (rates === undefined) return ruleset === 'tokens' ? TOKEN_RATES : PUBLISHED_RATES;
  if (ruleset !== 'published') throw new RangeError(`the ruleset ${ruleset} has rates of its own`);
  checkRates(rates);
  return rates;
}

/** @throws {RangeError} naming the rate that is no amount, negative, or a threshold out of order */
export function checkRates(rates: Rates): void {
  for (const { name } of AMOUNT_RATES) {
    const rate = rates[name];
    const exact = typeof rate === 'number' ? Number.isSafeInteger(rate) : rate.isFinite();
    if (!exact || compareAmounts(rate, ZERO) < 0)
      throw new RangeError(`${name} must be an amount from 0: ${rate}`);
  }
  for (const { name } of FACTOR_RATES) {
    const factor = rates[name];
    const possible = typeof factor === 'number' ? Number.isSafeInteger(factor) : factor.isFinite();
    if (!possible || new ExactDecimal(factor).lt(1)) {
      throw new RangeError(`${name} must be a whole number, or a Decimal, from 1: ${factor}`);
    }
  }
  for (const threshold of THRESHOLDS) {
    const length = rates.thresholds[threshold.name];
    const least = leastOf(threshold, rates.thresholds);
    if (!Number.isSafeInteger(length) || length < least) {
      throw new RangeError(`${threshold.name} must be a whole number from ${least}: ${length}`);
    }
  }
}

/** The lowest value of a threshold beside the others. */
export function leastOf(threshold: (typeof THRESHOLDS)[number], thresholds: Partial<Thresholds>): number {
  const other = 'notBelow' in threshold ? thresholds[threshold.notBelow] : undefined;
  return Math.max(threshold.least, other ?? 0);
}

/** No engine makes longer strings, so no count is higher. */
const LONGEST_STRING = 2 ** 31;

/** Whether rates price any text in whole hundredths of a credit, within the safe integers. */
export function areWholeRates(rates: Rates): boolean {
  let highest = 0;
  for (const { name } of AMOUNT_RATES) {
    const rate = rates[name];
    if (typeof rate !== 'number') return false;
    highest += rate * LONGEST_STRING;
  }
  for (const { name } of FACTOR_RATES) {
    const factor = rates[name];
    if (typeof factor !== 'number') return false;
    highest *= factor;
  }
  return highest <= Number.MAX_SAFE_INTEGER;
}
