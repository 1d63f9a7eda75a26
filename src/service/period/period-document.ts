import { LRUCache } from 'lru-cache';
import type { Report } from '../../document/records.js';
import type { Usage } from '../../open-usage.js';
import type { Validators } from '../../source/source.js';
import { type MemoryAccount, SharedResource } from '../shared/memory-budget.js';
import type { PricedRows } from './priced-rows.js';

/** Selections of a document's rows cached for the next page, and the bytes they may take in all, for each row of it. */
const MOST_VIEWS = 16;
const VIEW_BYTES_A_ROW = 32;

/** Bytes of a report beside its name, about. */
const BYTES_A_REPORT = 300;

/** What a report takes in memory, about. */
export function sizeOfReport({ report }: ResolvedReport): number {
  return BYTES_A_REPORT + 2 * (report?.name.length ?? 0);
}

/** A report as upstream had it; undefined where it does not exist. */
export interface ResolvedReport {
  readonly report: Report | undefined;
  /** `performance.now()` until which it may be used. */
  readonly freshUntil: number;
}

/** Reports by their places in `PricedRows.reportIds`. */
export interface ResolvedReports {
  readonly reports: ReadonlyMap<number, Report | undefined>;
  /** `performance.now()` until which all of them may be used. */
  readonly freshUntil: number;
}

/** Rows of a document chosen and ordered by a query. */
export interface RowView {
  /** Undefined: all, in upstream's order. */
  readonly rows: Uint32Array | undefined;
  /** Where they decided which rows there are. */
  readonly resolved: ResolvedReports | undefined;
}

/** A messages document that was read whole. Its memory is given back when it is out of use and nobody reads it. */
export class PeriodDocument extends SharedResource {
  private readonly reports = new Map<number, ResolvedReport>();
  private readonly views: LRUCache<string, RowView>;

  constructor(
    /** No other document of this process has it. */
    readonly number: number,
    readonly rows: PricedRows,
    /** How many messages were read, copies that do not count included. */
    readonly messageCount: number,
    readonly validators: Validators,
    /** `performance.now()` when the request was sent that gave it or called it unchanged. */
    public sentAt: number,
    /** Where reports are read as well; undefined where each is requested by itself. */
    readonly usage: Pick<Usage, 'report' | 'close'> | undefined,
    private readonly account: MemoryAccount,
  ) {
    super();
    this.views = new LRUCache({
      max: MOST_VIEWS,
      maxSize: 64 * MOST_VIEWS + rows.length * VIEW_BYTES_A_ROW,
      sizeCalculation: sizeOf,
      dispose: (view) => account.give(sizeOf(view)),
    });
  }

  /** What answers know of a report. */
  findReport(number: number, now: number): ResolvedReport | undefined {
    const known = this.reports.get(number);
    return known !== undefined && now < known.freshUntil ? known : undefined;
  }

  /** For the next answer, where there is enough memory. */
  storeReport(number: number, resolved: ResolvedReport): void {
    const before = this.reports.get(number);
    if (before !== undefined) this.account.give(sizeOfReport(before));
    if (!this.isRetired && this.account.tryTake(sizeOfReport(resolved))) this.reports.set(number, resolved);
    else this.reports.delete(number);
  }

  findView(key: string): RowView | undefined {
    const view = this.views.get(key);
    return view?.resolved !== undefined && performance.now() >= view.resolved.freshUntil ? undefined : view;
  }

  /** For the next page, where there is enough memory. */
  storeView(key: string, view: RowView): void {
    this.views.delete(key);
    const size = sizeOf(view);
    if (size <= this.views.maxSize && !this.isRetired && this.account.tryTake(size))
      this.views.set(key, view);
  }

  protected close(): void {
    this.rows.close();
    this.views.clear();
    this.reports.clear();
    this.account.close();
    void this.usage?.close();
  }
}

/** Its rows, and the sums over them that pages are checked by. */
function sizeOf({ rows }: RowView): number {
  return 64 + 2 * (rows?.byteLength ?? 0);
}
