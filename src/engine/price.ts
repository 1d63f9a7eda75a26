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
import { areWholeRates, type Rates, ratesFor } from './rates.js';
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

/** What a rule does where it counts: the total changes by `rate` each time, is not below `minimum`, and times `factor`. */
interface Effect extends Pick<Step, 'rate' | 'minimum' | 'factor'> {
  /** The place of its count. */
  readonly at: number;
}

function effectOf(rule: (typeof RULES)[RuleName], rates: Rates): Effect {
  switch (rule.kind) {
    case 'unit': {
      const at = PLACES[rule.counts];
      const rate = rates[rule.rate.name];
      if (!('takenOff' in rule)) return { at, rate };
      return { at, rate: subtractAmounts(ZERO, rate), minimum: rates[rule.takenOff.floor.name] };
    }
    case 'factor':
      return { at: PLACES[rule.counts], factor: rates[rule.factor.name] };
    case 'minimum':
      return { at: PLACES.message, minimum: rates[rule.minimum.name] };
  }
}

/**
 * The sum of `stepsOf` on the hot path: rules that only add are one product of two vectors. Arrays of numbers,
 * since a call or a look-up by name for each rule would cost more than the rule.
 *
 * @param rates that are whole
 */
function wholePrice(ruleset: Ruleset, rates: Rates): (counts: Counts) => Hundredths {
  const weights = createCounts().fill(0);
  const adjustments: Record<'at' | 'rate' | 'floor' | 'factor', number>[] = [];
  for (const name of RULES_OF[ruleset]) {
    const { at, ...effect } = effectOf(RULES[name], rates);
    const rate = wholeOr(0, effect.rate);
    const floor = wholeOr(Number.NEGATIVE_INFINITY, effect.minimum);
    const factor = wholeOr(1, effect.factor);
    const onlyAdds = floor === Number.NEGATIVE_INFINITY && factor === 1;
    if (onlyAdds && adjustments.length === 0) weights[at] = rate;
    else adjustments.push({ at, rate, floor, factor });
  }
  return (counts) => {
    let total = 0;
    for (let at = 0; at < weights.length; at++) total += (counts[at] ?? 0) * (weights[at] ?? 0);
    for (const { at, rate, floor, factor } of adjustments) {
      const count = counts[at] ?? 0;
      if (count > 0) total = Math.max(total + count * rate, floor) * factor;
    }
    // As an integer: a float takes memory of its own wherever V8 stores it.
    const small = total | 0;
    return hundredths(small === total ? small : total);
  };
}

function wholeOr(otherwise: number, value: Amount | number | Decimal | undefined): number {
  return typeof value === 'number' ? value : otherwise;
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
  const { at, ...effect } = effectOf(rule, rates);
  const count = counts[at] ?? 0;
  const amount = count === 0 ? ZERO : subtractAmounts(priceAfter(before, count, effect), before);
  // A minimum counts where it raises the price.
  const isWithout = rule.kind === 'minimum' && compareAmounts(amount, ZERO) === 0;
  return { step, count: isWithout ? 0 : count, ...effect, amount };
}

function priceAfter(before: Amount, count: number, { rate, minimum, factor }: Omit<Effect, 'at'>): Amount {
  const sum = rate === undefined ? before : addAmounts(before, multiplyAmount(rate, count));
  const least = minimum !== undefined && compareAmounts(sum, minimum) < 0 ? minimum : sum;
  return factor === undefined ? least : multiplyAmount(least, factor);
}
