import { type Amount, compareAmounts, multiplyAmount, subtractAmounts } from './amount.js';
import type { Measure } from './measure.js';
import type { Rates } from './rates.js';
import { countedStep, type Step } from './step.js';

/** The steps that only count, in the order of pricing.md: base to length. */
export function countingSteps(measure: Measure, rates: Rates): Step[] {
  return [
    countedStep('base', 1, rates.base),
    countedStep('characters', measure.characters, rates.character),
    countedStep('short-words', measure.shortWords, rates.shortWord),
    countedStep('medium-words', measure.mediumWords, rates.mediumWord),
    countedStep('long-words', measure.longWords, rates.longWord),
    countedStep('third-vowels', measure.thirdVowels, rates.thirdVowel),
    countedStep('length', measure.overLength ? 1 : 0, rates.overLength),
  ];
}

/** The bonus on a price of `before`; the amount is the actual difference, cut by the minimum. */
export function uniqueWordsStep(measure: Measure, rates: Rates, before: Amount): Step {
  const rate = subtractAmounts(0, rates.uniqueWordsBonus);
  if (!measure.allWordsUnique) return { step: 'unique-words', count: 0, rate, amount: 0 };
  const reduced = subtractAmounts(before, rates.uniqueWordsBonus);
  const after = compareAmounts(reduced, rates.minimum) < 0 ? rates.minimum : reduced;
  return { step: 'unique-words', count: 1, rate, amount: subtractAmounts(after, before) };
}

/** What a palindrome adds to a price of `before`: with a factor of 2, as much again. */
export function palindromeStep(measure: Measure, rates: Rates, before: Amount): Step {
  const rate = subtractAmounts(multiplyAmount(before, rates.palindromeFactor), before);
  return countedStep('palindrome', measure.palindrome ? 1 : 0, rate);
}
