import type { Amount } from './amount.js';
import type { Measure } from './measure.js';
import type { Step } from './step.js';
import type { WordClass } from './word-class.js';

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
