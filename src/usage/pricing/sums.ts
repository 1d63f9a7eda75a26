import { type Amount, addAmounts, createTotal, ZERO } from '../../engine/index.js';

/** How many messages, and what they cost in all. */
export interface Sum {
  readonly messages: number;
  /** Credits, exact. */
  readonly credits: Amount;
}

/** Adds up messages as they pass. */
export function createSum() {
  return new RunningSum();
}

class RunningSum {
  private messages = 0;
  private readonly total = createTotal();

  add(credits: Amount, count = 1): void {
    this.messages += count;
    this.total.add(credits);
  }

  value(): Sum {
    return { messages: this.messages, credits: this.total.value() };
  }
}

export function addSums(sums: Iterable<Sum>): Sum {
  let messages = 0;
  let credits = ZERO;
  for (const sum of sums) {
    messages += sum.messages;
    credits = addAmounts(credits, sum.credits);
  }
  return { messages, credits };
}
