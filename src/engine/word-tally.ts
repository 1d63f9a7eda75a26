import type { CodeUnits } from './code-units.js';
import type { Thresholds } from './thresholds.js';
import { createWordMemory } from './word-memory.js';

/** Counts the words of one text at a time by their length. */
export interface WordTally {
  shortWords(): number;
  mediumWords(): number;
  longWords(): number;
  /** There is a word, and none came twice. */
  allUnique(): boolean;
  /** Forgets the text before. */
  begin(thresholds: Thresholds): void;
  /**
   * Adds `count` words: the n-th is `[boundaries[2n], boundaries[2n + 1])` of the text. `pairs` tells that there
   * may be surrogate pairs among them.
   */
  add(units: CodeUnits, boundaries: Int32Array, count: number, pairs: boolean): void;
}

/** Longer than any string, and small enough for 32-bit arithmetic. */
const BEYOND_ANY_LENGTH = 2 ** 30;

export function createWordTally(): WordTally {
  const memory = createWordMemory();
  let repeated = false;
  let words = 0;
  let mediumOrLong = 0;
  let long = 0;
  let belowMedium = 0;
  let belowLong = 0;

  return {
    shortWords: () => words - mediumOrLong,
    mediumWords: () => mediumOrLong - long,
    longWords: () => long,
    allUnique: () => words > 0 && !repeated,
    begin({ mediumFrom, longFrom }) {
      memory.forget();
      repeated = false;
      words = 0;
      mediumOrLong = 0;
      long = 0;
      belowMedium = Math.min(mediumFrom, BEYOND_ANY_LENGTH) - 1;
      belowLong = Math.min(longFrom, BEYOND_ANY_LENGTH) - 1;
    },
    add(units, boundaries, count, pairs) {
      let known = repeated;
      let aboveShort = 0;
      let aboveMedium = 0;
      for (let place = 0; place < 2 * count; place += 2) {
        const start = boundaries[place] ?? 0;
        const end = boundaries[place + 1] ?? 0;
        const length = pairs ? end - start - countPairs(units, start, end) : end - start;
        // The sign bit, 1 where the length is above: a branch here would be mispredicted.
        aboveShort += (belowMedium - length) >>> 31;
        aboveMedium += (belowLong - length) >>> 31;
        known ||= memory.isKnown(units, start, end);
      }
      words += count;
      mediumOrLong += aboveShort;
      long += aboveMedium;
      repeated = known;
    },
  };
}

/** Surrogate pairs in a word; a lone surrogate is never in one. */
function countPairs(units: CodeUnits, start: number, end: number): number {
  let pairs = 0;
  for (let index = start; index < end; index++) {
    if (((units[index] ?? 0) & 0xfc00) === 0xd800) pairs++;
  }
  return pairs;
}
