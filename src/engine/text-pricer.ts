import { unitText } from './code-units.js';
import { measurer } from './measure.js';
import { publishedPrice } from './published.js';
import { type Rates, ratesFor } from './rates.js';
import type { AsciiPricer, Ruleset, TextPricer } from './ruleset.js';
import { priceAsService } from './service.js';
import { tokenPrice } from './tokens.js';

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
