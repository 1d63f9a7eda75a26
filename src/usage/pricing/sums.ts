import { type Amount, addAmounts, createTotal, ZERO } from '../../engine/index.js';
import {
  addCosts,
  type Cost,
  type CreditPrice,
  type CreditPrices,
  costOf,
  NO_COST,
} from '../../rates/money.js';
import { type Kind, kindOf, recordByKind, type UsageItem } from './priced-row.js';

/** How many messages, and what they cost in all. */
export interface Sum {
  readonly messages: number;
  /** Credits, exact. */
  readonly credits: Amount;
  /** Exact; undefined where a credit has no price. */
  readonly cost?: Cost | undefined;
}

/** Adds up messages as they pass. @param cost of none, where a credit has a price */
export function createSum(cost?: Cost) {
  return new RunningSum(cost);
}

/**
 * Credits of one price are multiplied by it once, when a message of another price comes or the sum is read: most prices
 * never change.
 */
class RunningSum {
  private messages = 0;
  private total = createTotal();
  /** Of the messages before those in `total`. */
  private earlier: Amount = ZERO;
  private price: CreditPrice | undefined;

  constructor(private cost: Cost | undefined) {}

  /** @param price of the credits, where they have one */
  add(credits: Amount, count = 1, price?: CreditPrice): void {
    if (price !== this.price) this.changePrice(price);
    this.messages += count;
    this.total.add(credits);
  }

  /** Messages whose cost is known. */
  addSum({ messages, credits, cost }: Sum): void {
    this.messages += messages;
    this.earlier = addAmounts(this.earlier, credits);
    if (cost !== undefined) this.cost = this.cost === undefined ? cost : addCosts(this.cost, cost);
  }

  value(): Sum {
    this.changePrice(this.price);
    const { messages, earlier: credits, cost } = this;
    return cost === undefined ? { messages, credits } : { messages, credits, cost };
  }

  private changePrice(price: CreditPrice | undefined): void {
    const credits = this.total.value();
    if (this.cost !== undefined && this.price !== undefined) {
      this.cost = addCosts(this.cost, costOf(credits, this.price));
    }
    this.earlier = addAmounts(this.earlier, credits);
    this.total = createTotal();
    this.price = price;
  }
}

/** Sums by a key, each of which exists from its first use on. @param cost of none, where a credit has a price */
export function createSums<Key>(cost?: Cost) {
  const sums = new Map<Key, RunningSum>();
  return {
    of(key: Key): RunningSum {
      const known = sums.get(key);
      if (known !== undefined) return known;
      const sum = createSum(cost);
      sums.set(key, sum);
      return sum;
    },
    values: () => new Map(Array.from(sums, ([key, sum]) => [key, sum.value()])),
  };
}

export function addSums(sums: Iterable<Sum>): Sum {
  const total = createSum();
  for (const sum of sums) total.addSum(sum);
  return total.value();
}

/** Sums of the rows shown. */
export interface Totals extends Sum {
  readonly byKind: Readonly<Record<Kind, Sum>>;
}

/** Adds up rows as they pass. @param prices where a credit has one */
export function createTotals(prices?: CreditPrices) {
  const kinds = recordByKind(() => createSum(prices && NO_COST));

  return {
    add(items: readonly UsageItem[]): void {
      for (const item of items) kinds[kindOf(item)].add(item.credits, 1, prices?.priceOf(item.message));
    },
    value(): Totals {
      const byKind = recordByKind((kind) => kinds[kind].value());
      return { ...addSums(Object.values(byKind)), byKind };
    },
  };
}
