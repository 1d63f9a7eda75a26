import type { Bill, BillRow } from './bill.js';
import { matchContent, matchDay } from './filter.js';
import { rankColumns } from './ranks.js';
import { sortRows } from './sort.js';
import { addRows, type Totals } from './totals.js';
import type { SortKey, View } from './view.js';

/** What a view leaves of the bill. */
export interface Selection {
  /** In the view's order, all pages. */
  readonly rows: readonly BillRow[];
  readonly totals: Totals;
  /** The rows of every day: the chart shows what lies outside the range, too. */
  readonly anyDay: readonly BillRow[];
}

/** Selects from `bill`. The last sort is kept, so that typing into the search sorts nothing. */
export function selectFrom(bill: Bill): (view: View) => Selection {
  const ranks = rankColumns(bill.rows);
  let sorted: { sort: string; rows: readonly BillRow[] } = { sort: describe([]), rows: bill.rows };
  return (view) => {
    const sort = describe(view.sort);
    if (sort !== sorted.sort) sorted = { sort, rows: sortRows(bill.rows, view.sort, ranks) };
    const isInRange = matchDay(view);
    const anyDay = sorted.rows.filter(matchContent(view));
    const rows = anyDay.filter((row) => isInRange(row.day));
    return { rows, totals: addRows(rows), anyDay };
  };
}

function describe(sort: readonly SortKey[]): string {
  return JSON.stringify(sort);
}
