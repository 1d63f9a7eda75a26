import fc from 'fast-check';
import { expect, test } from 'vitest';
import { measureNaively } from '../../bench/engine/naive.js';
import { measure } from '../../src/engine/index.js';
import { numberWord, text } from './texts.js';

test('counts as the regular expressions do', () => {
  fc.assert(
    fc.property(text, (characters) => {
      expect(measure(characters)).toEqual(measureNaively(characters));
    }),
    { numRuns: 2000 },
  );
});

test('counts a window of a larger string as it counts the slice', () => {
  fc.assert(
    fc.property(text, text, text, (before, characters, after) => {
      const whole = before + characters + after;
      const end = before.length + characters.length;
      expect(measure(whole, before.length, end)).toEqual(measure(characters));
    }),
    { numRuns: 1000 },
  );
});

test('a window that cuts a surrogate pair sees a lone half, as the slice does', () => {
  const characters = 'a𐐀𐐀b';
  for (let start = 0; start <= characters.length; start++) {
    for (let end = start; end <= characters.length; end++) {
      expect(measure(characters, start, end)).toEqual(measureNaively(characters.slice(start, end)));
    }
  }
});

test('counts by thresholds other than the published', () => {
  const thresholds = fc.record({
    mediumFrom: fc.integer({ min: 1, max: 6 }),
    longFrom: fc.integer({ min: 6, max: 12 }),
    lengthLimit: fc.nat(50),
  });
  fc.assert(
    fc.property(text, thresholds, (characters, limits) => {
      expect(measure(characters, 0, characters.length, limits)).toEqual(measureNaively(characters, limits));
    }),
    { numRuns: 500 },
  );
});

test('knows every code point as the regular expressions do', () => {
  const blockFrom = (first: number) =>
    Array.from({ length: 0x100 }, (_, offset) => String.fromCodePoint(first + offset)).join(' a');
  // No plane but 0 to 3 and 14 has a character of its own: the regular expressions are slow, and know one block as all.
  const unassigned = measureNaively(blockFrom(0x40000));
  for (let block = 0; block < 0x110000; block += 0x100) {
    const characters = blockFrom(block);
    const plane = block >> 16;
    const expected = plane < 4 || plane === 14 ? measureNaively(characters) : unassigned;
    expect(measure(characters), `from ${block.toString(16)}`).toEqual(expected);
  }
});

test('lower-casing a code point makes a letter or number of a letter or number alone, and never two', () => {
  for (let codePoint = 0; codePoint < 0x110000; codePoint++) {
    const character = String.fromCodePoint(codePoint);
    const kept = character.toLowerCase().match(/[\p{L}\p{N}]/gu)?.length ?? 0;
    if (kept !== (/[\p{L}\p{N}]/u.test(character) ? 1 : 0)) expect.fail(`U+${codePoint.toString(16)}`);
  }
});

test('every cased code point mirrors its other case as the regular expressions say', () => {
  for (let codePoint = 0; codePoint < 0x20000; codePoint++) {
    const character = String.fromCodePoint(codePoint);
    if (character.toLowerCase() === character && character.toUpperCase() === character) continue;
    const mirrored = `${character.toUpperCase()}.${character.toLowerCase()}`;
    expect(measure(mirrored).palindrome, mirrored).toBe(measureNaively(mirrored).palindrome);
  }
});

test('a text before leaves nothing behind', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 5 }), text, (before, characters) => {
      const expected = measureNaively(characters);
      for (const other of before) measure(other);
      expect(measure(characters)).toEqual(expected);
      expect(measure(characters)).toEqual(expected);
    }),
    { numRuns: 200 },
  );
});

const MILLION = 1_000_000;
const distinctWords = Array.from({ length: 200_000 }, (_, index) => numberWord(index)).join(' ');

test.each([
  ['one letter', 'a'.repeat(MILLION), { unique: true, palindrome: true }],
  ['nothing but spaces', ' '.repeat(MILLION), { unique: false, palindrome: false }],
  ['one word over and over', 'lease '.repeat(MILLION / 6), { unique: false, palindrome: false }],
  ['different words', distinctWords, { unique: true, palindrome: false }],
  [
    'different words, the last twice',
    `${distinctWords} ${numberWord(199_999)}`,
    { unique: false, palindrome: false },
  ],
  ['a palindrome in two cases', mirror('é'.repeat(MILLION / 2)), { unique: true, palindrome: true }],
  ['emoji', '👍'.repeat(MILLION / 2), { unique: false, palindrome: false }],
  ['halves of pairs', '\udc4d'.repeat(MILLION), { unique: false, palindrome: false }],
])('a million code units take no long time: %s', (_, characters, { unique, palindrome }) => {
  const begin = performance.now();
  const counts = measure(characters);
  // Far below what comparing each word with each takes, and far above what a busy machine needs.
  expect(performance.now() - begin).toBeLessThan(5000);
  expect(counts.allWordsUnique).toBe(unique);
  expect(counts.palindrome).toBe(palindrome);
});

function mirror(half: string): string {
  return half + half.toUpperCase();
}
