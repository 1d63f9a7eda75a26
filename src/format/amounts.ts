import { type Amount, compareAmounts, formatAmount, toAmount, toDecimal, ZERO } from '../engine/index.js';
import { type Cost, formatCost, invoiceTotal } from '../rates/money.js';

/** Puts amounts on one decimal point: trailing zeros are added, no digit is dropped. */
export function padDecimals(amount: string, decimals: number): string {
  const missing = decimals - decimalsOf(amount);
  if (missing <= 0) return amount;
  return `${amount}${amount.includes('.') ? '' : '.'}${'0'.repeat(missing)}`;
}

/** Digits after the point; 0 of a text without one. */
export function decimalsOf(amount: string): number {
  const point = amount.indexOf('.');
  return point === -1 ? 0 : amount.length - point - 1;
}

export function mostDecimals(amounts: Iterable<string>): number {
  let most = 0;
  for (const amount of amounts) most = Math.max(most, decimalsOf(amount));
  return most;
}

/** `1426510.80` as `1,426,510.80`, for people; never in data. */
export function groupThousands(amount: string): string {
  const [whole = '', ...rest] = amount.split('.');
  return [whole.replace(/\B(?=(\d{3})+$)/g, ','), ...rest].join('.');
}

/** `35 messages`; `6 of 35 messages` where the rows are not all. */
export function messagesInWords(count: number, outOf?: number): string {
  const all = outOf ?? count;
  const counts = [...(outOf === undefined ? [] : [count]), all].map((each) => groupThousands(`${each}`));
  return `${counts.join(' of ')} ${all === 1 ? 'message' : 'messages'}`;
}

/** `35 messages, 658.8 credits`; `6 of 35 messages, …` where the rows are not all. */
export function sumsInWords(count: number, credits: Amount, outOf?: number): string {
  return `${messagesInWords(count, outOf)}, ${groupThousands(formatAmount(credits))} credits`;
}

/** `46.30 GBP, rounded from 46.2987`: what an invoice asks for, and how it came about. */
export function invoiceInWords(cost: Cost, currency: string): string {
  const { amount, rounding } = invoiceTotal(cost, currency);
  const rounded = rounding.isZero() ? '' : `, rounded from ${groupThousands(formatCost(cost))}`;
  return `${groupThousands(amount)} ${currency}${rounded}`;
}

/** A difference with its sign: `+1.2`, `-3`, `0`. */
export function signedAmount(amount: Amount): string {
  return compareAmounts(amount, ZERO) > 0 ? `+${formatAmount(amount)}` : formatAmount(amount);
}

/** Three digits, or all before the point; never below what is used. */
export function estimateText(estimate: Amount, used: Amount): string {
  const exact = toDecimal(estimate);
  const rounded = toAmount(exact.toDecimalPlaces(Math.max(0, 2 - exact.e)));
  return groupThousands(formatAmount(compareAmounts(rounded, used) < 0 ? used : rounded));
}
