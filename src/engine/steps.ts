import type { Decimal } from 'decimal.js';
import { type Amount, addAmounts, compareAmounts, multiplyAmount, subtractAmounts, ZERO } from './amount.js';
import type { Rates } from './rates.js';
import { RULES, RULES_OF, type RuleName, type Ruleset } from './rules.js';
import { type Counts, PLACES } from './text/measure.js';

export type StepName = RuleName;

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

/** The steps of a price, one for each rule of the ruleset. */
export function stepsOf(ruleset: Ruleset, counts: Counts, rates: Rates): Step[] {
  const steps: Step[] = [];
  let total = ZERO;
  for (const name of RULES_OF[ruleset]) {
    const step = stepOf(name, counts, rates, total);
    steps.push(step);
    total = addAmounts(total, step.amount);
  }
  return steps;
}

export function sumSteps(steps: readonly Step[]): Amount {
  return steps.reduce<Amount>((total, { amount }) => addAmounts(total, amount), ZERO);
}

/** What a rule does to a price of `before`. */
function stepOf(step: RuleName, counts: Counts, rates: Rates, before: Amount): Step {
  const rule = RULES[step];
  switch (rule.kind) {
    case 'unit': {
      const count = counts[PLACES[rule.counts]] ?? 0;
      const rate = rates[rule.rate.name];
      if (!('takenOff' in rule)) return { step, count, rate, amount: multiplyAmount(rate, count) };
      const minimum = rates[rule.takenOff.floor.name];
      const off = subtractAmounts(ZERO, rate);
      if (count === 0) return { step, count, rate: off, minimum, amount: ZERO };
      const after = atLeast(addAmounts(before, multiplyAmount(off, count)), minimum);
      return { step, count, rate: off, minimum, amount: subtractAmounts(after, before) };
    }
    case 'factor': {
      const count = counts[PLACES[rule.counts]] ?? 0;
      const factor = rates[rule.factor.name];
      if (count === 0) return { step, count, factor, amount: ZERO };
      return { step, count, factor, amount: subtractAmounts(multiplyAmount(before, factor), before) };
    }
    case 'minimum': {
      const minimum = rates[rule.minimum.name];
      const amount = subtractAmounts(atLeast(before, minimum), before);
      return { step, count: compareAmounts(amount, ZERO) > 0 ? 1 : 0, minimum, amount };
    }
  }
}

function atLeast(amount: Amount, minimum: Amount): Amount {
  return compareAmounts(amount, minimum) < 0 ? minimum : amount;
}
