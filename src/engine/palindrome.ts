import { ALPHANUMERIC, classify, codePointFrom, codePointUpTo, isPair } from './characters.js';
import type { CodeUnits } from './code-units.js';

const LETTER_OR_NUMBER = /[\p{L}\p{N}]/u;

const mirrors = new Map<number, number>();

/**
 * Whether the letters and numbers of the window `[start, end)` read the same backwards, each code point
 * lower-cased on its own. False where there are none. Stops at the first difference.
 */
export function isPalindrome(units: CodeUnits, start: number, end: number): boolean {
  let left = start;
  let right = end - 1;
  let found = false;
  while (left <= right) {
    const first = codePointFrom(units, left, end);
    if ((classify(first) & ALPHANUMERIC) === 0) {
      left += isPair(first) ? 2 : 1;
      continue;
    }
    const last = codePointUpTo(units, right, start);
    if ((classify(last) & ALPHANUMERIC) === 0) {
      right -= isPair(last) ? 2 : 1;
      continue;
    }
    if (first !== last && mirrorOf(first) !== mirrorOf(last)) return false;
    found = true;
    left += isPair(first) ? 2 : 1;
    right -= isPair(last) ? 2 : 1;
  }
  return found;
}

/**
 * The letter or number that a mirrored code point is compared as. Lower-casing makes more than one code
 * point of U+0130 alone, an `i` and a dot above, and the dot is neither letter nor number.
 */
function mirrorOf(codePoint: number): number {
  if (codePoint < 0x80) return isAsciiUpper(codePoint) ? codePoint + 0x20 : codePoint;
  const known = mirrors.get(codePoint);
  if (known !== undefined) return known;
  const lower = String.fromCodePoint(codePoint).toLowerCase();
  const mirror = LETTER_OR_NUMBER.exec(lower)?.[0].codePointAt(0) ?? codePoint;
  mirrors.set(codePoint, mirror);
  return mirror;
}

function isAsciiUpper(codePoint: number): boolean {
  return codePoint >= 0x41 && codePoint <= 0x5a;
}
