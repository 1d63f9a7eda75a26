import type { Decimal } from 'decimal.js';
import { type Amount, compareAmounts, ExactDecimal } from './amount.js';
import type { Ruleset } from './ruleset.js';
import { checkThresholds, PUBLISHED_THRESHOLDS, type Thresholds } from './text/word-tally.js';

/** A rate card for the ruleset `published`. Amounts are not negative. */
export interface Rates {
  readonly base: Amount;
  readonly character: Amount;
  readonly shortWord: Amount;
  readonly mediumWord: Amount;
  readonly longWord: Amount;
  readonly thirdVowel: Amount;
  readonly overLength: Amount;
  /** Taken off where all words are unique. */
  readonly uniqueWordsBonus: Amount;
  /** What is left after the bonus is never less. */
  readonly minimum: Amount;
  /** A palindrome costs so many times as much: a whole number from 1, or a Decimal for anything finer. */
  readonly palindromeFactor: number | Decimal;
  readonly thresholds: Thresholds;
}

/** The figures of the billing team (pricing.md), in hundredths of a credit. */
export const PUBLISHED_RATES: Rates = {
  base: 100,
  character: 5,
  shortWord: 10,
  mediumWord: 20,
  longWord: 30,
  thirdVowel: 30,
  overLength: 500,
  uniqueWordsBonus: 200,
  minimum: 100,
  palindromeFactor: 2,
  thresholds: PUBLISHED_THRESHOLDS,
};

const RATE_NAMES = [
  'base',
  'character',
  'shortWord',
  'mediumWord',
  'longWord',
  'thirdVowel',
  'overLength',
  'uniqueWordsBonus',
  'minimum',
] as const;

/** @throws {RangeError} naming the rate that is no amount, negative, or a threshold out of order */
export function checkRates(rates: Rates): void {
  for (const name of RATE_NAMES) {
    const rate = rates[name];
    const exact = typeof rate === 'number' ? Number.isSafeInteger(rate) : rate.isFinite();
    if (!exact || compareAmounts(rate, 0) < 0)
      throw new RangeError(`${name} must be an amount from 0: ${rate}`);
  }
  const factor = rates.palindromeFactor;
  const possible = typeof factor === 'number' ? Number.isSafeInteger(factor) : factor.isFinite();
  if (!possible || new ExactDecimal(factor).lt(1)) {
    throw new RangeError(`palindromeFactor must be a whole number, or a Decimal, from 1: ${factor}`);
  }
  checkThresholds(rates.thresholds);
}

/** The checked card of a ruleset. Only `published` can have another than the default. */
export function ratesFor(ruleset: Ruleset, rates: Rates | undefined): Rates {
  if (rates === undefined) return PUBLISHED_RATES;
  if (ruleset !== 'published') throw new RangeError(`the ruleset ${ruleset} has rates of its own`);
  checkRates(rates);
  return rates;
}

type RateName = (typeof RATE_NAMES)[number] | 'palindromeFactor';

/** Rates that price any text in whole hundredths of a credit, within the safe integers. */
export type WholeRates = Rates & { readonly [Name in RateName]: number };

/** No engine makes longer strings, so no count is higher. */
const LONGEST_STRING = 2 ** 31;

export function areWholeRates(rates: Rates): rates is WholeRates {
  let highest = 0;
  for (const name of RATE_NAMES) {
    const rate = rates[name];
    if (typeof rate !== 'number') return false;
    highest += rate * LONGEST_STRING;
  }
  const factor = rates.palindromeFactor;
  return typeof factor === 'number' && highest * factor <= Number.MAX_SAFE_INTEGER;
}
