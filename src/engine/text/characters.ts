import type { CodeUnits } from './code-units.js';
import { CLASS_RUNS, LOWER_CASE_RUNS } from './unicode-data.js';

/** An ASCII vowel. Must be 1: `measure` adds it up. */
export const VOWEL = 1;
/** Part of a word: a letter, a combining mark, an apostrophe or a hyphen. */
export const WORD = 2;
/** A letter or a number, which is what a palindrome compares. Lower-casing makes and unmakes none. */
export const ALPHANUMERIC = 4;
/** Set for every code point already looked up, so that 0 means 'not yet'. */
const KNOWN = 8;

const CODE_POINTS = 0x110000;
const ASCII = 0x80;
const APOSTROPHES_AND_HYPHENS = "'‘’-‐‑";

/**
 * The class bits of every code point met so far, by code point; 0 for one not met yet and for every
 * surrogate code unit. The pages of the table that no text reaches are never touched.
 */
export const characterClasses = /* @__PURE__ */ new Uint8Array(CODE_POINTS);

/** The class bits of one code point. A lone surrogate belongs to no class. */
export function classify(codePoint: number): number {
  const known = characterClasses[codePoint] ?? 0;
  if (known !== 0) return known;
  if (isSurrogate(codePoint)) return KNOWN;
  const bits = lookUp(codePoint);
  characterClasses[codePoint] = bits;
  return bits;
}

/** The code point that begins at `index` in a window ending at `end`; a lone surrogate is its own code point. */
export function codePointFrom(units: CodeUnits, index: number, end: number): number {
  const unit = units[index] ?? 0;
  if (!isLead(unit) || index + 1 >= end) return unit;
  const next = units[index + 1] ?? 0;
  return isTrail(next) ? combine(unit, next) : unit;
}

/** The code point whose last code unit is at `index` in a window beginning at `start`. */
export function codePointUpTo(units: CodeUnits, index: number, start: number): number {
  const unit = units[index] ?? 0;
  if (!isTrail(unit) || index <= start) return unit;
  const previous = units[index - 1] ?? 0;
  return isLead(previous) ? combine(previous, unit) : unit;
}

/** Whether a code point takes two UTF-16 code units. */
export function isPair(codePoint: number): boolean {
  return codePoint > 0xffff;
}

function lookUp(codePoint: number): number {
  const character = String.fromCodePoint(codePoint);
  const vowel = /[aeiouAEIOU]/.test(character) ? VOWEL : 0;
  const mark = APOSTROPHES_AND_HYPHENS.includes(character) ? WORD : 0;
  // A start that meets only ASCII reads no table.
  return KNOWN | vowel | mark | (codePoint < ASCII ? asciiBits(character) : unicodeBits(codePoint));
}

function asciiBits(character: string): number {
  if (/[A-Za-z]/.test(character)) return WORD | ALPHANUMERIC;
  return /[0-9]/.test(character) ? ALPHANUMERIC : 0;
}

function unicodeBits(codePoint: number): number {
  const bits = unicodeClass(codePoint);
  if ((bits & UNICODE_CLASS.letter) !== 0) return WORD | ALPHANUMERIC;
  if ((bits & UNICODE_CLASS.mark) !== 0) return WORD;
  return (bits & UNICODE_CLASS.number) === 0 ? 0 : ALPHANUMERIC;
}

/** Half of a surrogate pair. */
export function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

function isLead(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isTrail(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function combine(lead: number, trail: number): number {
  return (lead - 0xd800) * 0x400 + (trail - 0xdc00) + 0x10000;
}

/**
 * The classes of code points in one version of Unicode, from a table of our own: \p{…} and toLowerCase follow the
 * version of the platform, and with them a price would.
 */
export const UNICODE_CLASS = { letter: 1, mark: 2, number: 4, cased: 8, caseIgnorable: 16 } as const;

const CAPITAL_SIGMA = 0x3a3;
const FINAL_SIGMA = 'ς';
const DOTTED_CAPITAL_I = 0x130;
/** The one code point whose lower case is two. */
const DOTTED_SMALL_I = 'i\u0307';

interface ClassTable {
  /** The first code point of each run. */
  readonly starts: Uint32Array;
  readonly classes: Uint8Array;
}

let classTable: ClassTable | undefined;
let lowerCases: Map<number, number> | undefined;

/** The bits of `UNICODE_CLASS`; `cased` and `caseIgnorable` only of letters, numbers and the apostrophe. */
export function unicodeClass(codePoint: number): number {
  classTable ??= readClasses();
  const { starts, classes } = classTable;
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((starts[middle] ?? 0) <= codePoint) low = middle;
    else high = middle - 1;
  }
  return classes[low] ?? 0;
}

/** The lower case of one code point on its own; of U+0130 the `i` without its dot. */
export function lowerCaseOf(codePoint: number): number {
  if (codePoint < 0x80) return codePoint >= 0x41 && codePoint <= 0x5a ? codePoint + 0x20 : codePoint;
  lowerCases ??= readLowerCases();
  return lowerCases.get(codePoint) ?? codePoint;
}

/** Whether a text's lower case is more than that of each of its code points. */
export function hasSpecialLowerCase(text: string): boolean {
  return text.includes('Σ') || text.includes('İ');
}

/** The lower case of a word of letters, numbers, apostrophes and hyphens, its final sigma included. */
export function lowerCaseWord(word: string): string {
  const codePoints = Array.from(word, (character) => character.codePointAt(0) ?? 0);
  const lower = codePoints.map((codePoint, index) => {
    if (codePoint === DOTTED_CAPITAL_I) return DOTTED_SMALL_I;
    if (codePoint === CAPITAL_SIGMA && isFinal(codePoints, index)) return FINAL_SIGMA;
    return String.fromCodePoint(lowerCaseOf(codePoint));
  });
  return lower.join('');
}

/** Final_Sigma of the Unicode standard as ICU and Python have it: what is case-ignorable is never the cased letter. */
function isFinal(codePoints: readonly number[], index: number): boolean {
  return isNextCased(codePoints, index, -1) && !isNextCased(codePoints, index, 1);
}

function isNextCased(codePoints: readonly number[], index: number, step: 1 | -1): boolean {
  for (let at = index + step; ; at += step) {
    const codePoint = codePoints[at];
    if (codePoint === undefined) return false;
    const bits = unicodeClass(codePoint);
    if ((bits & UNICODE_CLASS.caseIgnorable) === 0) return (bits & UNICODE_CLASS.cased) !== 0;
  }
}

function readClasses(): ClassTable {
  const runs = [...CLASS_RUNS.matchAll(/([0-9a-z]*)([A-Z])/g)];
  const starts = new Uint32Array(runs.length);
  const classes = new Uint8Array(runs.length);
  let start = 0;
  for (const [index, [, length = '', letter = 'A']] of runs.entries()) {
    starts[index] = start;
    classes[index] = letter.charCodeAt(0) - 65;
    start += length === '' ? 1 : Number.parseInt(length, 36);
  }
  return { starts, classes };
}

function readLowerCases(): Map<number, number> {
  const lower = new Map<number, number>();
  let first = 0;
  for (const run of LOWER_CASE_RUNS.split(' ')) {
    const [distance = 0, count = 0, step = 1, delta = 0] = run
      .split(',')
      .map((text) => Number.parseInt(text, 36));
    first += distance;
    for (let index = 0; index < count; index++) {
      const codePoint = first + index * step;
      lower.set(codePoint, codePoint + delta);
    }
  }
  return lower;
}
