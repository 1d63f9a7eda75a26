import type { UsageItem } from '../usage/pricing/priced-row.js';
import { createTotals, type Totals } from '../usage/rows/totals.js';
import type { Renderer } from './renderer.js';

/** What takes the text of a result. */
export interface TextTaker {
  /** A promise asks to wait. */
  write(text: string | Uint8Array): Promise<void> | void;
  /** Nobody reads any more. */
  readonly closed: boolean;
}

/** Writes every row and returns the totals. Ends early, without them, when nobody reads any more. */
export async function writeRows(
  batches: AsyncIterable<UsageItem[]>,
  renderer: Renderer,
  sink: TextTaker,
  signal: AbortSignal,
): Promise<Totals | undefined> {
  const totals = createTotals();
  await sink.write(renderer.head());
  for await (const items of batches) {
    signal.throwIfAborted();
    if (sink.closed) return undefined;
    totals.add(items);
    const waits = sink.write(renderer.rows(items));
    if (waits !== undefined) await waits;
  }
  const sums = totals.value();
  for (const piece of renderer.tail(sums)) await sink.write(piece);
  return sums;
}
