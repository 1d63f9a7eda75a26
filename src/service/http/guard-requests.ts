import type { FastifyInstance } from 'fastify';
import type { Identify, Visitor } from '../auth/access.js';
import type { Refusal } from '../problem.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, for the log and the rate limit. */
    visitor: string;
    /** Why they are not let in. */
    refusal: Refusal | undefined;
  }
  interface FastifyContextConfig {
    /** Anybody may ask. */
    open?: boolean;
  }
}

/**
 * Finds out who asks, and turns away who may not. Between the two the rate limit counts, so that guessing tokens
 * is limited as well: by address.
 */
export function guardRequests(app: FastifyInstance, identify: Identify): void {
  app.decorateRequest('visitor', '');
  app.decorateRequest('refusal', undefined);
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-content-type-options', 'nosniff').header('x-request-id', request.id);
    const enter = (visitor: Visitor) => {
      if ('name' in visitor) request.visitor = visitor.name;
      else [request.visitor, request.refusal] = [`ip ${request.ip}`, visitor.refusal];
      done();
    };
    // Most are known at once, and a promise each costs them a turn.
    const visitor = identify(request.headers, request.socket);
    if (visitor instanceof Promise) visitor.then(enter, done);
    else enter(visitor);
  });
  app.addHook('preParsing', (request, _reply, payload, done) => {
    const { refusal } = request;
    if (refusal !== undefined && request.routeOptions.config.open !== true) done(refusal);
    else done(null, payload);
  });
}
