import { type Amount, toDecimal } from '../../engine/index.js';

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
