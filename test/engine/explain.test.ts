import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { priceNaively } from '../../bench/engine/naive.js';
import {
  type Amount,
  addAmounts,
  compareAmounts,
  explainText,
  formatAmount,
  multiplyAmount,
  RULESETS,
  textPricer,
  ZERO,
} from '../../src/engine/index.js';
import { text } from './texts.js';

describe.each(RULESETS)('%s', (ruleset) => {
  test('prices as decimal.js and regular expressions do, windows too', () => {
    const price = textPricer(ruleset);
    fc.assert(
      fc.property(text, text, (characters, around) => {
        const expected = priceNaively(characters, ruleset).toFixed();
        expect(formatAmount(price(characters))).toBe(expected);
        const start = around.length;
        expect(formatAmount(price(around + characters + around, start, start + characters.length))).toBe(
          expected,
        );
      }),
      { numRuns: 1000 },
    );
  });

  test('the steps add up to the price', () => {
    const price = textPricer(ruleset);
    fc.assert(
      fc.property(text, (characters) => {
        const { steps, total } = explainText(characters, ruleset);
        expect(steps.reduce<Amount>((sum, { amount }) => addAmounts(sum, amount), ZERO)).toEqual(total);
        expect(total).toEqual(price(characters));
        let before = ZERO;
        for (const { count, rate, factor, minimum, amount } of steps) {
          const after = addAmounts(before, amount);
          if (rate !== undefined && minimum === undefined)
            expect(amount).toEqual(multiplyAmount(rate, count));
          if (factor !== undefined) expect(after).toEqual(multiplyAmount(before, count === 0 ? 1 : factor));
          if (minimum !== undefined && count > 0) expect(compareAmounts(after, minimum)).not.toBeLessThan(0);
          before = after;
        }
      }),
    );
  });

  test('lists as many words and vowels as it prices', () => {
    if (ruleset === 'tokens') return;
    fc.assert(
      fc.property(text, (characters) => {
        const { words, thirdVowels, measure } = explainText(characters, ruleset);
        const count = (wanted: string) => words.filter((word) => word.class === wanted).length;
        expect([count('short'), count('medium'), count('long')]).toEqual([
          measure.shortWords,
          measure.mediumWords,
          measure.longWords,
        ]);
        expect(thirdVowels).toHaveLength(measure.thirdVowels);
        for (const { position, character } of thirdVowels) {
          expect([...characters][position - 1]).toBe(character);
        }
      }),
    );
  });
});

function stepsOf(characters: string, ruleset: 'published' | 'service' | 'tokens'): string[] {
  return explainText(characters, ruleset)
    .steps.filter(({ count }) => count > 0)
    .map(({ step, count, rate, factor, minimum, amount }) =>
      [
        `${step} ${count}`,
        ...(rate === undefined ? [] : [`x ${formatAmount(rate)}`]),
        ...(factor === undefined ? [] : [`factor ${factor}`]),
        ...(minimum === undefined ? [] : [`at least ${formatAmount(minimum)}`]),
        `= ${formatAmount(amount)}`,
      ].join(' '),
    );
}

test('a bonus cut by the minimum shows what it took off, and the doubling comes after', () => {
  expect(stepsOf('racecar', 'published')).toEqual([
    'base 1 x 1 = 1',
    'characters 7 x 0.05 = 0.35',
    'medium-words 1 x 0.2 = 0.2',
    'third-vowels 1 x 0.3 = 0.3',
    'unique-words 1 x -2 at least 1 = -0.85',
    'palindrome 1 factor 2 = 1',
  ]);
});

test('the service doubles first', () => {
  expect(stepsOf('Hello olleH', 'service')).toEqual([
    'base 1 x 1 = 1',
    'characters 11 x 0.05 = 0.55',
    'medium-words 2 x 0.2 = 0.4',
    'palindrome 1 factor 2 = 1.95',
    'unique-words 1 x -2 at least 1 = -2',
  ]);
});

test('tokens are raised to the minimum', () => {
  expect(stepsOf('abc', 'tokens')).toEqual(['characters 3 x 0.1 = 0.3', 'minimum 1 at least 1 = 0.7']);
});

test('names the words with their class and the vowels with their position', () => {
  const { words, thirdVowels } = explainText('Are there any 👍 obligations?', 'published');
  expect(words).toEqual([
    { word: 'Are', class: 'short' },
    { word: 'there', class: 'medium' },
    { word: 'any', class: 'short' },
    { word: 'obligations', class: 'long' },
  ]);
  expect(thirdVowels).toEqual([
    { position: 3, character: 'e' },
    { position: 9, character: 'e' },
    { position: 24, character: 'i' },
  ]);
});

test('the words of the service are its cleaned pieces, empty ones too', () => {
  expect(explainText('it’s  co-op!', 'service').words).toEqual([
    { word: 'its', class: 'short' },
    { word: '', class: 'short' },
    { word: 'co-op', class: 'medium' },
  ]);
});
