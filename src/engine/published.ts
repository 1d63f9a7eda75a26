import type { Amount } from './amount.js';
import type { Measure } from './measurer.js';
import { countingSteps, palindromeStep, uniqueWordsStep } from './rate-steps.js';
import type { Rates } from './rates.js';
import { type Step, sumSteps } from './step.js';
import { areWholeRates, type WholeRates } from './whole-rates.js';

/** What counts cost by these rates. */
export function publishedPrice(rates: Rates): (counts: Measure) => Amount {
  return areWholeRates(rates)
    ? (counts) => priceInHundredths(counts, rates)
    : (counts) => sumSteps(publishedSteps(counts, rates));
}

export function publishedSteps(counts: Measure, rates: Rates): Step[] {
  const steps = countingSteps(counts, rates);
  steps.push(uniqueWordsStep(counts, rates, sumSteps(steps)));
  steps.push(palindromeStep(counts, rates, sumSteps(steps)));
  return steps;
}

/** The sum of `publishedSteps`, on the hot path. */
function priceInHundredths(counts: Measure, rates: WholeRates): number {
  let total =
    rates.base +
    counts.characters * rates.character +
    counts.shortWords * rates.shortWord +
    counts.mediumWords * rates.mediumWord +
    counts.longWords * rates.longWord +
    counts.thirdVowels * rates.thirdVowel;
  if (counts.overLength) total += rates.overLength;
  if (counts.allWordsUnique) total = Math.max(total - rates.uniqueWordsBonus, rates.minimum);
  return counts.palindrome ? total * rates.palindromeFactor : total;
}
