import { RATE_NAMES, type Rates } from './rates.js';

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
