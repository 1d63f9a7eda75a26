import { ZERO } from '../../engine/index.js';
import type { UsageItem } from '../../usage/pricing/priced-row.js';
import { createSorter } from '../../usage/rows/read-usage.js';
import {
  checkReportFilter,
  matchesMessage,
  matchesRow,
  narrowsMessages,
  type RowQuery,
  type SortOrder,
} from '../../usage/rows/row-query.js';
import type { PeriodDocument, ResolvedReports, RowView } from '../period/period-document.js';
import type { ReportStore } from '../period/report-store.js';
import type { MemoryAccount, MemoryBudget } from '../shared/memory-budget.js';
import { badQuery } from '../shared/problem.js';
import { type Jobs, ROWS_A_TURN, takeTurns } from '../shared/work.js';

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

/** Bytes of a row while rows are sorted, about, beside its text where that is what orders them. */
const BYTES_SORTED = 80;

export interface ViewParts {
  readonly reports: ReportStore;
  readonly jobs: Jobs;
  readonly budget: MemoryBudget;
}

/**
 * Hands `use` the rows that `selection` chooses, in its order, without its offset and limit. They are stored with the
 * document: the next page of the same query costs no search.
 *
 * @throws what `use` throws and reading a report throws where the rows depend on it, Refusal (400) for a report filter
 *   that means two of them, Refusal (503) where there is not enough memory, and the signal's reason
 */
export async function useView<Result>(
  document: PeriodDocument,
  selection: RowQuery,
  { reports, jobs, budget }: ViewParts,
  signal: AbortSignal,
  use: (view: RowView) => Promise<Result>,
): Promise<Result> {
  const { report, kind, sort } = selection;
  const selectsByReport = report !== undefined || (kind !== undefined && kind !== 'text');
  const needsReports = selectsByReport || SORTED_BY_REPORT.some((field) => field === sort?.field);
  if (!narrowsMessages(selection) && !needsReports && sort === undefined) return use(WHOLE);
  const key = viewKey(selection);
  const known = document.findView(key);
  if (known !== undefined) return use(known);

  const account = budget.openAccount();
  try {
    const chosen = await jobs.search(signal, () => chooseByMessage(document, selection, account, signal));
    const resolved = needsReports
      ? await reports.resolve(
          document,
          reportsOf(document, 0, chosen.length, (at) => chosen[at] ?? 0),
          signal,
        )
      : undefined;
    const view = await jobs.search(signal, async () => {
      // Another request for the same rows may have had its turn first.
      const found = document.findView(key);
      if (found !== undefined) return found;
      const itemOf = (row: number) => document.rows.item(row, (resolved ?? NO_REPORTS).reports);
      const filtered = selectsByReport ? await filterByReport(itemOf, selection, chosen, signal) : chosen;
      // What does not order the rows need not be known of them.
      const shownOf = needsReports ? itemOf : (row: number) => unpriced(document, row);
      const rows =
        sort === undefined ? filtered : await sortRows(document, filtered, shownOf, sort, budget, signal);
      document.storeView(key, { rows, resolved });
      return { rows, resolved };
    });
    return await use(view);
  } finally {
    account.close();
  }
}

async function chooseByMessage(
  document: PeriodDocument,
  selection: RowQuery,
  account: MemoryAccount,
  signal: AbortSignal,
): Promise<Uint32Array> {
  const all = new Uint32Array(document.rows.length);
  account.take(all.byteLength);
  for (let row = 0; row < all.length; row++) all[row] = row;
  if (!narrowsMessages(selection)) return all;
  return filterRows(all, (row) => matchesMessage(document.rows.message(row), selection), signal);
}

function filterByReport(
  itemOf: (row: number) => UsageItem,
  selection: RowQuery,
  rows: Uint32Array,
  signal: AbortSignal,
): Promise<Uint32Array> {
  const { report } = selection;
  const check = report && checkReportFilter(report, badQuery);
  const isChosen = (row: number) => {
    const item = itemOf(row);
    check?.add(item);
    return matchesRow(item, selection);
  };
  return filterRows(rows, isChosen, signal);
}

async function sortRows(
  document: PeriodDocument,
  rows: Uint32Array,
  itemOf: (row: number) => UsageItem,
  sort: SortOrder,
  budget: MemoryBudget,
  signal: AbortSignal,
): Promise<Uint32Array> {
  const bytes = rows.length * BYTES_SORTED + (sort.field === 'text' ? document.rows.textSize : 0);
  budget.take(bytes);
  try {
    const sorter = createSorter(itemOf, sort);
    for (let at = 0; at < rows.length; at += ROWS_A_TURN) {
      sorter.add(Array.from(rows.subarray(at, at + ROWS_A_TURN)));
      await takeTurns(signal);
    }
    return Uint32Array.from(sorter.sorted());
  } finally {
    budget.give(bytes);
  }
}

/** The rows of a view, or those of a range [start, end), which needs their reports only. */
export async function findRows(
  document: PeriodDocument,
  view: RowView,
  reports: ReportStore,
  signal: AbortSignal,
  { start, end }: { readonly start: number; readonly end: number } = {
    start: 0,
    end: countRows(document, view),
  },
): Promise<FoundRows> {
  const rowAt = (index: number) => view.rows?.[index] ?? index;
  const resolved =
    view.resolved ?? (await reports.resolve(document, reportsOf(document, start, end, rowAt), signal));
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
  rows: Uint32Array,
  isChosen: (row: number) => boolean,
  signal: AbortSignal,
): Promise<Uint32Array> {
  const chosen = new Uint32Array(rows.length);
  let count = 0;
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] ?? 0;
    if (isChosen(row)) chosen[count++] = row;
    if (index % ROWS_A_TURN === ROWS_A_TURN - 1) await takeTurns(signal);
  }
  return chosen.slice(0, count);
}

function reportsOf(
  { rows }: PeriodDocument,
  start: number,
  end: number,
  rowAt: (index: number) => number,
): Set<number> {
  const numbers = new Set<number>();
  for (let index = start; index < end; index++) {
    const number = rows.reportOf(rowAt(index));
    if (number !== undefined) numbers.add(number);
  }
  return numbers;
}

/** The same for queries of the same rows in the same order. */
export function viewKey({ since, until, report, kind, sort }: RowQuery): string {
  return JSON.stringify([since?.key, until?.key, report, kind, sort?.field, sort?.descending]);
}
