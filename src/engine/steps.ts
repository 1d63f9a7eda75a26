import type { Decimal } from 'decimal.js';
import { type Amount, addAmounts, compareAmounts, multiplyAmount, subtractAmounts } from './amount.js';
import type { Rates } from './rates.js';
import type { Measure } from './text/measure.js';

export type StepName =
  | 'base'
  | 'characters'
  | 'short-words'
  | 'medium-words'
  | 'long-words'
  | 'third-vowels'
  | 'length'
  | 'unique-words'
  | 'palindrome'
  | 'minimum';

/**
 * One line of an explanation. The amounts of all steps add up to the price exactly. A step has a rate, a factor
 * or a minimum; the step of unique words has both a rate and a minimum.
 */
export interface Step {
  readonly step: StepName;
  /** How often the rule applied; 0 where it did not. */
  readonly count: number;
  /** Credits each time. Negative for a bonus. */
  readonly rate?: Amount;
  /** What the total of the steps before is multiplied by. */
  readonly factor?: number | Decimal;
  /** What the total is not below after this step. */
  readonly minimum?: Amount;
  /** Credits that the step adds to the total: count times rate, except for a factor and where a minimum cuts it. */
  readonly amount: Amount;
}

export function countedStep(step: StepName, count: number, rate: Amount): Step {
  return { step, count, rate, amount: multiplyAmount(rate, count) };
}

export function sumSteps(steps: readonly Step[]): Amount {
  return steps.reduce<Amount>((total, { amount }) => addAmounts(total, amount), 0);
}

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
  const { minimum } = rates;
  if (!measure.allWordsUnique) return { step: 'unique-words', count: 0, rate, minimum, amount: 0 };
  const reduced = subtractAmounts(before, rates.uniqueWordsBonus);
  const after = compareAmounts(reduced, minimum) < 0 ? minimum : reduced;
  return { step: 'unique-words', count: 1, rate, minimum, amount: subtractAmounts(after, before) };
}

/** What a palindrome adds to a price of `before`: with a factor of 2, as much again. */
export function palindromeStep(measure: Measure, rates: Rates, before: Amount): Step {
  const factor = rates.palindromeFactor;
  if (!measure.palindrome) return { step: 'palindrome', count: 0, factor, amount: 0 };
  const amount = subtractAmounts(multiplyAmount(before, factor), before);
  return { step: 'palindrome', count: 1, factor, amount };
}
