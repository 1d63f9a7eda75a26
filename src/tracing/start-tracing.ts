import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { SourceObserver } from '../source/source.js';
import type { Tracing } from './open-tracing.js';
import { parentContext } from './parent-context.js';

/** Milliseconds that a collector may take, unless OTEL_EXPORTER_OTLP_TIMEOUT says otherwise: a run waits for it at its end. */
const PATIENCE = 3000;

/** Sends spans as OTLP over HTTP. The exporter reads its address and headers from the environment itself. */
export function startTracing(env: Readonly<Record<string, string | undefined>>, version: string): Tracing {
  const exporter = new OTLPTraceExporter(
    env.OTEL_EXPORTER_OTLP_TIMEOUT === undefined ? { timeoutMillis: PATIENCE } : {},
  );
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.name': env.OTEL_SERVICE_NAME || 'o-copilot',
      'service.version': version,
    }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('o-copilot', version);
  const contexts = new AsyncLocalStorage<Context>();

  return {
    observer: observeWith(tracer, () => contexts.getStore() ?? ROOT_CONTEXT),
    enter({ name, kind, attributes }, work, traceparent) {
      const options = { kind: kind === 'server' ? SpanKind.SERVER : SpanKind.INTERNAL, attributes };
      const parent = parentContext(traceparent);
      const span = tracer.startSpan(name, options, parent);
      return {
        result: contexts.run(trace.setSpan(parent, span), work),
        end: (more = {}) => span.setAttributes(more).end(),
      };
    },
    async close() {
      await provider.shutdown().catch(() => {});
    },
  };
}

function observeWith(tracer: Tracer, current: () => Context): SourceObserver {
  return {
    exchange({ document, outcome, milliseconds }) {
      const end = Date.now();
      const attributes = { 'http.request.method': 'GET', 'o_copilot.document': document };
      const startTime = end - milliseconds;
      const span = tracer.startSpan(
        `GET ${document}`,
        { kind: SpanKind.CLIENT, attributes, startTime },
        current(),
      );
      markOutcome(span, outcome);
      span.end(end);
    },
    retry({ reason, attempt, delay }) {
      trace.getSpan(current())?.addEvent('retry', { reason, attempt, delay_ms: delay });
    },
  };
}

function markOutcome(span: Span, outcome: string): void {
  const status = /^\d{3}$/.test(outcome) ? Number(outcome) : undefined;
  if (status !== undefined) span.setAttribute('http.response.status_code', status);
  // 404 is an answer: such a report does not exist.
  if (status === undefined || (status >= 400 && status !== 404)) {
    span.setAttribute('error.type', outcome).setStatus({ code: SpanStatusCode.ERROR });
  }
}
