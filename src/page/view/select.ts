import type { Column, PageRow } from '../../format/page/bill-data.js';
import { addRows, type Bill, type BillRow, type Totals } from '../data/bill.js';
import { BLANK, COLUMNS } from './columns.js';
import type { SortKey, View } from './view.js';

/** What a view leaves of the bill. */
export interface Selection {
  /** In the view's order, all pages. */
  readonly rows: readonly BillRow[];
  readonly totals: Totals;
  /** The rows of every day: the chart shows what lies outside the range, too. */
  readonly anyDay: readonly BillRow[];
  /** The rows of every report: the others can be chosen, too. */
  readonly anyReport: readonly BillRow[];
}

/** Selects from `bill`. The last sort is cached, so that typing into the search sorts nothing. */
export function selectFrom(bill: Bill): (view: View) => Selection {
  const ranks = rankColumns(bill.rows);
  let sorted: { sort: string; rows: readonly BillRow[] } = { sort: describe([]), rows: bill.rows };
  return (view) => {
    const sort = describe(view.sort);
    if (sort !== sorted.sort) sorted = { sort, rows: sortRows(bill.rows, view.sort, ranks) };
    const isInRange = matchDay(view);
    const isOfReport = (row: PageRow) => view.report === undefined || row.reportId === view.report;
    const content = sorted.rows.filter(matchContent(view));
    const anyDay = content.filter(isOfReport);
    const anyReport = content.filter(({ day }) => isInRange(day));
    const rows = anyReport.filter(isOfReport);
    return { rows, totals: addRows(rows), anyDay, anyReport };
  };
}

function describe(sort: readonly SortKey[]): string {
  return JSON.stringify(sort);
}

/**
 * Whether a row has the view's kind and text, whatever its day and report. Text is found anywhere in the id, the report
 * name or the message's text, without regard to case or to how an accent is encoded.
 */
export function matchContent(view: Pick<View, 'text' | 'kind'>): (row: PageRow) => boolean {
  const sought = fold(view.text.trim());
  const names = new Map<string, boolean>();
  const hasText = ({ messageId, reportName, text }: PageRow): boolean => {
    if (sought === '' || messageId.includes(sought)) return true;
    if (text !== undefined && fold(text).includes(sought)) return true;
    if (reportName === undefined) return false;
    const found = names.get(reportName) ?? fold(reportName).includes(sought);
    names.set(reportName, found);
    return found;
  };
  return (row) => (view.kind === undefined || row.kind === view.kind) && hasText(row);
}

/** Whether a day lies in the view's range, both ends included. */
export function matchDay({
  from = Number.NEGATIVE_INFINITY,
  to = Number.POSITIVE_INFINITY,
}: Pick<View, 'from' | 'to'>): (day: number) => boolean {
  return (day) => day >= from && day <= to;
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/**
 * What a click on a header does: the column's first direction (descending for figures), the other one, as received. A
 * column retains its precedence while it is sorted, and a new one comes after those already chosen.
 */
export function clickColumn(sort: readonly SortKey[], column: Column): SortKey[] {
  const present = sort.find((key) => key.column === column);
  const descending = COLUMNS[column].class === 'number';
  if (present === undefined) return [...sort, { column, descending }];
  if (present.descending !== descending) return sort.filter((key) => key !== present);
  return sort.map((key) => (key === present ? { column, descending: !descending } : key));
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

/** The rank of each row by a column, by the row's index. */
export type Ranks = (column: Column) => Uint32Array;

/** Ranks of `rows`, computed once a column. */
export function rankColumns(rows: readonly BillRow[]): Ranks {
  const known = new Map<Column, Uint32Array>();
  return (column) => {
    const ranks = known.get(column) ?? COLUMNS[column].rank(rows);
    known.set(column, ranks);
    return ranks;
  };
}
