import type { FastifyInstance } from 'fastify';
import { textAnswer } from '../answer/answer.js';
import { sendAnswer } from '../answer/send-answer.js';
import type { MemoryBudget } from '../shared/memory-budget.js';
import type { Metrics } from '../telemetry/metrics.js';
import { METRICS_SCHEMA } from './schemas/operation.js';

/** `GET /metrics`, for Prometheus. @param open to everybody */
export function addMetricsRoute(
  app: FastifyInstance,
  metrics: Metrics,
  { open, budget }: { readonly open: boolean; readonly budget: MemoryBudget },
): void {
  app.get('/metrics', { schema: METRICS_SCHEMA, config: { open, uncounted: true } }, async (request, reply) =>
    sendAnswer(textAnswer(await metrics.text(), metrics.contentType, false), request, reply, budget),
  );
}
