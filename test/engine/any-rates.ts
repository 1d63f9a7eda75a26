import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { type Amount, hundredths, type Rates, toAmount, ZERO } from '../../src/engine/index.js';

const amount: fc.Arbitrary<Amount> = fc.oneof(
  fc.nat(1000).map(hundredths),
  fc.maxSafeNat().map(hundredths),
  fc
    .tuple(fc.nat(1_000_000), fc.integer({ min: -12, max: 12 }))
    .map(([digits, exponent]) => toAmount(new Decimal(`${digits}e${exponent}`))),
);

/** Any valid rates. */
export const rates: fc.Arbitrary<Rates> = fc.record({
  base: amount,
  character: amount,
  shortWord: amount,
  mediumWord: amount,
  longWord: amount,
  thirdVowel: amount,
  overLength: amount,
  uniqueWordsBonus: amount,
  minimum: amount,
  palindromeFactor: fc.oneof(
    fc.integer({ min: 1, max: 9 }),
    fc.constantFrom(new Decimal('1.5'), new Decimal('1.001')),
  ),
  thresholds: fc.record({
    mediumFrom: fc.integer({ min: 1, max: 5 }),
    longFrom: fc.integer({ min: 5, max: 9 }),
    lengthLimit: fc.nat(150),
  }),
});

/** Rates of whole hundredths, which the fast path prices. */
export const wholeRates = fc
  .tuple(
    rates,
    fc.array(fc.nat(100_000).map(hundredths), { minLength: 9, maxLength: 9 }),
    fc.integer({ min: 1, max: 9 }),
  )
  .map(
    ([
      card,
      [base = ZERO, character = ZERO, shortWord = ZERO, mediumWord = ZERO, longWord = ZERO, ...more],
      palindromeFactor,
    ]) => {
      const [thirdVowel = ZERO, overLength = ZERO, uniqueWordsBonus = ZERO, minimum = ZERO] = more;
      const words = { shortWord, mediumWord, longWord };
      return {
        ...card,
        base,
        character,
        ...words,
        thirdVowel,
        overLength,
        uniqueWordsBonus,
        minimum,
        palindromeFactor,
      };
    },
  );
