import type { Decimal } from 'decimal.js';
import {
  type Amount,
  addAmounts,
  compareAmounts,
  type Hundredths,
  hundredths,
  multiplyAmount,
  subtractAmounts,
  ZERO,
} from './amount.js';
import { areWholeRates, type Rates, ratesFor, type WholeRates } from './rates.js';
import { RULES, RULES_OF, type RuleName, type Ruleset } from './rules.js';
import { type AsciiBytes, unitText } from './text/code-units.js';
import { type Counts, createCounts, measurer, PLACES } from './text/measure.js';
import { measureForService } from './text/service-measure.js';

/** The price of the window `[start, end)` of `characters` (UTF-16 indexes; the whole string unless said). */
export type TextPricer = (characters: string, start?: number, end?: number) => Amount;

/** The price of the window `[start, end)` of bytes that are all ASCII. */
export type AsciiPricer = (ascii: AsciiBytes, start: number, end: number) => Amount;

/**
 * The function that prices texts by a ruleset. Make it once and price many texts: it reads a window of a
 * larger string without copying it, and `published` with rates of whole hundredths makes one small object.
 * @throws {RangeError} when a rate is wrong, or rates are given to a ruleset that has its own
 */
export function textPricer(ruleset: Ruleset, rates?: Rates): TextPricer {
  return pricers(ruleset, rates).text;
}

/**
 * The same for texts that are bytes in a larger document, all ASCII: they become no strings.
 * @throws {RangeError} as `textPricer` does
 */
export function asciiPricer(ruleset: Ruleset, rates?: Rates): AsciiPricer {
  return pricers(ruleset, rates).ascii;
}

function pricers(
  ruleset: Ruleset,
  rates: Rates | undefined,
): { readonly text: TextPricer; readonly ascii: AsciiPricer } {
  const card = ratesFor(ruleset, rates);
  const price = areWholeRates(card)
    ? wholePrice(ruleset, card)
    : (counts: Counts) => sumSteps(stepsOf(ruleset, counts, card));
  if (ruleset === 'service') {
    const text = (characters: string) => price(measureForService(characters));
    return {
      text: (characters, start = 0, end = characters.length) => text(characters.slice(start, end)),
      ascii: ({ bytes }, start, end) => text(unitText(bytes, start, end)),
    };
  }
  const { thresholds } = card;
  return {
    text: (characters, start = 0, end = characters.length) =>
      price(measurer.text(characters, start, end, thresholds)),
    ascii: (bytes, start, end) => price(measurer.ascii(bytes, start, end, thresholds)),
  };
}

/** A rule that is more than a sum: where it counts, the total changes by `rate`, rises to `floor`, times `factor`. */
interface Adjustment {
  /** The place of its count. */
  readonly at: number;
  readonly rate: number;
  readonly floor: number;
  readonly factor: number;
}

/**
 * The sum of `stepsOf` on the hot path: rules that only add are one product of two vectors. Arrays of numbers,
 * since a call or a look-up by name for each rule would cost more than the rule.
 */
function wholePrice(ruleset: Ruleset, rates: WholeRates): (counts: Counts) => Hundredths {
  const weights = createCounts().fill(0);
  const adjustments: Adjustment[] = [];
  for (const rule of RULES_OF[ruleset].map((name) => RULES[name])) {
    const adjustment = adjustmentOf(rule, rates);
    const { at, rate, floor, factor } = adjustment;
    const onlyAdds = floor === Number.NEGATIVE_INFINITY && factor === 1;
    if (onlyAdds && adjustments.length === 0) weights[at] = rate;
    else adjustments.push(adjustment);
  }
  return (counts) => {
    let total = 0;
    for (let at = 0; at < weights.length; at++) total += (counts[at] ?? 0) * (weights[at] ?? 0);
    for (const { at, rate, floor, factor } of adjustments) {
      const count = counts[at] ?? 0;
      if (count > 0) total = Math.max(total + count * rate, floor) * factor;
    }
    return hundredths(total);
  };
}

function adjustmentOf(rule: (typeof RULES)[RuleName], rates: WholeRates): Adjustment {
  const none = { rate: 0, floor: Number.NEGATIVE_INFINITY, factor: 1 };
  switch (rule.kind) {
    case 'unit': {
      const rate = rates[rule.rate.name];
      const at = PLACES[rule.counts];
      if (!('takenOff' in rule)) return { ...none, at, rate };
      return { ...none, at, rate: -rate, floor: rates[rule.takenOff.floor.name] };
    }
    case 'factor':
      return { ...none, at: PLACES[rule.counts], factor: rates[rule.factor.name] };
    case 'minimum':
      return { ...none, at: PLACES.message, floor: rates[rule.minimum.name] };
  }
}

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
