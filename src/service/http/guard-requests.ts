import type { FastifyInstance } from 'fastify';
import type { Identify } from '../auth/access.js';
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
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SAFETY_HEADERS).header('x-request-id', request.id);
    const visitor = await identify(request.headers, request.socket);
    if ('name' in visitor) request.visitor = visitor.name;
    else [request.visitor, request.refusal] = [`ip ${request.ip}`, visitor.refusal];
  });
  app.addHook('preParsing', async (request) => {
    if (request.refusal !== undefined && request.routeOptions.config.open !== true) throw request.refusal;
  });
}

/** Figures of a bill are no script, no frame of another page, and nothing to tell the next page of. */
const SAFETY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};
