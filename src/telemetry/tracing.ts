import type { SourceObserver } from '../source/source.js';

/** Traces for an OpenTelemetry collector. */
export interface Tracing {
  /** Makes a span of each request to upstream, under the span that caused it, and passes that on to upstream. */
  readonly observer: SourceObserver;
  /**
   * Runs `work`, and all that it starts, under a new span, which `end` ends.
   *
   * @param headers of the caller: its span is the parent (W3C Trace Context)
   */
  enter<Result>(span: NewSpan, work: () => Result, headers?: TraceHeaders): EnteredSpan<Result>;
  /** Ids of the current span, for log lines; empty outside of one. */
  logFields(): { readonly trace_id?: string; readonly span_id?: string };
  /** Sends what is left, for half a second at the most. Does not throw: a collector that is away spoils no bill. */
  close(): Promise<void>;
}

export interface EnteredSpan<Result> {
  readonly result: Result;
  /** @param error class of the failure, such as `502`; without it the work succeeded */
  end(attributes?: SpanAttributes, error?: string): void;
}

type SpanAttributes = Readonly<Record<string, string | number>>;
type TraceHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

interface NewSpan {
  readonly name: string;
  readonly kind: 'server' | 'internal';
  readonly attributes: SpanAttributes;
}

export interface TracingOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** Milliseconds that one delivery of spans may take. */
  readonly timeout: number;
  /** Told when spans could not be delivered, and why. */
  onFailure(reason: string): void;
}

/**
 * Tracing, where the environment names a collector, by the variables that OpenTelemetry gives
 * (`OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES` …); undefined, and nothing
 * loaded, where it does not.
 */
export async function openTracing(options: TracingOptions): Promise<Tracing | undefined> {
  const { env } = options;
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? env.OTEL_EXPORTER_OTLP_ENDPOINT ?? '';
  if (endpoint === '' || env.OTEL_SDK_DISABLED === 'true') return undefined;
  const { startTracing } = await import('./opentelemetry.js');
  return startTracing(options);
}

/** Does `work` under a span of its own, where there is tracing. */
export async function traceWork<Result>(
  tracing: Tracing | undefined,
  name: string,
  work: () => Promise<Result>,
): Promise<Result> {
  if (tracing === undefined) return work();
  const { result, end } = tracing.enter({ name, kind: 'internal', attributes: {} }, work);
  try {
    const value = await result;
    end();
    return value;
  } catch (error) {
    end({}, error instanceof Error ? error.name : 'Error');
    throw error;
  }
}
