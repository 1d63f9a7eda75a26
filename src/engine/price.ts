import { type Amount, type Hundredths, hundredths } from './amount.js';
import { areWholeRates, type Rates, ratesFor, type WholeRates } from './rates.js';
import { RULES, RULES_OF, type RuleName, type Ruleset } from './rules.js';
import { stepsOf, sumSteps } from './steps.js';
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
