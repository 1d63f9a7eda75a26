import { classify, codePointFrom, isPair, isSurrogate } from './characters.js';
import { isPalindrome } from './palindrome.js';
import type { Thresholds } from './thresholds.js';
import { BLOCK, createWordScanner } from './word-scanner.js';
import { createWordTally } from './word-tally.js';

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

export type Measurer = (characters: string, start: number, end: number, thresholds: Thresholds) => Measure;

/** A measurer keeps its memory from text to text, and nothing of one text reaches the next. */
export function createMeasurer(): Measurer {
  const scanner = createWordScanner();
  const tally = createWordTally();
  const { boundaries, sums } = scanner;

  return (characters, start, end, thresholds) => {
    tally.begin(thresholds);
    scanner.begin();
    let pairs = 0;
    let index = start;
    while (index < end) {
      const untilThird = 3 - ((index - start - pairs) % 3);
      const blockEnd = Math.min(index + BLOCK, end);
      index = scanner.scan(characters, index, blockEnd, untilThird);
      if (index < blockEnd) {
        const codePoint = codePointFrom(characters, index, end);
        classify(codePoint);
        if (isPair(codePoint) || isSurrogate(codePoint)) {
          scanner.take(codePoint, index);
          if (isPair(codePoint)) pairs++;
          index += isPair(codePoint) ? 2 : 1;
        }
      }
      if (index >= end) scanner.endWord(end);
      tally.add(characters, boundaries, sums, scanner.endedWords(), pairs > 0);
      scanner.dropEndedWords();
    }
    const length = Math.max(end - start, 0) - pairs;
    return {
      characters: length,
      shortWords: tally.shortWords(),
      mediumWords: tally.mediumWords(),
      longWords: tally.longWords(),
      thirdVowels: scanner.thirdVowels(),
      overLength: length > thresholds.lengthLimit,
      allWordsUnique: tally.allUnique(),
      palindrome: isPalindrome(characters, start, end),
    };
  };
}
