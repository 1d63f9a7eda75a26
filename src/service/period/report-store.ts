import { setMaxListeners } from 'node:events';
import { LRUCache } from 'lru-cache';
import { readReport } from '../../document/messages.js';
import type { Report, ReportId } from '../../document/records.js';
import { limitConcurrency, type SourceObserver } from '../../source/source.js';
import type { MemoryBudget } from '../shared/memory-budget.js';
import type { Redis } from '../shared/redis.js';
import { type ReportEntry, sharedReports } from '../shared/sealed-entries.js';
import type { ServiceOptions } from '../shared/service-options.js';
import { SharedWork } from '../shared/work.js';
import type { Metrics } from '../telemetry/metrics.js';
import {
  type PeriodDocument,
  type ResolvedReport,
  type ResolvedReports,
  sizeOfReport,
} from './period-document.js';

/** Milliseconds that a report is believed not to exist: it may be about to. */
const LONGEST_MISSING = 30_000;
/** The share of the budget that reports may take. */
const SHARE = 1 / 8;

/**
 * Reports shared by all requests. Each answer requests those that it needs, and only a failure of one of them is a failure
 * of the answer. Only complete answers of upstream are cached: that report, or that it does not exist.
 */
export class ReportStore {
  private readonly known: LRUCache<string, ResolvedReport>;
  private readonly work = new SharedWork<ResolvedReport>();
  private readonly limit: ReturnType<typeof limitConcurrency>;
  private readonly shared: ReturnType<typeof sharedReports> | undefined;

  constructor(
    private readonly options: ServiceOptions,
    private readonly budget: MemoryBudget,
    private readonly metrics: Metrics,
    private readonly observer: SourceObserver,
    redis: Redis | undefined,
  ) {
    const { concurrency, isLocal, cacheScope, cacheSecret } = options;
    this.limit = limitConcurrency(concurrency);
    // The same path may hold other files on the next machine.
    if (redis !== undefined && !isLocal) this.shared = sharedReports(redis, cacheScope, cacheSecret);
    this.known = new LRUCache({
      maxSize: Math.ceil(budget.limit * SHARE),
      sizeCalculation: sizeOf,
      dispose: (report, key) => budget.give(sizeOf(report, key)),
    });
    budget.addCache(() => this.known.pop() !== undefined);
  }

  /**
   * @param numbers of reports, by their places in the document's `reportIds`
   * @throws what the source throws for one of them, DataError, and the signal's reason
   */
  async resolve(
    document: PeriodDocument,
    numbers: Iterable<number>,
    signal: AbortSignal,
  ): Promise<ResolvedReports> {
    const reports = new Map<number, Report | undefined>();
    let freshUntil = Number.POSITIVE_INFINITY;
    const note = (number: number, resolved: ResolvedReport) => {
      reports.set(number, resolved.report);
      freshUntil = Math.min(freshUntil, resolved.freshUntil);
    };
    const wanted: [number, ReportId][] = [];
    const now = performance.now();
    for (const number of numbers) {
      const resolved = document.findReport(number, now);
      if (resolved !== undefined) note(number, resolved);
      else wanted.push([number, document.rows.reportIds[number] ?? '']);
    }
    if (wanted.length === 0) return { reports, freshUntil };
    // The first failure ends the waiting for the others, which go on where another answer needs them.
    const failure = new AbortController();
    const either = AbortSignal.any([signal, failure.signal]);
    setMaxListeners(0, either);
    const findOne = async ([number, id]: readonly [number, ReportId]) => {
      const resolved = await this.find(document, id, either);
      document.storeReport(number, resolved);
      note(number, resolved);
    };
    try {
      await Promise.all(wanted.map(findOne));
    } catch (error) {
      failure.abort(error);
      throw error;
    }
    return { reports, freshUntil };
  }

  private find(document: PeriodDocument, id: ReportId, signal: AbortSignal): Promise<ResolvedReport> {
    const key = String(id);
    const known = this.known.get(key);
    if (known !== undefined && performance.now() < known.freshUntil) {
      this.metrics.lookedUp('report', 'hit');
      return Promise.resolve(known);
    }
    // What lies beside a document may be another's for the next one.
    const scope = document.usage === undefined ? '' : document.number;
    return this.work.run(`${scope} ${key}`, signal, async (workSignal) => {
      const shared = await this.readShared(id);
      this.metrics.lookedUp('report', shared === undefined ? 'miss' : 'hit');
      const resolved = shared ?? (await this.limit(() => this.request(document, id, workSignal)));
      this.store(key, resolved);
      return resolved;
    });
  }

  private async request(
    { usage: beside }: PeriodDocument,
    id: ReportId,
    signal: AbortSignal,
  ): Promise<ResolvedReport> {
    signal.throwIfAborted();
    const sentAt = Date.now();
    const bytes = await (beside === undefined ? this.requestAlone(id, signal) : beside.report(id));
    const resolved = this.toResolved(id, { bytes, sentAt });
    void this.shared?.set(String(id), { bytes, sentAt }, resolved.freshUntil - performance.now());
    return resolved;
  }

  /** For one report: another's failure does not end it. */
  private async requestAlone(id: ReportId, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const source = await this.options.openSource({ observer: this.observer, signal });
    try {
      return await source.report(id);
    } finally {
      await source.close();
    }
  }

  private async readShared(id: ReportId): Promise<ResolvedReport | undefined> {
    const entry = await this.shared?.get(String(id));
    try {
      const found = entry && this.toResolved(id, entry);
      return found !== undefined && performance.now() < found.freshUntil ? found : undefined;
    } catch {
      return undefined;
    }
  }

  /** @throws DataError */
  private toResolved(id: ReportId, { bytes, sentAt }: ReportEntry): ResolvedReport {
    const { cacheTtl } = this.options;
    const report = bytes === undefined ? undefined : readReport(bytes, id);
    const ttl = report === undefined ? Math.min(cacheTtl, LONGEST_MISSING) : cacheTtl;
    return { report, freshUntil: performance.now() + sentAt + ttl - Date.now() };
  }

  private store(key: string, resolved: ResolvedReport): void {
    this.known.delete(key);
    const size = sizeOf(resolved, key);
    const isFresh = performance.now() < resolved.freshUntil;
    if (isFresh && size <= this.known.maxSize && this.budget.tryTake(size)) this.known.set(key, resolved);
  }
}

function sizeOf(resolved: ResolvedReport, key: string): number {
  return sizeOfReport(resolved) + 2 * key.length;
}
