import { formatAmount, PUBLISHED_RATES, type Rates, toDecimal } from '../engine/index.js';
import type { PriceStep } from '../usage/pricing/message-pricer.js';

/** What each step of a price is called, with the lengths of the rates that priced it. */
export function stepLabels(rates: Rates = PUBLISHED_RATES): Readonly<Record<PriceStep['step'], string>> {
  const { mediumFrom, longFrom, lengthLimit } = rates.thresholds;
  return {
    base: 'Base',
    characters: 'Characters',
    'short-words': `Words of ${lengths(1, mediumFrom - 1)} characters`,
    'medium-words': `Words of ${lengths(mediumFrom, longFrom - 1)} characters`,
    'long-words': `Words of ${longFrom} or more characters`,
    'third-vowels': 'Third vowels',
    length: `More than ${lengthLimit} characters`,
    'unique-words': `No word twice, but never below ${formatAmount(rates.minimum)}`,
    palindrome: `Palindrome, the total ${times(rates)}`,
    minimum: 'Minimum of 1',
    report: 'Report',
  };
}

function lengths(first: number, last: number): string {
  if (last < first) return 'no';
  return first === last ? `${first}` : `${first} to ${last}`;
}

function times({ palindromeFactor }: Rates): string {
  if (palindromeFactor === 2) return 'doubles';
  return `times ${factorText(palindromeFactor)}`;
}

/** All digits, without an exponent. */
export function factorText(factor: Rates['palindromeFactor']): string {
  return typeof factor === 'number' ? `${factor}` : toDecimal(factor).toFixed();
}
