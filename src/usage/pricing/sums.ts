import { type Amount, addAmounts, createTotal, toDecimal, ZERO } from '../../engine/index.js';
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

/**
 * Adds up messages as they pass. Credits of one price are multiplied by it once, when a message of another price comes or
 * the sum is read: most prices never change.
 */
export class RunningSum {
  private messages = 0;
  private total = createTotal();
  /** Of the messages before those in `total`. */
  private earlier: Amount = ZERO;
  private price: CreditPrice | undefined;

  /** @param cost of none, where a credit has a price */
  constructor(private cost?: Cost) {}

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
      const sum = new RunningSum(cost);
      sums.set(key, sum);
      return sum;
    },
    values: () => new Map(Array.from(sums, ([key, sum]) => [key, sum.value()])),
  };
}

/** @param cost of none, where a credit has a price */
export function addSums(sums: Iterable<Sum>, cost?: Cost): Sum {
  const total = new RunningSum(cost);
  for (const sum of sums) total.addSum(sum);
  return total.value();
}

/** Sums of the rows shown. */
export interface Totals extends Sum {
  readonly byKind: Readonly<Record<Kind, Sum>>;
}

/** Adds up rows as they pass. @param prices where a credit has one */
export function createTotals(prices?: CreditPrices) {
  const kinds = recordByKind(() => new RunningSum(prices && NO_COST));

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

/**
 * How many of `parts` equal parts of `whole` are in `part`, rounded half up. In whole numbers, so that it is exact for
 * amounts of any size; neither amount is negative. 0 of nothing.
 */
export function proportion(part: Amount, whole: Amount, parts: number): number {
  const [numerator = 0n, denominator = 0n] = toIntegers([part, whole]);
  if (denominator === 0n) return 0;
  return Number((2n * numerator * BigInt(parts) + denominator) / (2n * denominator));
}

/** All shares, in hundredths of a percent. */
export const WHOLE = 10_000;

/**
 * Divides a whole number of units in proportion to amounts that are not negative, so that the parts add up to it: each
 * is rounded down, and what is then left goes to those with the largest remainders, of two equal ones to the first.
 * All are 0 where the amounts are.
 */
export function divideUnits(units: number, amounts: readonly Amount[]): number[] {
  const integers = toIntegers(amounts);
  const whole = integers.reduce((sum, each) => sum + each, 0n);
  if (whole === 0n) return amounts.map(() => 0);
  const scaled = integers.map((each) => each * BigInt(units));
  const parts = scaled.map((each) => Number(each / whole));
  let left = units - parts.reduce((sum, part) => sum + part, 0);
  const remainders = scaled.map((each, index) => ({ index, remainder: each % whole }));
  remainders.sort((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  );
  for (const { index } of remainders) {
    if (left === 0) break;
    parts[index] = (parts[index] ?? 0) + 1;
    left--;
  }
  return parts;
}

/** Hundredths of a percent as a percentage with two decimals: `12.50`. */
export function percentText(hundredths: number): string {
  const digits = `${hundredths}`.padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Amounts as whole numbers of one common unit. */
function toIntegers(amounts: readonly Amount[]): bigint[] {
  if (amounts.every((amount) => typeof amount === 'number')) return amounts.map(BigInt);
  const decimals = amounts.map(toDecimal);
  const places = decimals.reduce((most, decimal) => Math.max(most, decimal.decimalPlaces()), 0);
  return decimals.map((decimal) => BigInt(decimal.toFixed(places).replace('.', '')));
}
