import type { Amount } from './amount.js';
import { areWholeRates, PUBLISHED_RATES, type Rates, ratesFor, type WholeRates } from './rates.js';
import type { AsciiPricer, Ruleset, TextPricer } from './ruleset.js';
import { countedStep, countingSteps, palindromeStep, type Step, sumSteps, uniqueWordsStep } from './steps.js';
import { unitText } from './text/code-units.js';
import { type Measure, measurer } from './text/measure.js';
import { measureForService } from './text/service-measure.js';

/**
 * The function that prices texts by a ruleset. Make it once and price many texts: it reads a window of a
 * larger string without copying it, and `published` with rates of whole hundredths makes one small object.
 * @throws {RangeError} when a rate is wrong, or rates are given to a ruleset that has its own
 */
export function textPricer(ruleset: Ruleset, rates?: Rates): TextPricer {
  return pricers(ruleset, rates).text;
}

/**
 * The same for texts that stand as bytes in a larger document, all ASCII: they become no strings.
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
  if (ruleset === 'service') {
    const ascii: AsciiPricer = ({ bytes }, start, end) => priceAsService(unitText(bytes, start, end));
    return { text: priceAsService, ascii };
  }
  const { thresholds } = card;
  const price = ruleset === 'published' ? publishedPrice(card) : tokenPrice;
  return {
    text: (characters, start = 0, end = characters.length) =>
      price(measurer.text(characters, start, end, thresholds)),
    ascii: (bytes, start, end) => price(measurer.ascii(bytes, start, end, thresholds)),
  };
}

/** What counts cost by these rates. */
function publishedPrice(rates: Rates): (counts: Measure) => Amount {
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

/** The earlier HTTP service's price of a text: other words than `published`, and the doubling first. */
function priceAsService(characters: string, start = 0, end = characters.length): Amount {
  return sumSteps(serviceSteps(measureForService(characters.slice(start, end))));
}

/** The service rounded half-even to 2 decimals; its rates are whole hundredths, so nothing is left to round. */
export function serviceSteps(counts: Measure): Step[] {
  const steps = countingSteps(counts, PUBLISHED_RATES);
  steps.push(palindromeStep(counts, PUBLISHED_RATES, sumSteps(steps)));
  steps.push(uniqueWordsStep(counts, PUBLISHED_RATES, sumSteps(steps)));
  return steps;
}

/** 4 characters are one token and 100 tokens are 40 credits, so a character is 0.1 credits. */
const CHARACTER = 10;
const MINIMUM = 100;

function tokenPrice(counts: Measure): Amount {
  return sumSteps(tokenSteps(counts));
}

export function tokenSteps(counts: Measure): Step[] {
  const missing = Math.max(MINIMUM - counts.characters * CHARACTER, 0);
  return [
    countedStep('characters', counts.characters, CHARACTER),
    { step: 'minimum', count: missing > 0 ? 1 : 0, minimum: MINIMUM, amount: missing },
  ];
}
