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
