import { combineObservers } from '../../source/source.js';
import { messagePricer } from '../../usage/pricing/message-pricer.js';
import type { Redis } from '../redis.js';
import type { ServiceOptions } from '../service-options.js';
import type { Metrics } from '../telemetry/metrics.js';
import { Jobs } from '../work/jobs.js';
import type { MemoryBudget } from '../work/memory-budget.js';
import { DocumentStore } from './document-store.js';
import { ReportStore } from './report-store.js';
import { sealedEntries } from './sealed-entries.js';

export interface PeriodParts {
  readonly redis: Redis | undefined;
  readonly budget: MemoryBudget;
  readonly metrics: Metrics;
}

/** The period's messages and reports, with their caches. */
export function openPeriod(options: ServiceOptions, { redis, budget, metrics }: PeriodParts) {
  const observer = combineObservers(metrics.observer, options.tracing?.observer ?? {});
  const openSource = (signal: AbortSignal) => options.openSource(observer, signal);
  const documents = new DocumentStore({
    ttl: options.messagesTtl,
    duplicates: options.duplicates,
    priceByText: messagePricer(options.rules, options.card),
    budget,
    // Counted by themselves: the one answer that --max-jobs 1 allows needs a document.
    jobs: new Jobs(options.maxJobs),
    isLocal: options.isLocal,
    openSource,
    onLookup: (outcome) => metrics.lookedUp('messages', outcome),
    onRead: metrics.read,
  });
  // The same path may hold other files on the next machine.
  const isShared = redis !== undefined && !options.isLocal;
  const reports = new ReportStore({
    ttl: options.cacheTtl,
    concurrency: options.concurrency,
    budget,
    shared: isShared ? { redis, entries: sealedEntries(options.cacheScope, options.cacheSecret) } : undefined,
    openSource,
    onLookup: (outcome) => metrics.lookedUp('report', outcome),
  });
  return { documents, reports };
}
