import { type Amount, compareAmounts, formatAmount } from '../engine/index.js';

/** A difference with its sign: `+1.2`, `-3`, `0`. */
export function signedAmount(amount: Amount): string {
  return compareAmounts(amount, 0) > 0 ? `+${formatAmount(amount)}` : formatAmount(amount);
}
