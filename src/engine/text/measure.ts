import {
  ALPHANUMERIC,
  classify,
  codePointFrom,
  codePointUpTo,
  isPair,
  isSurrogate,
  lowerCaseOf,
} from './characters.js';
import { type AsciiBytes, type CodeUnits, createUnitReader } from './code-units.js';
import { BLOCK, createWordScanner } from './word-scanner.js';
import { createWordTally, PUBLISHED_THRESHOLDS, type Thresholds } from './word-tally.js';

/** What a ruleset counts in a text; lengths and positions are in code points. */
export interface Measure {
  readonly characters: number;
  readonly shortWords: number;
  readonly mediumWords: number;
  readonly longWords: number;
  /** Vowels at the positions 3, 6, 9 …, counted from 1. */
  readonly thirdVowels: number;
  readonly overLength: boolean;
  /** There is a word, and no word comes twice. */
  readonly allWordsUnique: boolean;
  readonly palindrome: boolean;
}

/** What a rule can count: a field of `Measure`, where true is 1, or the message itself, which is always 1. */
export type Counted = keyof Measure | 'message';

/** The place of each in `Counts`. */
export const PLACES = {
  message: 0,
  characters: 1,
  shortWords: 2,
  mediumWords: 3,
  longWords: 4,
  thirdVowels: 5,
  overLength: 6,
  allWordsUnique: 7,
  palindrome: 8,
} as const satisfies Record<Counted, number>;

/** A measure as numbers: a price is made of them without an object for each text. */
export type Counts = Float64Array;

export function createCounts(): Counts {
  const counts = new Float64Array(Object.keys(PLACES).length);
  counts[PLACES.message] = 1;
  return counts;
}

export function toMeasure(counts: Counts): Measure {
  const count = (counted: Counted) => counts[PLACES[counted]] ?? 0;
  return {
    characters: count('characters'),
    shortWords: count('shortWords'),
    mediumWords: count('mediumWords'),
    longWords: count('longWords'),
    thirdVowels: count('thirdVowels'),
    overLength: count('overLength') > 0,
    allWordsUnique: count('allWordsUnique') > 0,
    palindrome: count('palindrome') > 0,
  };
}

/** `measure` on the hot path: defaults in it would leave V8 unsure of its types, at twice the time. */
export const measurer = /* @__PURE__ */ createMeasurer();

/**
 * Counts what the ruleset `published` prices, over the window `[start, end)` of `characters` (UTF-16 indexes)
 * and without a string of its own. Equals `measure(characters.slice(start, end))`.
 */
export function measure(
  characters: string,
  start = 0,
  end = characters.length,
  thresholds: Thresholds = PUBLISHED_THRESHOLDS,
): Measure {
  return toMeasure(measurer.text(characters, start, end, thresholds));
}

/** Buffers are used again from text to text: counts are those of one text until the next is measured. */
function createMeasurer() {
  const units = createUnitReader();
  const scanner = createWordScanner();
  const tally = createWordTally();
  const counts = createCounts();
  const { boundaries } = scanner;

  /** Of the window `[start, end)` of bytes that are all ASCII, without a copy of them. */
  function ascii({ bytes, view }: AsciiBytes, start: number, end: number, thresholds: Thresholds): Counts {
    tally.begin(thresholds);
    scanner.begin();
    for (let index = start; index < end; index += BLOCK) {
      const blockEnd = Math.min(index + BLOCK, end);
      scanner.scanAscii(view, index, blockEnd);
      if (blockEnd === end) scanner.endWord(end);
      tally.add(bytes, boundaries, scanner.endedWords(), false);
      scanner.dropEndedWords();
    }
    return sums(bytes, start, end, Math.max(end - start, 0), thresholds);
  }

  function utf16(text: Uint16Array, end: number, thresholds: Thresholds): Counts {
    tally.begin(thresholds);
    scanner.begin();
    let pairs = 0;
    let index = 0;
    while (index < end) {
      const untilThird = 3 - ((index - pairs) % 3);
      const blockEnd = Math.min(index + BLOCK, end);
      index = scanner.scan(text, index, blockEnd, untilThird);
      if (index < blockEnd) {
        const codePoint = codePointFrom(text, index, end);
        classify(codePoint);
        if (isPair(codePoint) || isSurrogate(codePoint)) {
          scanner.take(codePoint, index);
          if (isPair(codePoint)) pairs++;
          index += isPair(codePoint) ? 2 : 1;
        }
      }
      if (index >= end) scanner.endWord(end);
      tally.add(text, boundaries, scanner.endedWords(), pairs > 0);
      scanner.dropEndedWords();
    }
    return sums(text, 0, end, end - pairs, thresholds);
  }

  function sums(
    text: CodeUnits,
    start: number,
    end: number,
    characters: number,
    { lengthLimit }: Thresholds,
  ): Counts {
    counts[PLACES.characters] = characters;
    counts[PLACES.shortWords] = tally.shortWords();
    counts[PLACES.mediumWords] = tally.mediumWords();
    counts[PLACES.longWords] = tally.longWords();
    counts[PLACES.thirdVowels] = scanner.thirdVowels();
    counts[PLACES.overLength] = characters > lengthLimit ? 1 : 0;
    counts[PLACES.allWordsUnique] = tally.allUnique() ? 1 : 0;
    counts[PLACES.palindrome] = isPalindrome(text, start, end) ? 1 : 0;
    return counts;
  }

  return {
    ascii,
    /** Of the window `[start, end)` of a string (UTF-16 indexes). */
    text(characters: string, start: number, end: number, thresholds: Thresholds): Counts {
      const bytes = units.ascii(characters, start, end);
      const length = Math.max(end - start, 0);
      return bytes === undefined
        ? utf16(units.utf16(characters, start, end), length, thresholds)
        : ascii(bytes, 0, length, thresholds);
    },
  };
}

/**
 * Whether the letters and numbers of the window `[start, end)` read the same backwards, each code point
 * lower-cased on its own. False where there are none. Stops at the first difference. The dot that lower-casing
 * adds to U+0130 is neither letter nor number.
 */
function isPalindrome(units: CodeUnits, start: number, end: number): boolean {
  let left = start;
  let right = end - 1;
  let found = false;
  while (left <= right) {
    const first = codePointFrom(units, left, end);
    if ((classify(first) & ALPHANUMERIC) === 0) {
      left += isPair(first) ? 2 : 1;
      continue;
    }
    const last = codePointUpTo(units, right, start);
    if ((classify(last) & ALPHANUMERIC) === 0) {
      right -= isPair(last) ? 2 : 1;
      continue;
    }
    if (first !== last && lowerCaseOf(first) !== lowerCaseOf(last)) return false;
    found = true;
    left += isPair(first) ? 2 : 1;
    right -= isPair(last) ? 2 : 1;
  }
  return found;
}
