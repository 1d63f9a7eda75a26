import type { BillRow } from './bill.js';
import type { Ranks } from './ranks.js';
import { BLANK } from './ranks.js';
import type { Column, SortKey } from './view.js';

/**
 * What a click on a header does: ascending, descending, as received. A column keeps its precedence while it is
 * sorted, and a new one comes after those already chosen.
 */
export function clickColumn(sort: readonly SortKey[], column: Column): SortKey[] {
  const present = sort.find((key) => key.column === column);
  if (present === undefined) return [...sort, { column, descending: false }];
  if (present.descending) return sort.filter((key) => key !== present);
  return sort.map((key) => (key === present ? { column, descending: true } : key));
}

/** A sorted copy. Equal rows stay as received, whatever the direction; rows without a value come last. */
export function sortRows(rows: readonly BillRow[], sort: readonly SortKey[], ranks: Ranks): BillRow[] {
  const keys = sort.map(({ column, descending }) => ({ rank: ranks(column), sign: descending ? -1 : 1 }));
  return [...rows].sort((a, b) => {
    for (const { rank, sign } of keys) {
      const left = rank[a.index] ?? BLANK;
      const right = rank[b.index] ?? BLANK;
      if (left === right) continue;
      if (left === BLANK) return 1;
      if (right === BLANK) return -1;
      return (left - right) * sign;
    }
    return a.index - b.index;
  });
}
