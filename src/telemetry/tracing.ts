import type { Tracing, TracingOptions } from './opentelemetry.js';

export type { EnteredSpan, Tracing } from './opentelemetry.js';

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

/** Reads a period under a span of its own, where there is tracing. */
export async function traceReading<Result>(
  tracing: Tracing | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  if (tracing === undefined) return work();
  const { result, end } = tracing.enter({ name: 'read period', kind: 'internal', attributes: {} }, work);
  try {
    const value = await result;
    end();
    return value;
  } catch (error) {
    end({}, error instanceof Error ? error.name : 'Error');
    throw error;
  }
}
