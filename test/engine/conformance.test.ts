import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { priceNaively } from '../../bench/engine/naive.js';
import { explainText, formatAmount, measure, type Ruleset, textPricer } from '../../src/engine/index.js';

interface Case {
  text: string;
  credits: string;
  service: string;
  tokens: string;
  measure: Record<string, number | boolean>;
}

const cases: Case[] = JSON.parse(readFileSync(new URL('../conformance.json', import.meta.url), 'utf8'));

const prices: [Ruleset, (expected: Case) => string][] = [
  ['published', ({ credits }) => credits],
  ['service', ({ service }) => service],
  ['tokens', ({ tokens }) => tokens],
];

test('there are hundreds of cases', () => {
  expect(cases.length).toBeGreaterThan(500);
});

test.each(cases)('counts $text', ({ text, measure: expected }) => {
  const counts = measure(text);
  expect({
    characters: counts.characters,
    short_words: counts.shortWords,
    medium_words: counts.mediumWords,
    long_words: counts.longWords,
    third_vowels: counts.thirdVowels,
    over_length: counts.overLength,
    all_words_unique: counts.allWordsUnique,
    palindrome: counts.palindrome,
  }).toEqual(expected);
});

test.each(prices)('prices, explains and naively prices every case by %s', (ruleset, expected) => {
  const price = textPricer(ruleset);
  for (const each of cases) {
    const explained = formatAmount(explainText(each.text, ruleset).total);
    const naive = priceNaively(each.text, ruleset).toFixed();
    const actual = { text: each.text, price: formatAmount(price(each.text)), explained, naive };
    const wanted = expected(each);
    expect(actual).toEqual({ text: each.text, price: wanted, explained: wanted, naive: wanted });
  }
});
