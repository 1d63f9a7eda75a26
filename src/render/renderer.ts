import type { UsageItem } from '../usage/pricing/priced-row.js';
import type { Totals } from '../usage/rows/totals.js';

/**
 * Turns rows into text (or its UTF-8), piece by piece: `head`, then `rows` for each batch, then `tail`. Concatenated, the
 * pieces are the whole output. No piece is the whole of it, since a string ends at 512 MB. A renderer serves one output.
 */
export interface Renderer {
  head(): string;
  rows(items: readonly UsageItem[]): string | Uint8Array;
  /** May be long: an iterable of pieces. */
  tail(totals: Totals): Iterable<string>;
}
