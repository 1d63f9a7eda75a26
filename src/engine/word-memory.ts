import { type CodeUnits, unitText } from './code-units.js';

/** Remembers the words of one text at a time, to notice one that comes again. */
export interface WordMemory {
  /** Forgets the text before. */
  forget(): void;
  /** Whether the word `[start, end)` of the text came before. */
  isKnown(units: CodeUnits, start: number, end: number): boolean;
}

/** As many words as are compared in memory kept from text to text; a longer text gets a Set of its own. */
const KEPT_WORDS = 128;
/** Several times as many, and a power of two, so that a word is found or missed at once. */
const SLOT_BITS = 9;
/** Far from where a 32-bit integer ends. */
const HIGHEST_ORIGIN = 2 ** 30;

/** The memory is made once and used again, so that pricing a message allocates nothing for its words. */
export function createWordMemory(): WordMemory {
  const starts = new Int32Array(KEPT_WORDS);
  const ends = new Int32Array(KEPT_WORDS);
  // A slot holds `origin` plus the number of a word, from 1; what is not above `origin` is from a text before.
  const slots = new Int32Array(1 << SLOT_BITS);
  let origin = 0;
  let kept = 0;
  let many: Set<string> | undefined;

  function isKept(units: CodeUnits, start: number, end: number): boolean {
    let slot = slotOf(units, start, end);
    for (let held = slots[slot] ?? 0; held > origin; held = slots[slot] ?? 0) {
      const other = held - origin - 1;
      const otherStart = starts[other] ?? 0;
      const length = end - start;
      if ((ends[other] ?? 0) - otherStart === length && isSame(units, start, otherStart, length)) return true;
      slot = slot + 1 === slots.length ? 0 : slot + 1;
    }
    starts[kept] = start;
    ends[kept] = end;
    kept++;
    slots[slot] = origin + kept;
    return false;
  }

  /** A Set's hash is seeded, the engine's own is not: no text can be written to make many words slow. */
  function isAmongMany(units: CodeUnits, start: number, end: number): boolean {
    many ??= new Set(Array.from(starts, (from, word) => unitText(units, from, ends[word] ?? from)));
    const before = many.size;
    return many.add(unitText(units, start, end)).size === before;
  }

  return {
    forget() {
      origin += kept;
      kept = 0;
      many = undefined;
      if (origin < HIGHEST_ORIGIN) return;
      slots.fill(0);
      origin = 0;
    },
    isKnown: (units, start, end) =>
      kept < KEPT_WORDS ? isKept(units, start, end) : isAmongMany(units, start, end),
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
