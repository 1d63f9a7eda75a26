import fc from 'fast-check';

/** Characters on which the rules turn: word parts, vowels, cases, marks, pairs, halves of pairs, expansions. */
const TELLING = [
  ...'abAEiz',
  ...' .,7_²Ⅷ',
  ..."'‘’-‐‑—\n\u00a0",
  ...'éÉßẞσςΣİıKå',
  ...'\u0301\u0345日한\u0661',
  ...'👍𝒜𐐀𐐨𠀀🇬',
  '\ud83d',
  '\udc4d',
];

const telling = fc.array(fc.constantFrom(...TELLING), { maxLength: 60 }).map((parts) => parts.join(''));

const anyUnits = fc.array(fc.nat(0xffff), { maxLength: 40 }).map((units) => String.fromCharCode(...units));

const anyCodePoints = fc.string({ unit: 'binary', maxLength: 60 });

const ascii = fc.string({ unit: 'binary-ascii', maxLength: 150 });

const sentence = fc
  .array(fc.constantFrom('the', 'lease', "it's", 'co-op', 'obligations', 'naïve', '👍', '𐐀𐐨', 'The', '-'), {
    maxLength: 12,
  })
  .map((words) => words.join(' '));

/** The same backwards, but for case and what is neither letter nor number. */
const palindrome = fc
  .tuple(fc.oneof(telling, ascii), fc.constantFrom('', 'x', ' ', '!'))
  .map(([half, middle]) => half + middle + [...half].reverse().join('').toUpperCase());

/** Longer than the block that is read at once, so that words and pairs lie across its edges. */
const long = fc
  .tuple(fc.oneof(telling, sentence), fc.integer({ min: 900, max: 1300 }), telling)
  .map(([part, length, rest]) => `${part}a`.repeat(length / (part.length + 1) + 1).slice(0, length) + rest);

/** Words by the hundred, all different or with one that comes again. */
const wordy = fc
  .tuple(fc.integer({ min: 100, max: 300 }), fc.option(fc.nat(299)), fc.constantFrom('', 'é', '𐐀'))
  .map(([count, again, ending]) => {
    const words = Array.from({ length: count }, (_, index) => numberWord(index) + ending);
    return [...words, ...(again === null ? [] : [numberWord(again) + ending])].join(' ');
  });

export const text = fc.oneof(telling, anyUnits, anyCodePoints, ascii, sentence, palindrome, long, wordy);

/** 0 is `a`, 27 is `bb`: a different word a number. */
export function numberWord(number: number): string {
  const letter = String.fromCharCode(97 + (number % 26));
  return number < 26 ? letter : numberWord(Math.floor(number / 26) - 1) + letter;
}
