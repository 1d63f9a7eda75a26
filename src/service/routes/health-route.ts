import type { FastifyInstance } from 'fastify';
import { SECURITY_HEADERS } from '../shared/problem.js';
import { HEALTH_SCHEMA } from './schemas/operation.js';

/** `GET /health`: this process is alive, whatever upstream does. Open to everybody, and not counted. */
export function addHealthRoute(app: FastifyInstance, version: string): void {
  app.get('/health', { schema: HEALTH_SCHEMA, config: { open: true } }, (_request, reply) =>
    reply.headers(SECURITY_HEADERS).header('cache-control', 'no-store').send({ status: 'ok', version }),
  );
}
