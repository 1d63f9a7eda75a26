import { codePointFrom, codePointUpTo, isPair } from './characters.js';
import { utf16Units } from './code-units.js';
import { type Measure, measure } from './measure.js';
import { serviceWords } from './service-words.js';
import { PUBLISHED_THRESHOLDS } from './thresholds.js';
import { wordClass } from './word-class.js';

/** Counts what the ruleset `service` prices; its words and its palindromes are its own. */
export function measureForService(text: string): Measure {
  const { characters, thirdVowels, overLength } = measure(text);
  const words = serviceWords(text);
  const counts = { short: 0, medium: 0, long: 0 };
  for (const word of words) counts[wordClass(word, PUBLISHED_THRESHOLDS)]++;
  return {
    characters,
    shortWords: counts.short,
    mediumWords: counts.medium,
    longWords: counts.long,
    thirdVowels,
    overLength,
    allWordsUnique: new Set(words).size === words.length,
    palindrome: isMirrored(words.map((word) => word.toLowerCase()).join('')),
  };
}

/** Whether the text reads the same backwards, every code point counted; an empty one does. */
function isMirrored(text: string): boolean {
  const units = utf16Units(text, 0, text.length);
  let left = 0;
  let right = text.length - 1;
  while (left < right) {
    const first = codePointFrom(units, left, text.length);
    if (first !== codePointUpTo(units, right, 0)) return false;
    left += isPair(first) ? 2 : 1;
    right -= isPair(first) ? 2 : 1;
  }
  return true;
}
