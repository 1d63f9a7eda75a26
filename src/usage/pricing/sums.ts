import { type Amount, addAmounts, createTotal } from '../../engine/index.js';

/** How many messages, and what they cost in all. */
export interface Sum {
  readonly messages: number;
  /** Credits, exact. */
  readonly credits: Amount;
}

/** Adds up messages as they pass. */
export function createSum() {
  const total = createTotal();
  let messages = 0;
  return {
    add(credits: Amount, count = 1): void {
      messages += count;
      total.add(credits);
    },
    value: (): Sum => ({ messages, credits: total.value() }),
  };
}

export function addSums(sums: Iterable<Sum>): Sum {
  let messages = 0;
  let credits: Amount = 0;
  for (const sum of sums) {
    messages += sum.messages;
    credits = addAmounts(credits, sum.credits);
  }
  return { messages, credits };
}
