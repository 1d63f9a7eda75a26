import type { Amount } from './amount.js';
import type { AsciiBytes } from './text/code-units.js';

export const RULESETS = ['published', 'service', 'tokens'] as const;

/** Raised whenever a rule changes; `UNICODE_VERSION` says by which letters and numbers a text was priced. */
export const RULESET_VERSIONS = { published: 1, service: 1, tokens: 1 } as const satisfies Record<
  Ruleset,
  number
>;

/** A set of rules by which texts become credits; `published` is in force. */
export type Ruleset = (typeof RULESETS)[number];

/** The price of the window `[start, end)` of `characters` (UTF-16 indexes; the whole string unless said). */
export type TextPricer = (characters: string, start?: number, end?: number) => Amount;

/** The price of the window `[start, end)` of bytes that are all ASCII. */
export type AsciiPricer = (ascii: AsciiBytes, start: number, end: number) => Amount;
