import type { Amount } from './amount.js';
import { type Step, stepsOf, sumSteps } from './price.js';
import { type Rates, ratesFor } from './rates.js';
import type { Ruleset } from './rules.js';
import { classify, VOWEL, WORD } from './text/characters.js';
import { type Counts, type Measure, measurer, toMeasure } from './text/measure.js';
import { measureForService, serviceWords } from './text/service-measure.js';
import { type Thresholds, type WordClass, wordClass } from './text/word-tally.js';

/** How one price came about. */
export interface Explanation {
  /** In the order they apply; their amounts add up to `total` exactly. */
  readonly steps: readonly Step[];
  readonly total: Amount;
  /** The priced words in the order of the text; none where the ruleset prices no words. */
  readonly words: readonly ExplainedWord[];
  /** The priced vowels; none where the ruleset prices no vowels. */
  readonly thirdVowels: readonly ExplainedVowel[];
  readonly measure: Measure;
}

export interface ExplainedWord {
  /** As it is compared and measured: `service` cleans it first, and may leave nothing. */
  readonly word: string;
  readonly class: WordClass;
}

export interface ExplainedVowel {
  /** In code points, counted from 1: 3, 6, 9 … */
  readonly position: number;
  readonly character: string;
}

/**
 * Explains the price that `textPricer` gives the text, from the same counts.
 * @throws {RangeError} as `textPricer` does
 */
export function explainText(text: string, ruleset: Ruleset, rates?: Rates): Explanation {
  const card = ratesFor(ruleset, rates);
  const { thresholds } = card;
  const counts = countText(text, ruleset, thresholds);
  const steps = stepsOf(ruleset, counts, card);
  const words = wordsOf(text, ruleset).map((word) => ({ word, class: wordClass(word, thresholds) }));
  const thirdVowels = ruleset === 'tokens' ? [] : listThirdVowels(text);
  return { steps, total: sumSteps(steps), words, thirdVowels, measure: toMeasure(counts) };
}

/** What the rules of `ruleset` count in a text, until the next one is counted. */
export function countText(text: string, ruleset: Ruleset, thresholds: Thresholds): Counts {
  return ruleset === 'service' ? measureForService(text) : measurer.text(text, 0, text.length, thresholds);
}

function wordsOf(text: string, ruleset: Ruleset): readonly string[] {
  if (ruleset === 'tokens') return [];
  return ruleset === 'service' ? serviceWords(text) : listWords(text);
}

/** The words that `measure` counts in a text. */
function listWords(text: string): string[] {
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

/** The vowels at the positions 3, 6, 9 … that `measure` counts in a text. */
function listThirdVowels(text: string): ExplainedVowel[] {
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
