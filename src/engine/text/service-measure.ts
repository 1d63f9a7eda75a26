import { ALPHANUMERIC, classify, hasSpecialLowerCase, lowerCaseOf, lowerCaseWord } from './characters.js';
import { type Counts, measurer, PLACES } from './measure.js';
import { PUBLISHED_THRESHOLDS, wordClass } from './word-tally.js';

const APOSTROPHE = 0x27;
const HYPHEN = 0x2d;

/** Counts what the ruleset `service` prices; its words and its palindromes are its own. */
export function measureForService(text: string): Counts {
  const counts = measurer.text(text, 0, text.length, PUBLISHED_THRESHOLDS);
  const words = serviceWords(text);
  const byClass = { short: 0, medium: 0, long: 0 };
  for (const word of words) byClass[wordClass(word, PUBLISHED_THRESHOLDS)]++;
  counts[PLACES.shortWords] = byClass.short;
  counts[PLACES.mediumWords] = byClass.medium;
  counts[PLACES.longWords] = byClass.long;
  counts[PLACES.allWordsUnique] = new Set(words).size === words.length ? 1 : 0;
  counts[PLACES.palindrome] = isMirrored(words) ? 1 : 0;
  return counts;
}

/** The words of the ruleset `service`: the text between single spaces, cleaned; some may be empty. */
export function serviceWords(text: string): string[] {
  return text.split(' ').map(cleaned);
}

/** The letters, numbers, apostrophes and hyphens of `piece`. */
function cleaned(piece: string): string {
  let cleanPart = '';
  let from = 0;
  for (let index = 0; index < piece.length; ) {
    const codePoint = piece.codePointAt(index) ?? 0;
    const next = index + (codePoint > 0xffff ? 2 : 1);
    if (!isWordCharacter(codePoint)) {
      cleanPart += piece.slice(from, index);
      from = next;
    }
    index = next;
  }
  return from === 0 ? piece : cleanPart + piece.slice(from);
}

function isWordCharacter(codePoint: number): boolean {
  return codePoint === APOSTROPHE || codePoint === HYPHEN || (classify(codePoint) & ALPHANUMERIC) !== 0;
}

/** Whether the lower-cased words, joined, read the same backwards, every code point counted; no word does. */
function isMirrored(words: readonly string[]): boolean {
  const joined = words.join('');
  const text = hasSpecialLowerCase(joined) ? words.map(lowerCaseWord).join('') : joined;
  let left = 0;
  let right = text.length;
  while (left < right) {
    const first = text.codePointAt(left) ?? 0;
    const last = codePointBefore(text, right);
    if (first !== last && lowerCaseOf(first) !== lowerCaseOf(last)) return false;
    left += first > 0xffff ? 2 : 1;
    right -= last > 0xffff ? 2 : 1;
  }
  return true;
}

/** The code point that ends at `end`; cleaned words hold no lone surrogate. */
function codePointBefore(text: string, end: number): number {
  const unit = text.charCodeAt(end - 1);
  return unit >= 0xdc00 && unit <= 0xdfff ? (text.codePointAt(end - 2) ?? 0) : unit;
}
