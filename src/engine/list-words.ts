import { classify, VOWEL, WORD } from './characters.js';
import type { ExplainedVowel, ExplainedWord } from './explanation.js';
import type { Thresholds } from './thresholds.js';
import { wordClass } from './word-class.js';

/** The words that `measure` counts in a text. */
export function listWords(text: string): string[] {
  const words: string[] = [];
  let word = '';
  for (const character of text) {
    if (isIn(WORD, character)) word += character;
    else if (word !== '') {
      words.push(word);
      word = '';
    }
  }
  return word === '' ? words : [...words, word];
}

export function explainWords(words: readonly string[], thresholds: Thresholds): ExplainedWord[] {
  return words.map((word) => ({ word, class: wordClass(word, thresholds) }));
}

/** The vowels at the positions 3, 6, 9 … that `measure` counts in a text. */
export function listThirdVowels(text: string): ExplainedVowel[] {
  const vowels: ExplainedVowel[] = [];
  let position = 0;
  for (const character of text) {
    position++;
    if (position % 3 === 0 && isIn(VOWEL, character)) vowels.push({ position, character });
  }
  return vowels;
}

function isIn(bits: number, character: string): boolean {
  return (classify(character.codePointAt(0) ?? 0) & bits) !== 0;
}
