import { ALPHANUMERIC, classify, codePointFrom, codePointUpTo, isPair } from './characters.js';
import type { CodeUnits } from './code-units.js';
import { lowerCaseOf } from './unicode.js';

/**
 * Whether the letters and numbers of the window `[start, end)` read the same backwards, each code point
 * lower-cased on its own. False where there are none. Stops at the first difference. The dot that lower-casing
 * adds to U+0130 is neither letter nor number.
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
    if (first !== last && lowerCaseOf(first) !== lowerCaseOf(last)) return false;
    found = true;
    left += isPair(first) ? 2 : 1;
    right -= isPair(last) ? 2 : 1;
  }
  return found;
}
