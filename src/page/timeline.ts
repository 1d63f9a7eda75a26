import { barsBetween, chooseUnit, type Unit } from './calendar.js';
import type { PageRow } from './contract.js';

/** The chart's horizontal axis: the same whatever the filter leaves. */
export interface Timeline {
  readonly unit: Unit;
  readonly bars: readonly string[];
  /** The first and last day with a message, YYYY-MM-DD. */
  readonly first: string;
  readonly last: string;
}

/** From the first to the last day of `rows`, of which there is at least one. */
export function timelineOf(rows: readonly PageRow[]): Timeline {
  const days = [...new Set(rows.map(({ day }) => day))].sort();
  const first = days.at(0) ?? '';
  const last = days.at(-1) ?? '';
  const unit = chooseUnit(first, last);
  return { unit, bars: barsBetween(first, last, unit), first, last };
}
