import type { SourceObserver } from '../source/source.js';

/** Traces for an OpenTelemetry collector. */
export interface Tracing {
  /** Makes a span of each request to upstream, under the span that it was caused by. */
  readonly observer: SourceObserver;
  /**
   * Runs `work`, and all that it starts, under a new span, which `end` ends.
   *
   * @param traceparent of the caller (W3C Trace Context), where there is one
   */
  enter<Result>(
    span: NewSpan,
    work: () => Result,
    traceparent?: string,
  ): { readonly result: Result; end(attributes?: SpanAttributes): void };
  /** Sends what is left. Does not throw: a collector that is away spoils no bill. */
  close(): Promise<void>;
}

type SpanAttributes = Readonly<Record<string, string | number>>;

interface NewSpan {
  readonly name: string;
  readonly kind: 'server' | 'internal';
  readonly attributes: SpanAttributes;
}

/**
 * Tracing, where the environment names a collector, by the variables that OpenTelemetry gives
 * (`OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_SERVICE_NAME` …); undefined, and nothing loaded, where it does not.
 */
export async function openTracing(
  env: Readonly<Record<string, string | undefined>>,
  version: string,
): Promise<Tracing | undefined> {
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? env.OTEL_EXPORTER_OTLP_ENDPOINT ?? '';
  if (endpoint === '' || env.OTEL_SDK_DISABLED === 'true') return undefined;
  const { startTracing } = await import('./start-tracing.js');
  return startTracing(env, version);
}
