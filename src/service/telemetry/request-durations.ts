const NAME = 'http_request_duration_seconds';
/** Seconds. */
export const BUCKETS = [0.001, 0.005, 0.025, 0.1, 0.25, 1, 2.5, 10, 30];

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
export class RequestDurations {
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
