import { Decimal } from 'decimal.js';

/**
 * The engine's own constructor. 2,000 digits hold every sum and product of amounts that `parseAmount` lets
 * in (400 digits each, a count and a factor included), so that nothing ever rounds; and nothing prints with
 * an exponent.
 */
export const ExactDecimal = Decimal.clone({
  defaults: true,
  precision: 2000,
  toExpNeg: -9e15,
  toExpPos: 9e15,
});

declare const unit: unique symbol;

/** Whole hundredths of a credit, a safe integer: 520 is 5.2 credits. */
export type Hundredths = number & { readonly [unit]: 'hundredths of a credit' };

/** Credits: 5.2 is 5.2 credits. */
export type Credits = Decimal & { readonly [unit]: 'credits' };

/**
 * An exact sum of credits: hundredths, or credits for anything finer or larger. What the engine returns is
 * canonical: credits only where hundredths could not carry it.
 */
export type Amount = Hundredths | Credits;

/** The one way from a number to hundredths of a credit. Checks nothing, since it is on the hot path. */
export function hundredths(whole: number): Hundredths {
  return whole as Hundredths;
}

/** The one way from a Decimal to credits; outside, `toAmount` makes them canonical. */
function exactCredits(credits: Decimal): Credits {
  return (credits.constructor === ExactDecimal ? credits : new ExactDecimal(credits)) as Credits;
}

export const ZERO: Amount = hundredths(0);

const HUNDREDTH = new ExactDecimal('0.01');

/** The amount in credits, with the engine's constructor whatever constructor made it. */
export function toDecimal(amount: Amount): Decimal {
  if (typeof amount === 'number') return new ExactDecimal(safeHundredths(amount)).times(HUNDREDTH);
  return exactCredits(amount);
}

/**
 * The canonical amount of so many credits.
 * @throws {RangeError} when `credits` is NaN or infinite
 */
export function toAmount(credits: Decimal): Amount {
  if (!credits.isFinite()) throw new RangeError(`not an amount of credits: ${credits.toString()}`);
  const exact = exactCredits(credits);
  const scaled = exact.times(100);
  const whole = scaled.isInteger() && scaled.abs().lte(Number.MAX_SAFE_INTEGER);
  // Adding 0 makes a negative zero an ordinary one.
  return whole ? hundredths(scaled.toNumber() + 0) : exact;
}

export function addAmounts(a: Amount, b: Amount): Amount {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return hundredths(sum);
  }
  return toAmount(toDecimal(a).plus(toDecimal(b)));
}

/** a − b; negative where b is larger. */
export function subtractAmounts(a: Amount, b: Amount): Amount {
  return addAmounts(a, typeof b === 'number' ? hundredths(0 - b) : exactCredits(b.negated()));
}

/** `factor` as a number is a safe integer; a Decimal may be anything. */
export function multiplyAmount(amount: Amount, factor: number | Decimal): Amount {
  if (typeof amount === 'number' && typeof factor === 'number') {
    const product = amount * factor;
    if (Number.isSafeInteger(product)) return hundredths(product + 0);
  }
  return toAmount(toDecimal(amount).times(new ExactDecimal(factor)));
}

/** Negative, zero or positive, as `Array.prototype.sort` wants it. */
export function compareAmounts(a: Amount, b: Amount): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return toDecimal(a).comparedTo(toDecimal(b));
}

function safeHundredths(amount: Hundredths): number {
  if (Number.isSafeInteger(amount)) return amount;
  throw new RangeError(`not a whole number of hundredths of a credit: ${amount}`);
}

/** An exact running total of any size. */
export interface Total {
  add(amount: Amount): void;
  value(): Amount;
}

export function createTotal(): Total {
  let whole = 0;
  let beyond = ZERO;

  return {
    add(amount) {
      if (typeof amount === 'number') {
        const sum = whole + amount;
        if (Number.isSafeInteger(sum)) {
          whole = sum;
          return;
        }
      }
      beyond = addAmounts(beyond, amount);
    },
    value: () => addAmounts(beyond, hundredths(whole)),
  };
}

/** More digits than any amount needs, and few enough that the engine's precision holds every sum exactly. */
const MAX_DIGITS = 400;

/** RFC 8259, section 6. */
const JSON_NUMBER = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/**
 * Reads credits from the text of a JSON number: `79`, `5.2`, `1e-7`. Undefined for all else: `+2`, `0x10`,
 * `1_000`, `.5`, `NaN`, the empty string, spaces around it, a number below zero, and one of more than 400
 * digits when written in full. `-0` is 0.
 */
export function parseAmount(text: string): Amount | undefined {
  if (text.length > 2 * MAX_DIGITS) return undefined;
  const match = JSON_NUMBER.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return ZERO;
  if (sign === '-') return undefined;
  const trailingZeros = digits.length - significant.length;
  const scale = Number(exponent) - fraction.length + trailingZeros;
  if (digitsInFull(significant.length, scale) > MAX_DIGITS) return undefined;
  return toAmount(new ExactDecimal(`${significant}e${scale}`));
}

/** Digits of `significant` digits times ten to the `scale`, without an exponent: `5e2` has 3, `5e-2` has 3. */
function digitsInFull(significant: number, scale: number): number {
  return scale >= 0 ? significant + scale : Math.max(significant, 1 - scale);
}

/** Amounts below 100 credits are most of a bill; each is put into words once. */
const REMEMBERED = 10_000;

const remembered = new Array<string | undefined>(REMEMBERED);

/** Credits in full: `79`, `5.2`, `0.0000001`; no exponent, no trailing zeros, a point in every locale. */
export function formatAmount(amount: Amount): string {
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount)) return toDecimal(amount).toFixed();
  if (amount < 0) return `-${formatHundredths(-amount)}`;
  if (amount >= REMEMBERED) return formatHundredths(amount);
  const known = remembered[amount];
  if (known !== undefined) return known;
  const text = formatHundredths(amount);
  remembered[amount] = text;
  return text;
}

function formatHundredths(hundredths: number): string {
  const rest = hundredths % 100;
  const whole = (hundredths - rest) / 100;
  if (rest === 0) return `${whole}`;
  if (rest % 10 === 0) return `${whole}.${rest / 10}`;
  return rest < 10 ? `${whole}.0${rest}` : `${whole}.${rest}`;
}
