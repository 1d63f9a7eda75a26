import type { Amount } from './amount.js';
import { toDecimal } from './amount.js';

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
