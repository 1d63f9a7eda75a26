import type { Decimal } from 'decimal.js';
import { ExactDecimal } from './decimal.js';

/**
 * An exact sum of credits. A number is WHOLE HUNDREDTHS of a credit and a safe integer (520 is 5.2 credits);
 * a Decimal is credits, for anything finer or larger. What the engine returns is canonical: a Decimal only
 * where a number could not carry it.
 */
export type Amount = number | Decimal;

const HUNDREDTH = new ExactDecimal('0.01');

/** The amount in credits, with the engine's constructor whatever constructor made it. */
export function toDecimal(amount: Amount): Decimal {
  if (typeof amount === 'number') return new ExactDecimal(safeHundredths(amount)).times(HUNDREDTH);
  return amount.constructor === ExactDecimal ? amount : new ExactDecimal(amount);
}

/**
 * The canonical amount of so many credits.
 * @throws {RangeError} when `credits` is NaN or infinite
 */
export function toAmount(credits: Decimal): Amount {
  if (!credits.isFinite()) throw new RangeError(`not an amount of credits: ${credits.toString()}`);
  const exact = toDecimal(credits);
  const hundredths = exact.times(100);
  const whole = hundredths.isInteger() && hundredths.abs().lte(Number.MAX_SAFE_INTEGER);
  // Adding 0 makes a negative zero an ordinary one.
  return whole ? hundredths.toNumber() + 0 : exact;
}

export function addAmounts(a: Amount, b: Amount): Amount {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return toAmount(toDecimal(a).plus(toDecimal(b)));
}

/** a − b; negative where b is larger. */
export function subtractAmounts(a: Amount, b: Amount): Amount {
  return addAmounts(a, typeof b === 'number' ? 0 - b : toDecimal(b).negated());
}

/** `factor` as a number is a safe integer; a Decimal may be anything. */
export function multiplyAmount(amount: Amount, factor: number | Decimal): Amount {
  if (typeof amount === 'number' && typeof factor === 'number') {
    const product = amount * factor;
    if (Number.isSafeInteger(product)) return product + 0;
  }
  return toAmount(toDecimal(amount).times(new ExactDecimal(factor)));
}

/** Negative, zero or positive, as `Array.prototype.sort` wants it. */
export function compareAmounts(a: Amount, b: Amount): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return toDecimal(a).comparedTo(toDecimal(b));
}

function safeHundredths(hundredths: number): number {
  if (Number.isSafeInteger(hundredths)) return hundredths;
  throw new RangeError(`not a whole number of hundredths of a credit: ${hundredths}`);
}
