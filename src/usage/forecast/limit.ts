import {
  type Amount,
  compareAmounts,
  formatAmount,
  parseAmount,
  toAmount,
  ZERO,
} from '../../engine/index.js';
import { CURRENCIES, minorUnits, NO_COST } from '../../rates/money.js';
import type { Sum } from '../pricing/sums.js';

/** What a period may use, as it was written. */
export interface WrittenLimit {
  readonly amount: Amount;
  /** `credits`, or the code of a currency; undefined where only the amount was written. */
  readonly unit: string | undefined;
}

/** What a period may use: an exact amount above 0, and its unit. */
export type Limit = WrittenLimit & { readonly unit: string };

export const CREDITS = 'credits';

const WRITTEN = /^(\S*\d)\s*([A-Za-z]+)?$/;

/** Reads `2500`, `2500 credits` or `50 GBP`. Undefined for all else. */
export function parseWritten(text: string): WrittenLimit | undefined {
  const [, digits = '', unit] = WRITTEN.exec(text.trim()) ?? [];
  const amount = parseAmount(digits);
  const isKnown = unit === undefined || unit === CREDITS || CURRENCIES.includes(unit);
  return amount !== undefined && isKnown ? { amount, unit } : undefined;
}

/** The same for a limit, which is above 0. */
export function parseLimit(text: string): WrittenLimit | undefined {
  const limit = parseWritten(text);
  return limit !== undefined && compareAmounts(limit.amount, ZERO) > 0 ? limit : undefined;
}

/** As it is written. */
export function limitText({ amount, unit }: WrittenLimit): string {
  return unit === undefined ? formatAmount(amount) : `${formatAmount(amount)} ${unit}`;
}

/**
 * The limit in the unit in which usage is counted: without a unit that is money where a credit has a price.
 *
 * @param currency of the price of a credit; undefined where it has none
 * @returns the limit, or what is wrong
 */
export function limitIn({ amount, unit }: WrittenLimit, currency: string | undefined): Limit | string {
  const meant = unit ?? currency ?? CREDITS;
  if (meant === CREDITS || meant === currency) return { amount, unit: meant };
  return currency === undefined
    ? `${meant} needs what a credit costs: --credit-price 0.02 --currency ${meant}, or a --rates file with prices`
    : `is in ${meant}, but what a credit costs is in ${currency}: give it in ${currency}, or in credits`;
}

/** What was used, in the unit of a limit. */
export function amountIn(unit: string, { credits, cost = NO_COST }: Sum): Amount {
  return unit === CREDITS ? credits : toAmount(cost);
}

/** Digits after the point that amounts in a unit have at the least. */
export function decimalsIn(unit: string): number {
  return unit === CREDITS ? 0 : minorUnits(unit);
}
