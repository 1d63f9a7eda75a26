import type { CodeUnits } from './code-units.js';
import { UNICODE_CLASS, unicodeClass } from './unicode.js';

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
export const characterClasses = new Uint8Array(CODE_POINTS);

/** The class bits of one code point. A lone surrogate belongs to no class. */
export function classify(codePoint: number): number {
  const known = characterClasses[codePoint] ?? 0;
  if (known !== 0) return known;
  if (isSurrogate(codePoint)) return KNOWN;
  const bits = lookUp(codePoint);
  characterClasses[codePoint] = bits;
  return bits;
}

/** The code point that begins at `index` in a window ending at `end`; a lone surrogate stands for itself. */
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
