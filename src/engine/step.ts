import type { Decimal } from 'decimal.js';
import { type Amount, addAmounts, multiplyAmount } from './amount.js';

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
