import type { BillChange, Comparison } from '../usage/diff/compare-bills.js';

/** The two bills compared, as they are shown. */
export interface DiffNames {
  readonly old: string;
  readonly new: string;
}

/** Turns a comparison into text: `head`, then `rows` for each batch, then `tail`. Serves one output. */
export interface DiffRenderer {
  head(): string;
  rows(changes: readonly BillChange[]): string;
  tail(comparison: Comparison): Iterable<string>;
}

export function isEqual({ added, removed, changed }: Comparison): boolean {
  return added + removed + changed === 0;
}
