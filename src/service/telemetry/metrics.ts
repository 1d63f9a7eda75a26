import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { SourceObserver } from '../../source/source.js';

/** Default metrics whose names end in `_total` although they are gauges; prom-client has each of them by kind as well. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/**
 * What `/metrics` shows, named by the conventions of Prometheus: seconds, `_total`; clean for `promtool check metrics`.
 *
 * @param droppedLogLines that could not be written so far
 * @param takenMemory bytes of `--max-memory` in use
 */
export function createMetrics(version: string, droppedLogLines: () => number, takenMemory: () => number) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  const registers = [registry];

  new Gauge({
    name: 'o_copilot_build_info',
    help: 'Always 1; the labels say which program this is',
    labelNames: ['version', 'node'] as const,
    registers,
  }).set({ version, node: process.version }, 1);
  let counted = 0;
  new Counter({
    name: 'o_copilot_log_lines_dropped_total',
    help: 'Log lines lost to a full disk, or to a reader that left or did not read',
    registers,
    collect() {
      this.inc(droppedLogLines() - counted);
      counted = droppedLogLines();
    },
  });

  new Gauge({
    name: 'o_copilot_memory_bytes',
    help: 'What is taken of --max-memory: rows, answers, caches, temporary files',
    registers,
    collect() {
      this.set(takenMemory());
    },
  });

  const refusals = new Counter({
    name: 'o_copilot_refused_connections_total',
    help: 'Connections that ended before there was a request on them: the status of the answer, or tls for a handshake',
    labelNames: ['status'] as const,
    registers,
  });
  const requests = new RequestDurations();
  const exchanges = new Histogram({
    name: 'o_copilot_upstream_request_duration_seconds',
    help: 'Time of a request to upstream, by document and outcome: a status, or what went wrong',
    labelNames: ['document', 'outcome'] as const,
    buckets: BUCKETS,
    registers,
  });
  const retries = new Counter({
    name: 'o_copilot_upstream_retries_total',
    help: 'Requests to upstream that were made again',
    registers,
  });
  // Counted here first: an addition by labels costs as much as the lookup.
  const lookups = new Map<string, Map<string, number>>();
  new Counter({
    name: 'o_copilot_cache_lookups_total',
    help: 'What was found in a cache: messages, report or bill',
    labelNames: ['cache', 'outcome'] as const,
    registers,
    collect() {
      for (const [cache, outcomes] of lookups) {
        for (const [outcome, count] of outcomes) this.inc({ cache, outcome }, count);
      }
      lookups.clear();
    },
  });
  const read = new Counter({
    name: 'o_copilot_priced_messages_total',
    help: 'Messages read and priced',
    registers,
  });
  const redis = new Gauge({
    name: 'o_copilot_redis_up',
    help: 'Whether Redis answers; missing where none is used',
    registers: [],
  });

  const observer = {
    retry: () => retries.inc(),
    exchange: ({ document }) => ({
      end: (outcome, milliseconds) => exchanges.observe({ document, outcome }, milliseconds / 1000),
    }),
  } satisfies SourceObserver;

  return {
    observer,
    /** @param milliseconds from the request's arrival to the end of its answer */
    answered(method: string, route: string, status: number, milliseconds: number): void {
      requests.observe(method, route, status, milliseconds / 1000);
    },
    refused: (status: string | number) => refusals.inc({ status }),
    lookedUp(cache: 'messages' | 'report' | 'bill', outcome: string): void {
      const outcomes = lookups.get(cache) ?? new Map<string, number>();
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      lookups.set(cache, outcomes);
    },
    read: (messages: number) => read.inc(messages),
    redisState(up: boolean): void {
      registry.registerMetric(redis);
      redis.set(up ? 1 : 0);
    },
    contentType: registry.contentType,
    text: async () => `${await registry.metrics()}\n${requests.text()}`,
  };
}

export type Metrics = ReturnType<typeof createMetrics>;

const NAME = 'http_request_duration_seconds';
/** Seconds. */
const BUCKETS = [0.001, 0.005, 0.025, 0.1, 0.25, 1, 2.5, 10, 30];

interface Series {
  /** As Prometheus writes them. */
  readonly labels: string;
  /** Requests by the first bucket that holds them; the last place is for what is beyond all of them. */
  readonly counts: number[];
  sum: number;
}

/**
 * The durations of requests by method, route and status, as a histogram for Prometheus. Every request is counted, and
 * prom-client's own histogram, which hashes the labels each time, takes ten times as long.
 */
class RequestDurations {
  private readonly series = new Map<string, Map<number, Map<string, Series>>>();

  observe(method: string, route: string, status: number, seconds: number): void {
    const series = this.series.get(route)?.get(status)?.get(method) ?? this.addSeries(method, route, status);
    let bucket = 0;
    while (bucket < BUCKETS.length && seconds > (BUCKETS[bucket] ?? 0)) bucket++;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.sum += seconds;
  }

  private addSeries(method: string, route: string, status: number): Series {
    const statuses = this.series.get(route) ?? new Map<number, Map<string, Series>>();
    const methods = statuses.get(status) ?? new Map<string, Series>();
    const labels = `method="${method}",route="${route}",status="${status}"`;
    const series = { labels, counts: Array.from({ length: BUCKETS.length + 1 }, () => 0), sum: 0 };
    this.series.set(route, statuses.set(status, methods.set(method, series)));
    return series;
  }

  /** In Prometheus's text format. */
  text(): string {
    const lines = [
      `# HELP ${NAME} Time to answer a request, by route and status`,
      `# TYPE ${NAME} histogram`,
    ];
    for (const { labels, counts, sum } of this.all()) {
      let count = 0;
      for (const [index, more] of counts.entries()) {
        count += more;
        lines.push(`${NAME}_bucket{le="${BUCKETS[index] ?? '+Inf'}",${labels}} ${count}`);
      }
      lines.push(`${NAME}_sum{${labels}} ${sum}`, `${NAME}_count{${labels}} ${count}`);
    }
    return `${lines.join('\n')}\n`;
  }

  private *all(): Generator<Series> {
    for (const statuses of this.series.values()) {
      for (const methods of statuses.values()) yield* methods.values();
    }
  }
}
