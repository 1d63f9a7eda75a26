import { ZERO } from '../../engine/index.js';
import type { UsageItem } from '../../usage/pricing/priced-row.js';
import {
  checkReportFilter,
  matchesMessage,
  matchesRow,
  narrowsMessages,
  type RowQuery,
} from '../../usage/rows/row-query.js';
import { createSorterOf } from '../../usage/rows/sort.js';
import type { PeriodDocument, ResolvedReports, RowView } from '../period/period-document.js';
import type { ReportStore } from '../period/report-store.js';
import { ROWS_A_TURN, takeTurns } from '../shared/jobs.js';
import { badQuery } from '../shared/problem.js';

/** Rows given to a renderer at a time. */
const ROWS_A_BATCH = 1024;
const NO_REPORTS: ResolvedReports = { reports: new Map(), freshUntil: Number.POSITIVE_INFINITY };

/** The rows of a document that a query shows, with the reports that price them. */
export interface FoundRows {
  readonly count: number;
  /** `performance.now()` until which their reports hold. */
  readonly freshUntil: number;
  /** @throws what pricing a text threw, and the signal's reason */
  batches(): AsyncGenerator<UsageItem[]>;
}

/**
 * Which rows `selection` chooses, in its order, without its offset and limit. Stored with the document: the next page of
 * the same query costs no search.
 *
 * @throws what reading a report throws where the rows depend on it, Refusal (400) for a report filter that means two of
 *   them, and the signal's reason
 */
export async function viewRows(
  document: PeriodDocument,
  selection: RowQuery,
  reports: ReportStore,
  signal: AbortSignal,
): Promise<RowView> {
  const { report, kind, sort } = selection;
  const selectsByReport = report !== undefined || (kind !== undefined && kind !== 'text');
  const needsReports = selectsByReport || SORTED_BY_REPORT.some((field) => field === sort?.field);
  if (!narrowsMessages(selection) && !needsReports && sort === undefined) return WHOLE;
  const key = viewKey(selection);
  const known = document.findView(key);
  if (known !== undefined) return known;

  let rows = await filterRows(document, signal, undefined, (row) =>
    narrowsMessages(selection) ? matchesMessage(document.rows.message(row), selection) : true,
  );
  const resolved = needsReports
    ? await reports.resolve(document, reportsOf(document, rows), signal)
    : undefined;
  const itemOf = (row: number) => document.rows.item(row, (resolved ?? NO_REPORTS).reports);
  if (selectsByReport) {
    const check = report && checkReportFilter(report, badQuery);
    rows = await filterRows(document, signal, rows, (row) => {
      const item = itemOf(row);
      check?.add(item);
      return matchesRow(item, selection);
    });
  }
  if (sort !== undefined) {
    // What does not order the rows need not be known of them.
    const sorter = createSorterOf(needsReports ? itemOf : (row: number) => unpriced(document, row), sort);
    for (let at = 0; at < rows.length; at += ROWS_A_TURN) {
      sorter.add(Array.from(rows.subarray(at, at + ROWS_A_TURN)));
      await takeTurns(signal);
    }
    rows = Uint32Array.from(sorter.sorted());
  }
  const view = { rows, resolved };
  document.storeView(key, view);
  return view;
}

/** The rows [start, end) of a view, which needs their reports only. */
export async function findRows(
  document: PeriodDocument,
  view: RowView,
  [start, end]: readonly [number, number],
  reports: ReportStore,
  signal: AbortSignal,
): Promise<FoundRows> {
  const rowAt = (index: number) => view.rows?.[index] ?? index;
  const wanted = new Set<number>();
  for (let index = start; index < end; index++) {
    const number = document.rows.reportOf(rowAt(index));
    if (number !== undefined) wanted.add(number);
  }
  const resolved = view.resolved ?? (await reports.resolve(document, wanted, signal));
  return {
    count: end - start,
    freshUntil: resolved.freshUntil,
    async *batches() {
      for (let index = start; index < end; index += ROWS_A_BATCH) {
        const items: UsageItem[] = [];
        const last = Math.min(end, index + ROWS_A_BATCH);
        for (let at = index; at < last; at++) items.push(document.rows.item(rowAt(at), resolved.reports));
        yield items;
        if ((last - start) % ROWS_A_TURN === 0) await takeTurns(signal);
      }
    },
  };
}

/** How many rows a view has. */
export function countRows(document: PeriodDocument, { rows }: RowView): number {
  return rows?.length ?? document.rows.length;
}

/** All rows, in upstream's order. */
export const WHOLE: RowView = { rows: undefined, resolved: undefined };
const SORTED_BY_REPORT = ['report_name', 'credits_used', 'kind'] as const;

function unpriced(document: PeriodDocument, row: number): UsageItem {
  return { message: document.rows.message(row), report: undefined, credits: ZERO };
}

async function filterRows(
  document: PeriodDocument,
  signal: AbortSignal,
  from: Uint32Array | undefined,
  isChosen: (row: number) => boolean,
): Promise<Uint32Array> {
  const length = from?.length ?? document.rows.length;
  const chosen = new Uint32Array(length);
  let count = 0;
  for (let index = 0; index < length; index++) {
    const row = from?.[index] ?? index;
    if (isChosen(row)) chosen[count++] = row;
    if (index % ROWS_A_TURN === ROWS_A_TURN - 1) await takeTurns(signal);
  }
  return chosen.slice(0, count);
}

function reportsOf({ rows }: PeriodDocument, chosen: Uint32Array): Set<number> {
  const numbers = new Set<number>();
  for (const row of chosen) {
    const number = rows.reportOf(row);
    if (number !== undefined) numbers.add(number);
  }
  return numbers;
}

function viewKey({ message, since, until, report, kind, sort }: RowQuery): string {
  return JSON.stringify([`${message}`, since?.key, until?.key, report, kind, sort?.field, sort?.descending]);
}
