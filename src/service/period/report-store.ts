import { LRUCache } from 'lru-cache';
import { readReport } from '../../document/messages.js';
import type { Report, ReportId } from '../../document/records.js';
import { limitConcurrency, type Source } from '../../source/source.js';
import type { MemoryBudget } from '../shared/memory-budget.js';
import type { Redis } from '../shared/redis.js';
import { LONGEST_ENTRY, type ReportEntry, type SealedEntries } from '../shared/sealed-entries.js';
import { createController, SharedWork } from '../shared/work.js';
import type { PeriodDocument, ResolvedReport, ResolvedReports } from './period-document.js';

/** Milliseconds that a report is believed not to exist: it may be about to. */
const LONGEST_MISSING = 30_000;
/** The share of the budget that reports may take, and bytes of one beside its name, about. */
const SHARE = 1 / 8;
const BYTES_A_REPORT = 300;

export interface ReportStoreOptions {
  /** Milliseconds. */
  readonly ttl: number;
  /** Requests to upstream at a time. */
  readonly concurrency: number;
  readonly budget: MemoryBudget;
  /** Where reports are shared with other services. */
  readonly shared: { readonly redis: Redis; readonly entries: SealedEntries } | undefined;
  /** For one report: another's failure does not end it. */
  openSource(signal: AbortSignal): Promise<Source>;
  onLookup(outcome: 'hit' | 'miss'): void;
}

/**
 * Reports shared by all requests. Each answer requests those that it needs, and only a failure of one of them is a failure
 * of the answer. Only complete answers of upstream are cached: that report, or that it does not exist.
 */
export class ReportStore {
  private readonly known: LRUCache<string, ResolvedReport>;
  private readonly work = new SharedWork<ResolvedReport>();
  private readonly limit: ReturnType<typeof limitConcurrency>;

  constructor(private readonly options: ReportStoreOptions) {
    const { budget, concurrency } = options;
    this.limit = limitConcurrency(concurrency);
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
      const resolved = document.reports.get(number);
      if (resolved !== undefined && now < resolved.freshUntil) note(number, resolved);
      else wanted.push([number, document.rows.reportIds[number] ?? '']);
    }
    if (wanted.length > 0) {
      await this.findAll(document, wanted, signal, (number, resolved) => {
        document.reports.set(number, resolved);
        note(number, resolved);
      });
    }
    return { reports, freshUntil };
  }

  /** The first failure ends the waiting for the others, which go on where another answer needs them. */
  private async findAll(
    document: PeriodDocument,
    wanted: readonly (readonly [number, ReportId])[],
    signal: AbortSignal,
    take: (number: number, resolved: ResolvedReport) => void,
  ): Promise<void> {
    const own = createController();
    const leave = () => own.abort(signal.reason);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    try {
      await Promise.all(
        wanted.map(async ([number, id]) => take(number, await this.find(document, id, own.signal))),
      );
    } catch (error) {
      own.abort(error);
      throw error;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  private find(document: PeriodDocument, id: ReportId, signal: AbortSignal): Promise<ResolvedReport> {
    const key = String(id);
    const known = this.known.get(key);
    if (known !== undefined && performance.now() < known.freshUntil) {
      this.options.onLookup('hit');
      return Promise.resolve(known);
    }
    // What lies beside a document may be another's for the next one.
    const scope = document.usage === undefined ? '' : document.number;
    return this.work.run(`${scope} ${key}`, signal, (workSignal) => this.request(document, id, workSignal));
  }

  private async request(
    document: PeriodDocument,
    id: ReportId,
    signal: AbortSignal,
  ): Promise<ResolvedReport> {
    const key = String(id);
    const shared = await this.readShared(id);
    this.options.onLookup(shared === undefined ? 'miss' : 'hit');
    if (shared !== undefined) return this.store(key, shared);
    const answer = await this.limit(async () => {
      signal.throwIfAborted();
      const sentAt = Date.now();
      const bytes = await this.fetch(document.usage, id, signal);
      return { bytes, sentAt, report: bytes === undefined ? undefined : readReport(bytes, id) };
    });
    void this.writeShared(key, answer);
    return this.store(key, answer);
  }

  private async fetch(
    beside: PeriodDocument['usage'],
    id: ReportId,
    signal: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    if (beside !== undefined) return beside.report(id);
    const own = await this.options.openSource(signal);
    try {
      return await own.report(id);
    } finally {
      await own.close();
    }
  }

  private async readShared(id: ReportId): Promise<DatedReport | undefined> {
    const { shared } = this.options;
    if (shared === undefined) return undefined;
    const key = String(id);
    const text = await shared.redis.get(shared.entries.keyOf(key), LONGEST_ENTRY);
    const entry = text === undefined ? undefined : shared.entries.open(key, text);
    if (entry === undefined) return undefined;
    try {
      const { bytes, sentAt } = entry;
      const found = { sentAt, report: bytes === undefined ? undefined : readReport(bytes, id) };
      return this.timeLeft(found) > 0 ? found : undefined;
    } catch {
      return undefined;
    }
  }

  private async writeShared(key: string, answer: ReportEntry & DatedReport): Promise<void> {
    const { shared } = this.options;
    const left = this.timeLeft(answer);
    if (shared === undefined || left <= 0) return;
    await shared.redis.set(shared.entries.keyOf(key), shared.entries.seal(key, answer), left);
  }

  /** Milliseconds for which it may be used from now on. */
  private timeLeft({ report, sentAt }: DatedReport): number {
    const { ttl } = this.options;
    return sentAt + (report === undefined ? Math.min(ttl, LONGEST_MISSING) : ttl) - Date.now();
  }

  private store(key: string, { sentAt, report }: DatedReport): ResolvedReport {
    const left = this.timeLeft({ sentAt, report });
    const resolved = { report, freshUntil: performance.now() + left };
    this.known.delete(key);
    const size = sizeOf(resolved, key);
    if (left > 0 && size <= this.known.maxSize && this.options.budget.tryTake(size)) {
      this.known.set(key, resolved);
    }
    return resolved;
  }
}

/** What upstream said, and when the request was sent, in milliseconds since 1970. */
interface DatedReport {
  readonly report: Report | undefined;
  readonly sentAt: number;
}

function sizeOf({ report }: ResolvedReport, key: string): number {
  return BYTES_A_REPORT + 2 * (key.length + (report?.name.length ?? 0));
}
