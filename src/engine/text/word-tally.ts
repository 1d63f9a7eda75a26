import { type CodeUnits, unitText } from './code-units.js';

/** Where the rules change with a length in code points. Whole numbers, 0 < mediumFrom <= longFrom. */
export interface Thresholds {
  /** The first length that is a medium word. */
  readonly mediumFrom: number;
  /** The first length that is a long word. */
  readonly longFrom: number;
  /** The longest text without the length surcharge. */
  readonly lengthLimit: number;
}

export const PUBLISHED_THRESHOLDS: Thresholds = { mediumFrom: 4, longFrom: 8, lengthLimit: 100 };

export type WordClass = 'short' | 'medium' | 'long';

/** The class that a word is priced by: its length in code points against the thresholds. */
export function wordClass(word: string, { mediumFrom, longFrom }: Thresholds): WordClass {
  let length = 0;
  for (const _ of word) length++;
  if (length >= longFrom) return 'long';
  return length >= mediumFrom ? 'medium' : 'short';
}

/** Longer than any string, and small enough for 32-bit arithmetic. */
const BEYOND_ANY_LENGTH = 2 ** 30;

/** Counts the words of one text at a time by their length. */
export function createWordTally() {
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
    /** There is a word, and none came twice. */
    allUnique: () => words > 0 && !repeated,
    /** Forgets the text before. */
    begin({ mediumFrom, longFrom }: Thresholds): void {
      memory.forget();
      repeated = false;
      words = 0;
      mediumOrLong = 0;
      long = 0;
      belowMedium = Math.min(mediumFrom, BEYOND_ANY_LENGTH) - 1;
      belowLong = Math.min(longFrom, BEYOND_ANY_LENGTH) - 1;
    },
    /**
     * Adds `count` words: the n-th is `[boundaries[2n], boundaries[2n + 1])` of the text. `pairs`: there may be
     * surrogate pairs among them.
     */
    add(units: CodeUnits, boundaries: Int32Array, count: number, pairs: boolean): void {
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

/** Words that the reused arrays hold; a longer text gets a Set of its own. */
const ARRAY_WORDS = 128;
/** Several times as many, and a power of two, so that a word is found or missed at once. */
const SLOT_BITS = 9;
/** Far from where a 32-bit integer ends. */
const HIGHEST_ORIGIN = 2 ** 30;

/**
 * Remembers the words of one text at a time, to notice one that comes again. Made once and used again, so that pricing a
 * message allocates nothing for its words.
 */
function createWordMemory() {
  const starts = new Int32Array(ARRAY_WORDS);
  const ends = new Int32Array(ARRAY_WORDS);
  // A slot holds `origin` plus the number of a word, from 1; what is not above `origin` is from a text before.
  const slots = new Int32Array(1 << SLOT_BITS);
  let origin = 0;
  let count = 0;
  let many: Set<string> | undefined;

  function isInArrays(units: CodeUnits, start: number, end: number): boolean {
    let slot = slotOf(units, start, end);
    for (let held = slots[slot] ?? 0; held > origin; held = slots[slot] ?? 0) {
      const other = held - origin - 1;
      const otherStart = starts[other] ?? 0;
      const length = end - start;
      if ((ends[other] ?? 0) - otherStart === length && isSame(units, start, otherStart, length)) return true;
      slot = slot + 1 === slots.length ? 0 : slot + 1;
    }
    starts[count] = start;
    ends[count] = end;
    count++;
    slots[slot] = origin + count;
    return false;
  }

  /** A Set's hash is seeded, the engine's own is not: no text can be written to make many words slow. */
  function isAmongMany(units: CodeUnits, start: number, end: number): boolean {
    many ??= new Set(Array.from(starts, (from, word) => unitText(units, from, ends[word] ?? from)));
    const before = many.size;
    return many.add(unitText(units, start, end)).size === before;
  }

  return {
    /** Forgets the text before. */
    forget(): void {
      origin += count;
      count = 0;
      many = undefined;
      if (origin < HIGHEST_ORIGIN) return;
      slots.fill(0);
      origin = 0;
    },
    /** Whether the word `[start, end)` of the text came before. */
    isKnown: (units: CodeUnits, start: number, end: number): boolean =>
      count < ARRAY_WORDS ? isInArrays(units, start, end) : isAmongMany(units, start, end),
  };
}

/** Words of one text seldom share their length, first, middle and last letter; where they do they are compared. */
function slotOf(units: CodeUnits, start: number, end: number): number {
  const first = units[start] ?? 0;
  const middle = units[(start + end) >>> 1] ?? 0;
  const last = units[end - 1] ?? 0;
  const mixed = first + Math.imul(middle, 0x0df3) + Math.imul(last, 0x3d) + Math.imul(end - start, 0x101);
  return Math.imul(mixed, 0x9e3779b1) >>> (32 - SLOT_BITS);
}

function isSame(units: CodeUnits, start: number, otherStart: number, length: number): boolean {
  for (let offset = 0; offset < length; offset++) {
    if (units[start + offset] !== units[otherStart + offset]) return false;
  }
  return true;
}
