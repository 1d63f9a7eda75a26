import type { FastifyInstance } from 'fastify';
import type { Metrics } from './metrics.js';

/** One log line and one observation a request. The route, not the address: that may say what is asked for. */
export function watchRequests(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const milliseconds = reply.elapsedTime;
    metrics.answered(request.method, route, reply.statusCode, milliseconds);
    request.log.info(
      {
        reqId: request.id,
        method: request.method,
        route,
        status: reply.statusCode,
        ms: Math.round(milliseconds * 10) / 10,
        visitor: request.visitor,
      },
      'answered',
    );
    done();
  });
}
