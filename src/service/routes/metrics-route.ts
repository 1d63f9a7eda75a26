import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../telemetry/metrics.js';

/** `GET /metrics`, for Prometheus. @param open to everybody */
export function addMetricsRoute(app: FastifyInstance, metrics: Metrics, open: boolean): void {
  app.get(
    '/metrics',
    { schema: { hide: true }, config: { open, uncounted: true } },
    async (_request, reply) => reply.header('content-type', metrics.contentType).send(await metrics.text()),
  );
}
