import { type Amount, parseAmount } from '../../engine/index.js';

const REMEMBERED = 10_000;

/** `parseAmount` for many rows: the same few amounts come again and again. */
export function createAmountReader(): (text: string) => Amount | undefined {
  const known = new Map<string, Amount>();
  return (text) => {
    const remembered = known.get(text);
    if (remembered !== undefined) return remembered;
    const amount = parseAmount(text);
    if (amount !== undefined && known.size < REMEMBERED) known.set(text, amount);
    return amount;
  };
}
