import type { BillRow } from './bill.js';
import { barOf, type Unit } from './calendar.js';
import { addRows, type Totals } from './totals.js';

/** One bar of the chart: a day, or a month or year where days would be too many. */
export interface Bar extends Totals {
  /** YYYY-MM-DD, YYYY-MM or YYYY. */
  readonly bar: string;
}

/** Exact totals of `rows` for each of `bars`, zero where there are none. */
export function addBars(rows: readonly BillRow[], bars: readonly string[], unit: Unit): Bar[] {
  const groups = new Map<string, BillRow[]>(bars.map((bar) => [bar, []]));
  for (const row of rows) groups.get(barOf(row.day, unit))?.push(row);
  return Array.from(groups, ([bar, group]) => ({ bar, ...addRows(group) }));
}
