/*
 * Exact decimals as whole numbers: credits × 10^scale, with one scale for the whole page. decimal.js, by which prices are
 * explained, takes fifty times as long to add up the costs of 100,000 rows, which every letter of a search does.
 */

const DECIMAL = /^-?\d+(?:\.(\d+))?$/;

/** Digits after the point. Throws a RangeError unless `text` is a plain decimal. */
export function fractionDigits(text: string): number {
  const match = DECIMAL.exec(text);
  if (match === null) throw new RangeError(`not a plain decimal: ${text}`);
  return match[1]?.length ?? 0;
}

/** `text` × 10^scale. `scale` is at least the digits after the point of `text`. */
export function toUnits(text: string, scale: number): bigint {
  const point = text.indexOf('.');
  if (point === -1) return BigInt(text + '0'.repeat(scale));
  return BigInt(text.slice(0, point) + text.slice(point + 1).padEnd(scale, '0'));
}

/** The exact digits: no exponent, no trailing zeros. */
export function toDigits(units: bigint, scale: number): string {
  const { sign, whole, fraction } = split(units, scale);
  const significant = fraction.replace(/0+$/, '');
  return sign + whole + (significant === '' ? '' : `.${significant}`);
}

/**
 * For reading: so many decimals and thousands apart, `1,234.50`. Rounds half to even, as an invoice does; `rounded` says
 * that it did.
 */
export function toDecimals(units: bigint, scale: number, decimals = 2): { text: string; rounded: boolean } {
  const more = BigInt(Math.abs(scale - decimals));
  const shown = scale > decimals ? divideHalfEven(units, 10n ** more) : units * 10n ** more;
  const { sign, whole, fraction } = split(shown, decimals);
  const rounded = scale > decimals && shown * 10n ** more !== units;
  const point = decimals === 0 ? '' : '.';
  return { text: `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${point}${fraction}`, rounded };
}

/** As a double, for lengths of bars and nothing else. */
export function toApproximate(units: bigint, scale: number): number {
  return Number(toDigits(units, scale));
}

function split(units: bigint, scale: number) {
  const sign = units < 0n ? '-' : '';
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  return { sign, whole: digits.slice(0, point), fraction: digits.slice(point) };
}

function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const size = dividend < 0n ? -dividend : dividend;
  const quotient = size / divisor;
  const twice = (size % divisor) * 2n;
  const up = twice > divisor || (twice === divisor && quotient % 2n === 1n);
  const result = up ? quotient + 1n : quotient;
  return dividend < 0n ? -result : result;
}
