import type { Amount } from './amount.js';

export const RULESETS = ['published', 'service', 'tokens'] as const;

/** A set of rules by which texts become credits; `published` is in force. */
export type Ruleset = (typeof RULESETS)[number];

/** The price of the window `[start, end)` of `characters` (UTF-16 indexes; the whole string unless said). */
export type TextPricer = (characters: string, start?: number, end?: number) => Amount;
