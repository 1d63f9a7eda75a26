import type { Thresholds } from './thresholds.js';

export type WordClass = 'short' | 'medium' | 'long';

/** The class that a word is priced by: its length in code points against the thresholds. */
export function wordClass(word: string, { mediumFrom, longFrom }: Thresholds): WordClass {
  let length = 0;
  for (const _ of word) length++;
  if (length >= longFrom) return 'long';
  return length >= mediumFrom ? 'medium' : 'short';
}
