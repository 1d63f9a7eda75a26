import type { Rates, Thresholds } from '../engine/index.js';

/** How a file of rates names each amount, in the order it is written. */
export const AMOUNT_FIELDS = {
  base: 'base',
  character: 'character',
  short_word: 'shortWord',
  medium_word: 'mediumWord',
  long_word: 'longWord',
  third_vowel: 'thirdVowel',
  over_length: 'overLength',
  unique_words_bonus: 'uniqueWordsBonus',
  minimum: 'minimum',
} as const satisfies Readonly<Record<string, keyof Rates>>;

/** How it names each threshold, in code points. */
export const THRESHOLD_FIELDS = {
  medium_from: 'mediumFrom',
  long_from: 'longFrom',
  length_limit: 'lengthLimit',
} as const satisfies Readonly<Record<string, keyof Thresholds>>;
