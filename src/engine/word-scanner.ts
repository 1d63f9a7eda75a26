import { characterClasses, classify, VOWEL, WORD } from './characters.js';

/** Reads a text from left to right and keeps where words begin and end. */
export interface WordScanner {
  /** Where words begin (even places) and end (odd places): UTF-16 indexes. */
  readonly boundaries: Int32Array;
  /** At the same places, the sum of the hashes of all code units before. */
  readonly sums: Int32Array;
  /** Forgets the text before. */
  begin(): void;
  /**
   * Reads `[start, end)`, at most `BLOCK` code units, until one of which no class is known: one never met, or
   * half of a surrogate pair. Returns its index, or `end`. `untilThird` is 3, 2 or 1: how many characters it
   * is to the next whose position divides by 3.
   */
  scan(characters: string, start: number, end: number, untilThird: number): number;
  /** Takes one code point where `scan` stopped. */
  take(codePoint: number, index: number): void;
  /** Ends the word that goes on, if any, at the end of the text. */
  endWord(end: number): void;
  /** Words kept that have ended. */
  endedWords(): number;
  /** Forgets the words that have ended; one that goes on becomes the first. */
  dropEndedWords(): void;
  thirdVowels(): number;
}

/** Code units that are read before the words in them are counted; a message as a rule. */
export const BLOCK = 1024;

/**
 * Written for V8 and for a processor that guesses branches: whole numbers in locals, constant arrays and no
 * calls in the loop. Where a word begins or ends nobody can guess, so every index is stored and only a
 * boundary moves on to the next place.
 */
export function createWordScanner(): WordScanner {
  // The word carried over, a boundary a code unit, and the place after the last.
  const boundaries = new Int32Array(BLOCK + 4);
  const sums = new Int32Array(BLOCK + 4);
  const classes = characterClasses;
  let found = 0;
  let thirdVowels = 0;

  return {
    boundaries,
    sums,
    begin() {
      found = 0;
      thirdVowels = 0;
    },
    scan(characters, start, end, untilThird) {
      let place = found;
      let sum = sums[place] ?? 0;
      let inWord = (place & 1) * WORD;
      let vowels = 0;
      let countdown = untilThird;
      let index = start;
      for (; index < end; index++) {
        const unit = characters.charCodeAt(index);
        const bits = classes[unit] ?? 0;
        if (bits === 0) break;
        if (--countdown === 0) {
          countdown = 3;
          vowels += bits & VOWEL;
        }
        boundaries[place] = index;
        sums[place] = sum;
        const isWord = bits & WORD;
        place += (isWord ^ inWord) >> 1;
        inWord = isWord;
        sum = (sum + Math.imul(unit, Math.imul(unit, 0x9e3779b1))) | 0;
      }
      sums[place] = sum;
      found = place;
      thirdVowels += vowels;
      return index;
    },
    take(codePoint, index) {
      const sum = sums[found] ?? 0;
      const isWord = (classify(codePoint) & WORD) !== 0;
      boundaries[found] = index;
      if (isWord !== (found % 2 === 1)) found++;
      sums[found] = sum + codePoint;
    },
    endWord(end) {
      if (found % 2 === 0) return;
      boundaries[found] = end;
      found++;
    },
    endedWords: () => found >> 1,
    dropEndedWords() {
      const open = found % 2;
      if (open === 1) {
        boundaries[0] = boundaries[found - 1] ?? 0;
        sums[0] = sums[found - 1] ?? 0;
      }
      sums[open] = sums[found] ?? 0;
      found = open;
    },
    thirdVowels: () => thirdVowels,
  };
}
