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

/** One line of an explanation. The amounts of all steps add up to the price exactly. */
export interface Step {
  readonly step: StepName;
  /** How often the rule applied; 0 where it did not. */
  readonly count: number;
  /** Credits each time. Negative for a bonus. */
  readonly rate: Amount;
  /** Credits in all: count times rate, less what a minimum took back. */
  readonly amount: Amount;
}

export function countedStep(step: StepName, count: number, rate: Amount): Step {
  return { step, count, rate, amount: multiplyAmount(rate, count) };
}

export function sumSteps(steps: readonly Step[]): Amount {
  return steps.reduce<Amount>((total, { amount }) => addAmounts(total, amount), 0);
}
