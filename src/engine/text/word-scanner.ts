import { characterClasses, classify, VOWEL, WORD } from './characters.js';

/** Code units that are read before the words in them are counted: a message as a rule, and a multiple of 3. */
export const BLOCK = 1023;

/**
 * Reads a text from left to right and records where words begin and end. Written for V8 and for a processor that
 * guesses branches: whole numbers in locals, constant arrays and no calls in the loops. Where a word begins or ends
 * nobody can guess, so every index is stored and only a boundary moves on to the next place.
 */
export function createWordScanner() {
  const pairs = createAsciiPairs();
  // The word carried over, a boundary a code unit, and the place after the last.
  const boundaries = new Int32Array(BLOCK + 4);
  const classes = characterClasses;
  let found = 0;
  let thirdVowels = 0;

  return {
    /** Where words begin (even places) and end (odd places). */
    boundaries,
    /** Forgets the text before. */
    begin() {
      found = 0;
      thirdVowels = 0;
    },
    /** Reads `[start, end)`, at most `BLOCK` bytes of ASCII, where `start` is as many whole threes into the text. */
    scanAscii(view: DataView, start: number, end: number): void {
      let place = found;
      let inWord = place & 1;
      let vowels = 0;
      let index = start;
      // Six at a time: three pairs, and two that are looked at for a vowel.
      for (; index < end - 5; index += 6) {
        const one = pairs[view.getUint16(index, true)] ?? 0;
        const two = pairs[view.getUint16(index + 2, true)] ?? 0;
        const three = pairs[view.getUint16(index + 4, true)] ?? 0;
        vowels += ((two >> FIRST_VOWEL_BIT) & 1) + (three >> SECOND_VOWEL_BIT);
        const words = (one & BOTH_WORD) | ((two & BOTH_WORD) << 2) | ((three & BOTH_WORD) << 4);
        // A bit for each of the six where the one before is of the other kind.
        const changes = words ^ (((words << 1) & 0x3f) | inWord);
        inWord = words >> 5;
        boundaries[place] = index;
        place += changes & 1;
        boundaries[place] = index + 1;
        place += (changes >> 1) & 1;
        boundaries[place] = index + 2;
        place += (changes >> 2) & 1;
        boundaries[place] = index + 3;
        place += (changes >> 3) & 1;
        boundaries[place] = index + 4;
        place += (changes >> 4) & 1;
        boundaries[place] = index + 5;
        place += changes >> 5;
      }
      for (; index < end; index++) {
        const bits = classes[view.getUint8(index)] ?? 0;
        if ((index - start) % 3 === 2) vowels += bits & VOWEL;
        const isWord = (bits & WORD) >> 1;
        boundaries[place] = index;
        place += isWord ^ inWord;
        inWord = isWord;
      }
      found = place;
      thirdVowels += vowels;
    },
    /**
     * Reads `[start, end)`, at most `BLOCK` code units, until one of which no class is known: one never met, or
     * half of a surrogate pair. Returns its index, or `end`. `untilThird` is 3, 2 or 1: how many characters it
     * is to the next whose position divides by 3.
     */
    scan(units: Uint16Array, start: number, end: number, untilThird: number): number {
      let place = found;
      let inWord = (place & 1) * WORD;
      let vowels = 0;
      let countdown = untilThird;
      let index = start;
      for (; index < end; index++) {
        const bits = classes[units[index] ?? 0] ?? 0;
        if (bits === 0) break;
        if (--countdown === 0) {
          countdown = 3;
          vowels += bits & VOWEL;
        }
        boundaries[place] = index;
        const isWord = bits & WORD;
        place += (isWord ^ inWord) >> 1;
        inWord = isWord;
      }
      found = place;
      thirdVowels += vowels;
      return index;
    },
    /** Takes one code point where `scan` stopped. */
    take(codePoint: number, index: number): void {
      const isWord = (classify(codePoint) & WORD) !== 0;
      boundaries[found] = index;
      if (isWord !== (found % 2 === 1)) found++;
    },
    /** Ends the word that goes on, if any, at the end of the text. */
    endWord(end: number): void {
      if (found % 2 === 0) return;
      boundaries[found] = end;
      found++;
    },
    /** Recorded words that have ended. */
    endedWords: () => found >> 1,
    /** Forgets the words that have ended; one that goes on becomes the first. */
    dropEndedWords(): void {
      const open = found % 2;
      if (open === 1) boundaries[0] = boundaries[found - 1] ?? 0;
      found = open;
    },
    thirdVowels: () => thirdVowels,
  };
}

const ASCII = 0x80;

/** The bits for which of two characters are part of a word: the first is the lowest. */
const BOTH_WORD = 3;
/** The bit for a vowel as the first. */
const FIRST_VOWEL_BIT = 2;
/** The bit, the highest, for a vowel as the second. */
const SECOND_VOWEL_BIT = 3;

/**
 * What two ASCII characters are, by the number of 16 bits whose low byte is the first: a table that fits the
 * processor's cache, and half as many look-ups as there are characters.
 */
function createAsciiPairs(): Uint8Array {
  const pairs = new Uint8Array(0x10000);
  const classes = Uint8Array.from({ length: ASCII }, (_, character) => classify(character));
  const firsts = classes.map((bits) => flag(bits, WORD, 0) | flag(bits, VOWEL, FIRST_VOWEL_BIT));
  // Few kinds of second characters: a row of the table for each, made once.
  const rows = new Map<number, Uint8Array>();
  for (const [second, bits] of classes.entries()) {
    const ofSecond = flag(bits, WORD, 1) | flag(bits, VOWEL, SECOND_VOWEL_BIT);
    const row = rows.get(ofSecond) ?? firsts.map((ofFirst) => ofFirst | ofSecond);
    rows.set(ofSecond, row);
    pairs.set(row, second << 8);
  }
  return pairs;
}

function flag(bits: number, kind: number, place: number): number {
  return (bits & kind) === 0 ? 0 : 1 << place;
}
