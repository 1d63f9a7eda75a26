import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type NaiveCard, priceByCard } from '../../bench/engine/naive.js';
import {
  explainText,
  formatAmount,
  hundredths,
  PUBLISHED_RATES,
  type Rates,
  RULESETS,
  textPricer,
} from '../../src/engine/index.js';
import { rates, wholeRates } from './any-rates.js';
import { text } from './texts.js';

function naiveCard({ thresholds, ...card }: Rates): NaiveCard {
  return {
    base: formatAmount(card.base),
    character: formatAmount(card.character),
    shortWord: formatAmount(card.shortWord),
    mediumWord: formatAmount(card.mediumWord),
    longWord: formatAmount(card.longWord),
    thirdVowel: formatAmount(card.thirdVowel),
    overLength: formatAmount(card.overLength),
    uniqueWordsBonus: formatAmount(card.uniqueWordsBonus),
    minimum: formatAmount(card.minimum),
    palindromeFactor: card.palindromeFactor,
    ...thresholds,
  };
}

// The naive price is computed with the default constructor.
beforeAll(() => {
  Decimal.set({ precision: 200 });
});

afterAll(() => {
  Decimal.set({ defaults: true });
});

test('any card prices as decimal.js does, and its explanation adds up to the price', () => {
  fc.assert(
    fc.property(fc.oneof(rates, wholeRates), text, (card, characters) => {
      const price = textPricer('published', card)(characters);
      expect(formatAmount(price)).toBe(priceByCard(characters, naiveCard(card)).toFixed());
      expect(explainText(characters, 'published', card).total).toEqual(price);
    }),
    { numRuns: 1000 },
  );
});

test('the highest whole card stays exact on a long text', () => {
  const card = { ...PUBLISHED_RATES, character: hundredths(4_000_000), palindromeFactor: 1 };
  expect(formatAmount(textPricer('published', card)('1'.repeat(1_000_000)))).toBe('40000000006');
  const higher = { ...card, character: hundredths(Number.MAX_SAFE_INTEGER) };
  expect(formatAmount(textPricer('published', higher)('1'.repeat(1_000_000)))).toBe('90071992547409910006');
});

test.each([
  ['base', { base: -1 }],
  ['character', { character: 0.5 }],
  ['thirdVowel', { thirdVowel: Number.NaN }],
  ['minimum', { minimum: new Decimal('-0.001') }],
  ['longWord', { longWord: new Decimal(Number.POSITIVE_INFINITY) }],
  ['palindromeFactor', { palindromeFactor: 0 }],
  ['palindromeFactor', { palindromeFactor: 1.5 }],
  ['palindromeFactor', { palindromeFactor: new Decimal('0.9999999999999999999999') }],
  ['mediumFrom', { thresholds: { mediumFrom: 0, longFrom: 8, lengthLimit: 100 } }],
  ['longFrom', { thresholds: { mediumFrom: 4, longFrom: 3, lengthLimit: 100 } }],
  ['lengthLimit', { thresholds: { mediumFrom: 4, longFrom: 8, lengthLimit: -1 } }],
])('a wrong %s is refused by name', (name, wrong) => {
  // As from JavaScript, where a rate can be anything.
  const card = Object.assign({}, PUBLISHED_RATES, wrong);
  expect(() => textPricer('published', card)).toThrow(new RegExp(`^${name} `));
  expect(() => explainText('lease', 'published', card)).toThrow(RangeError);
});

test.each(RULESETS.filter((ruleset) => ruleset !== 'published'))('%s takes no rates', (ruleset) => {
  expect(() => textPricer(ruleset, PUBLISHED_RATES)).toThrow(RangeError);
  expect(() => explainText('lease', ruleset, PUBLISHED_RATES)).toThrow(RangeError);
});
