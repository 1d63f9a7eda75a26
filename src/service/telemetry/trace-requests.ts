import type { FastifyInstance } from 'fastify';
import type { Tracing } from '../../tracing/open-tracing.js';

/** A span for each request; requests to upstream that it causes lie under it. Probes are not traced. */
export function traceRequests(app: FastifyInstance, tracing: Tracing): void {
  const ends = new WeakMap<object, (attributes: Record<string, number>) => void>();
  app.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    if (PROBES.includes(route)) return done();
    const { traceparent } = request.headers;
    const span = {
      name: `${request.method} ${route}`,
      kind: 'server',
      attributes: { 'http.request.method': request.method, 'http.route': route },
    } as const;
    const { end } = tracing.enter(span, done, typeof traceparent === 'string' ? traceparent : undefined);
    ends.set(request, end);
  });
  app.addHook('onResponse', async (request, reply) => {
    ends.get(request)?.({ 'http.response.status_code': reply.statusCode });
  });
}

const PROBES: readonly string[] = ['/health', '/ready', '/metrics'];
