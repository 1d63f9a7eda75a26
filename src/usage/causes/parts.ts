import { type Amount, addAmounts, createTotal, subtractAmounts, type Total } from '../../engine/index.js';
import type { Part } from './cause.js';

/** Adds up messages by a name. */
export function createParts() {
  const parts = new Map<string, { messages: number; readonly credits: Total }>();
  return {
    add(name: string, credits: Amount): void {
      const part = parts.get(name) ?? { messages: 0, credits: createTotal() };
      parts.set(name, part);
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

/** The sums of parts that the total may do without. */
export function withoutParts(parts: readonly Part[]) {
  const messages = parts.reduce((sum, part) => sum + part.messages, 0);
  const credits = parts.reduce<Amount>((sum, part) => addAmounts(sum, part.credits), 0);
  return { messages, credits, effect: subtractAmounts(0, credits) };
}
