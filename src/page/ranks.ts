import { instantOf } from '../source/timestamp.js';
import type { BillRow } from './bill.js';
import { KINDS } from './contract.js';
import type { Column } from './view.js';

/** The place of each row's value among a column's distinct values, by the row's index. */
export type Ranks = (column: Column) => Uint32Array;

/** The rank of a row that has no value. */
export const BLANK = 0xffff_ffff;

/**
 * Ranks of `rows`, computed once a column. Comparing two ranks is comparing two integers, so that the exact
 * comparison (big integers, collation) is paid per distinct value and not per step of a sort.
 *
 * Ids and credits compare as exact numbers, timestamps as instants, kinds in the order they are listed, names
 * by English collation with numbers by value; names that collate alike, by code unit.
 */
export function rankColumns(rows: readonly BillRow[]): Ranks {
  const collator = new Intl.Collator('en', { numeric: true });
  const known = new Map<Column, Uint32Array>();
  const compute: Record<Column, () => Uint32Array> = {
    message_id: () => rank(rows, (row) => BigInt(row.messageId), ascending),
    timestamp: () => rank(rows, instant, ascending),
    report_name: () =>
      rank(
        rows,
        (row) => row.reportName,
        (a, b) => collator.compare(a, b) || ascending(a, b),
      ),
    kind: () => rank(rows, (row) => KINDS.indexOf(row.kind), ascending),
    credits_used: () => rank(rows, (row) => row.units, ascending),
  };
  return (column) => {
    const ranks = known.get(column) ?? compute[column]();
    known.set(column, ranks);
    return ranks;
  };
}

function rank<Value extends string | number | bigint>(
  rows: readonly BillRow[],
  read: (row: BillRow) => Value | undefined,
  compare: (a: Value, b: Value) => number,
): Uint32Array {
  const values = rows.map(read);
  const distinct = [...new Set(values)].filter((value) => value !== undefined).sort(compare);
  const places = new Map<Value | undefined, number>(distinct.map((value, place) => [value, place]));
  return Uint32Array.from(values, (value) => places.get(value) ?? BLANK);
}

function instant(row: BillRow): number | undefined {
  const milliseconds = instantOf(row.timestamp);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

function ascending<Value extends string | number | bigint>(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
