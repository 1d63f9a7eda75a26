/** Remembers the words of one text at a time, to notice one that comes again. */
export interface WordMemory {
  /** Forgets the text before. */
  forget(): void;
  /** Whether the word `characters.slice(start, end)` came before. Equal words have equal hashes. */
  isKnown(characters: string, start: number, end: number, hash: number): boolean;
}

/** As many words as are compared in memory kept from text to text; a longer text gets a Set of its own. */
const KEPT_WORDS = 128;
/** Several times as many, and a power of two, so that a word is found or missed at once. */
const SLOTS = 512;
/** Far from where a 32-bit integer ends. */
const HIGHEST_ORIGIN = 2 ** 30;

/** The memory is made once and used again, so that pricing a message allocates nothing for its words. */
export function createWordMemory(): WordMemory {
  const starts = new Int32Array(KEPT_WORDS);
  const ends = new Int32Array(KEPT_WORDS);
  const hashes = new Int32Array(KEPT_WORDS);
  // A slot holds `origin` plus the number of a word, from 1; what is not above `origin` is from a text before.
  const slots = new Int32Array(SLOTS);
  let origin = 0;
  let kept = 0;
  let many: Set<string> | undefined;

  function isKept(characters: string, start: number, end: number, hash: number): boolean {
    let slot = (hash ^ (hash >>> 16)) & (SLOTS - 1);
    for (let held = slots[slot] ?? 0; held > origin; held = slots[slot] ?? 0) {
      const other = held - origin - 1;
      if (hashes[other] === hash && isSame(characters, start, end, other)) return true;
      slot = (slot + 1) & (SLOTS - 1);
    }
    starts[kept] = start;
    ends[kept] = end;
    hashes[kept] = hash;
    kept++;
    slots[slot] = origin + kept;
    return false;
  }

  function isSame(characters: string, start: number, end: number, other: number): boolean {
    const otherStart = starts[other] ?? 0;
    const length = end - start;
    if ((ends[other] ?? 0) - otherStart !== length) return false;
    for (let offset = 0; offset < length; offset++) {
      if (characters.charCodeAt(start + offset) !== characters.charCodeAt(otherStart + offset)) return false;
    }
    return true;
  }

  /** A Set's hash is seeded, the engine's own is not: no text can be written to make many words slow. */
  function isAmongMany(characters: string, start: number, end: number): boolean {
    many ??= new Set(Array.from(starts, (from, word) => characters.slice(from, ends[word])));
    const before = many.size;
    return many.add(characters.slice(start, end)).size === before;
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
    isKnown(characters, start, end, hash) {
      return kept < KEPT_WORDS
        ? isKept(characters, start, end, hash | 0)
        : isAmongMany(characters, start, end);
    },
  };
}
