import { type Amount, addAmounts, createTotal, subtractAmounts, type Total } from '../../engine/index.js';

/** What a bill and an invoice may count differently, in the order in which it is shown. */
export const CAUSES = ['copies', 'missing-reports', 'other-months'] as const;
export type CauseName = (typeof CAUSES)[number] | 'rounding';

/** Messages of a bill that an invoice may count differently. */
export type Cause = {
  readonly messages: number;
  /** What they cost. */
  readonly credits: Amount;
  /** What the total would gain if they were counted differently; negative where it would lose. */
  readonly effect: Amount;
} & (
  | { readonly cause: 'rounding'; readonly decimals: number }
  /** Messages whose id came before. */
  | { readonly cause: 'copies'; readonly counted: boolean; readonly ids: readonly (number | bigint)[] }
  /** Messages priced by their text since their report does not exist. */
  | { readonly cause: 'missing-reports'; readonly reports: readonly Part[] }
  /** Messages of another calendar month than most. */
  | { readonly cause: 'other-months'; readonly month: string; readonly months: readonly Part[] }
);

/** What a cause costs by report, or by month. */
export interface Part {
  readonly name: string;
  readonly messages: number;
  readonly credits: Amount;
}

/** Adds up messages by a name. */
export function createParts() {
  const parts = new Map<string, { messages: number; readonly credits: Total }>();
  return {
    add(name: string, credits: Amount): void {
      let part = parts.get(name);
      if (part === undefined) {
        part = { messages: 0, credits: createTotal() };
        parts.set(name, part);
      }
      part.messages++;
      part.credits.add(credits);
    },
    /** In the order of their names. */
    value: (): Part[] =>
      [...parts]
        .map(([name, { messages, credits }]) => ({ name, messages, credits: credits.value() }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** The sums of parts that an invoice may lack. */
export function withoutParts(parts: readonly Part[]) {
  const messages = parts.reduce((sum, part) => sum + part.messages, 0);
  const credits = parts.reduce<Amount>((sum, part) => addAmounts(sum, part.credits), 0);
  return { messages, credits, effect: subtractAmounts(0, credits) };
}
