import type { Amount } from './amount.js';
import { toAmount } from './amount.js';
import { ExactDecimal } from './decimal.js';

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
  if (significant === '') return 0;
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
