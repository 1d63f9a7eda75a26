import type { Usage, UsageDeps } from '../../open-usage.js';
import { combineObservers, type Source } from '../../source/source.js';
import type { Tracing } from '../../telemetry/tracing.js';
import type { MemoryBudget } from '../shared/memory-budget.js';
import type { Redis } from '../shared/redis.js';
import { sealedEntries } from '../shared/sealed-entries.js';
import { Jobs } from '../shared/work.js';
import type { Metrics } from '../telemetry/metrics.js';
import { DocumentStore } from './document-store.js';
import { ReportStore } from './report-store.js';

/** Times are milliseconds. */
export interface PeriodOptions {
  /** As in `LimitOptions`. */
  readonly cacheScope: readonly string[];
  /** Of `O_COPILOT_CACHE_SECRET`. */
  readonly cacheSecret: string | undefined;
  /** The source is a file or folder, whose reports lie beside its messages. */
  readonly isLocal: boolean;
  readonly messagesTtl: number;
  readonly cacheTtl: number;
  /** Reports requested at once. */
  readonly concurrency: number;
  readonly maxJobs: number;
  readonly tracing: Tracing | undefined;
  /** Each for one document: the first failure ends it. It has no deadline; whoever waits has. */
  openSource(deps: Pick<UsageDeps, 'observer' | 'signal'>): Promise<Source>;
  openUsage(deps: Pick<UsageDeps, 'observer' | 'signal' | 'onBatch'>): Promise<Usage>;
}

export interface PeriodParts {
  readonly redis: Redis | undefined;
  readonly budget: MemoryBudget;
  readonly metrics: Metrics;
}

/** The period's messages and reports, with their caches. */
export function openPeriod(options: PeriodOptions, { redis, budget, metrics }: PeriodParts) {
  const observer = combineObservers(metrics.observer, options.tracing?.observer ?? {});
  const documents = new DocumentStore({
    ttl: options.messagesTtl,
    budget,
    // Counted by themselves: the one answer that --max-jobs 1 allows needs a document.
    jobs: new Jobs(options.maxJobs),
    isLocal: options.isLocal,
    openUsage: (signal) => options.openUsage({ observer, signal, onBatch: metrics.read }),
    onLookup: (outcome) => metrics.lookedUp('messages', outcome),
  });
  // The same path may hold other files on the next machine.
  const isShared = redis !== undefined && !options.isLocal;
  const reports = new ReportStore({
    ttl: options.cacheTtl,
    concurrency: options.concurrency,
    budget,
    shared: isShared ? { redis, entries: sealedEntries(options.cacheScope, options.cacheSecret) } : undefined,
    openSource: (signal) => options.openSource({ observer, signal }),
    onLookup: (outcome) => metrics.lookedUp('report', outcome),
  });
  return { documents, reports };
}
