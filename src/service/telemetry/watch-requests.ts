import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Metrics } from './metrics.js';

/** The status logged for a client that left before it had the whole answer, as nginx has it. */
const CLIENT_LEFT = 499;

declare module 'fastify' {
  interface FastifyRequest {
    /** The address as it was declared, with the names of its parameters. */
    route: string;
    /** What the route says of who may ask. */
    access: FastifyContextConfig;
    /** It was logged and counted. */
    isNoted: boolean;
  }
}

/** One log line and one observation a request. The route, not the address: that may say what is asked for. */
export function watchRequests(app: FastifyInstance, metrics: Metrics): void {
  // Fastify makes an object for each look at the route, so that one look has to do.
  app.decorateRequest('route', '');
  app.decorateRequest('access');
  app.decorateRequest('isNoted', false);

  function note(request: FastifyRequest, reply: FastifyReply, status: number): void {
    if (request.isNoted) return;
    request.isNoted = true;
    const { route } = request;
    const milliseconds = reply.elapsedTime;
    metrics.answered(request.method, route, status, milliseconds);
    request.log.info(
      {
        reqId: request.id,
        method: request.method,
        route,
        status,
        ms: Math.round(milliseconds * 10) / 10,
        visitor: request.visitor,
      },
      status === CLIENT_LEFT ? 'the client left' : 'answered',
    );
  }

  app.addHook('onRequest', (request, reply, done) => {
    const { url = 'unknown', config } = request.routeOptions;
    request.route = url;
    request.access = config;
    // Comes last, also where no answer was sent in full.
    reply.raw.once('close', () => note(request, reply, CLIENT_LEFT));
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    note(request, reply, reply.statusCode);
    done();
  });
}
