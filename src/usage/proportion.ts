import { type Amount, toDecimal } from '../engine/index.js';

/**
 * How many of `parts` equal parts of `whole` are in `part`, rounded half up: `proportion(part, whole, 10_000)`
 * is a percentage with two decimals. In whole numbers, so that it is exact for amounts of any size; neither
 * amount is negative. 0 of nothing.
 */
export function proportion(part: Amount, whole: Amount, parts: number): number {
  const [numerator, denominator] = toIntegers(part, whole);
  if (denominator === 0n) return 0;
  return Number((2n * numerator * BigInt(parts) + denominator) / (2n * denominator));
}

/** The share of `whole` in percent, with two decimals always: `12.50`. */
export function percentOf(part: Amount, whole: Amount): string {
  const hundredths = `${proportion(part, whole, 10_000)}`.padStart(3, '0');
  return `${hundredths.slice(0, -2)}.${hundredths.slice(-2)}`;
}

/** Both amounts as whole numbers of one common unit. */
function toIntegers(a: Amount, b: Amount): [bigint, bigint] {
  if (typeof a === 'number' && typeof b === 'number') return [BigInt(a), BigInt(b)];
  const [first, second] = [toDecimal(a), toDecimal(b)];
  const decimals = Math.max(first.decimalPlaces(), second.decimalPlaces());
  const whole = (amount: typeof first) => BigInt(amount.toFixed(decimals).replace('.', ''));
  return [whole(first), whole(second)];
}
