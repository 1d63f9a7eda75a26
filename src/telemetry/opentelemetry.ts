import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout } from 'node:timers/promises';
import {
  type Attributes,
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { ExportResultCode, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { SourceObserver } from '../source/source.js';

type SpanAttributes = Readonly<Record<string, string | number>>;
type TraceHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

interface NewSpan {
  readonly name: string;
  readonly kind: 'server' | 'internal';
  readonly attributes: SpanAttributes;
}

export interface EnteredSpan<Result> {
  readonly result: Result;
  /** @param error class of the failure, such as `502`; without it the work succeeded */
  end(attributes?: SpanAttributes, error?: string): void;
}

export type Tracing = ReturnType<typeof startTracing>;

export interface TracingOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** Milliseconds that one delivery of spans may take. */
  readonly timeout: number;
  /** Called when spans could not be delivered, with the reason. */
  onFailure(reason: string): void;
}

/** Milliseconds that the end of a run or of the service waits for the collector. */
const LONGEST_CLOSE = 500;

/** Sends spans as OTLP over HTTP. The exporter reads its address and headers from the environment itself. */
export function startTracing(options: TracingOptions) {
  const { version, onFailure } = options;
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'o-copilot', 'service.version': version }).merge(
      detectResources({ detectors: [envDetector] }),
    ),
    spanProcessors: [new BatchSpanProcessor(openExporter(options))],
  });
  const tracer = provider.getTracer('o-copilot', version);
  const contexts = new AsyncLocalStorage<Context>();
  const current = () => contexts.getStore() ?? ROOT_CONTEXT;
  const propagator = new W3CTraceContextPropagator();

  return {
    /** Makes a span of each request to upstream, under the span that caused it, and passes that on to upstream. */
    observer: observeWith(tracer, current, propagator),

    /**
     * Runs `work`, and all that it starts, under a new span, which `end` ends.
     *
     * @param headers of the caller: its span is the parent (W3C Trace Context)
     */
    enter<Result>(
      { name, kind, attributes }: NewSpan,
      work: () => Result,
      headers: TraceHeaders = {},
    ): EnteredSpan<Result> {
      const parent = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
      const options = { kind: kind === 'server' ? SpanKind.SERVER : SpanKind.INTERNAL, attributes };
      const span = tracer.startSpan(name, options, parent);
      return {
        result: contexts.run(trace.setSpan(parent, span), work),
        end(more = {}, error) {
          span.setAttributes(more);
          if (error !== undefined) markError(span, error);
          span.end();
        },
      };
    },

    /** Ids of the current span, for log lines; empty outside of one. */
    logFields() {
      const span = trace.getSpanContext(current());
      return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
    },

    /** Sends what is left, for half a second at the most. Does not throw: a collector that is away spoils no bill. */
    async close(): Promise<void> {
      const shutdown = new AbortController();
      const late = setTimeout(LONGEST_CLOSE, undefined, { signal: shutdown.signal }).then(
        () => onFailure(`no answer within ${LONGEST_CLOSE} ms`),
        () => {},
      );
      // onFailure was called for a failed delivery already.
      await Promise.race([provider.shutdown().catch(() => {}), late]);
      shutdown.abort();
    },
  };
}

/** Reports each delivery that failed. */
function openExporter({ timeout, onFailure }: TracingOptions): SpanExporter {
  const exporter = new OTLPTraceExporter({ timeoutMillis: timeout });
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.code !== ExportResultCode.SUCCESS) onFailure(result.error?.message ?? 'refused');
        done(result);
      });
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}

/** Client spans by the semantic conventions for HTTP. The address is the one shown to people: it holds no secret. */
function observeWith(
  tracer: Tracer,
  current: () => Context,
  propagator: W3CTraceContextPropagator,
): SourceObserver {
  return {
    exchange({ document, url, attempt }) {
      const template = document === 'report' ? '/reports/{id}' : '/messages/{period}';
      const attributes: Attributes = {
        'http.request.method': 'GET',
        'url.full': url,
        'url.template': template,
        ...serverOf(url),
      };
      if (attempt > 1) attributes['http.request.resend_count'] = attempt - 1;
      const parent = current();
      const span = tracer.startSpan(`GET ${template}`, { kind: SpanKind.CLIENT, attributes }, parent);
      const headers: Record<string, string> = {};
      propagator.inject(trace.setSpan(parent, span), headers, defaultTextMapSetter);
      return {
        headers,
        end(outcome) {
          markOutcome(span, outcome);
          span.end();
        },
      };
    },
    retry({ reason, attempt, delay }) {
      trace.getSpan(current())?.addEvent('retry', { reason, attempt, delay_ms: delay });
    },
  };
}

function serverOf(url: string): Attributes {
  if (!URL.canParse(url)) return {};
  const { hostname, port, protocol } = new URL(url);
  const usual = protocol === 'https:' ? 443 : 80;
  return { 'server.address': hostname, 'server.port': port === '' ? usual : Number(port) };
}

function markOutcome(span: Span, outcome: string): void {
  const status = /^\d{3}$/.test(outcome) ? Number(outcome) : undefined;
  if (status !== undefined) span.setAttribute('http.response.status_code', status);
  // 404 is an answer: such a report does not exist.
  if (status === undefined || (status >= 400 && status !== 404)) markError(span, outcome);
}

function markError(span: Span, type: string): void {
  span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR });
}
