import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { priceNaively } from '../../bench/engine/naive.js';
import {
  asciiPricer,
  explainText,
  formatAmount,
  type Measure,
  measure,
  RULESETS,
  textPricer,
} from '../../src/engine/index.js';
import { rates, wholeRates } from './any-rates.js';
import { text } from './texts.js';

/** Neither part of a word nor compared, and not ASCII: with it a text takes the other path. */
const DASH = '—';

const ascii = fc.oneof(
  fc.string({ unit: 'binary-ascii', maxLength: 150 }),
  text.map((characters) => characters.replaceAll(/[^\0-\x7f]/g, '')),
);

/** What `measure` counts of a text, from its counts of the text and a dash. */
function withoutDash(counts: Measure, lengthLimit: number): Measure {
  const characters = counts.characters - 1;
  return { ...counts, characters, overLength: characters > lengthLimit };
}

describe('two implementations of one rule agree (ASCII and Unicode, price and explanation, fast and naive)', () => {
  test('the ASCII path counts as the Unicode path does, with any thresholds', () => {
    const card = fc.oneof(rates, wholeRates);
    fc.assert(
      fc.property(ascii, card, (characters, { thresholds }) => {
        const dashed = characters + DASH;
        expect(measure(characters, 0, characters.length, thresholds)).toEqual(
          withoutDash(measure(dashed, 0, dashed.length, thresholds), thresholds.lengthLimit),
        );
      }),
      { numRuns: 1500 },
    );
  });

  test('published: bytes, string, a window beside other text and the explanation cost the same by any card', () => {
    fc.assert(
      fc.property(ascii, fc.oneof(rates, wholeRates), (characters, card) => {
        const bytes = new TextEncoder().encode(characters);
        const price = textPricer('published', card);
        const total = explainText(characters, 'published', card).total;
        expect(
          asciiPricer('published', card)({ bytes, view: new DataView(bytes.buffer) }, 0, bytes.length),
        ).toEqual(total);
        expect(price(characters)).toEqual(total);
        expect(price(`é${characters}\ud800`, 1, characters.length + 1)).toEqual(total);
      }),
      { numRuns: 1000 },
    );
  });

  test.each(RULESETS)('%s: half a surrogate pair anywhere, in a word, a palindrome or alone', (rules) => {
    const half = fc.constantFrom('\ud800', '\udbff', '\udc00', '\udfff');
    const price = textPricer(rules);
    fc.assert(
      fc.property(text, half, text, (before, middle, after) => {
        for (const characters of [before + middle + after, middle + before, before + middle, middle]) {
          const expected = priceNaively(characters, rules).toFixed();
          expect(formatAmount(price(characters))).toBe(expected);
          expect(formatAmount(explainText(characters, rules).total)).toBe(expected);
        }
      }),
      { numRuns: 500 },
    );
  });
});
