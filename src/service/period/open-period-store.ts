import { createHash } from 'node:crypto';
import { combineObservers } from '../../source/source.js';
import { messagePricer } from '../../usage/message-pricer.js';
import type { ServiceOptions } from '../service-options.js';
import type { Metrics } from '../telemetry/metrics.js';
import { createMessagesStore, type MessagesStore } from './messages-store.js';
import { createPeriodReader, type PeriodReader } from './period-reader.js';
import { createReportCache, type TextCache } from './report-cache.js';

export interface PeriodStore {
  readonly messages: MessagesStore;
  readonly period: PeriodReader;
}

/** The period with its caches. @param signal ends all reading */
export function openPeriodStore(
  options: ServiceOptions,
  cache: TextCache,
  metrics: Metrics,
  signal: AbortSignal,
): PeriodStore {
  const observer = combineObservers(metrics.observer, options.tracing?.observer ?? {});
  const openSource = () => options.openSource(observer, signal);
  const messages = createMessagesStore({
    ttl: options.messagesTtl,
    openSource,
    onLookup: (outcome) => metrics.lookedUp('messages', outcome),
  });
  const reports = createReportCache({
    cache,
    ttl: options.cacheTtl,
    namespace: `report:${createHash('sha256').update(options.source).digest('hex').slice(0, 16)}`,
    onLookup: (outcome) => metrics.lookedUp('report', outcome),
  });
  const period = createPeriodReader({
    messages,
    reports,
    openSource,
    priceByText: messagePricer(options.rules, options.card),
    duplicates: options.duplicates,
    signal,
    onRead: metrics.read,
  });
  return { messages, period };
}
