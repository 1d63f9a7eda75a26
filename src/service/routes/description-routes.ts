import type { FastifyInstance } from 'fastify';
import { type Answer, textAnswer } from '../answer/answer.js';
import { sendAnswer } from '../answer/send-answer.js';
import type { MemoryBudget } from '../shared/memory-budget.js';
import { SECURITY_HEADERS } from '../shared/problem.js';
import { apiDescription } from './schemas/describe-api.js';
import { DOCS_SCHEMA, OPENAPI_SCHEMA } from './schemas/operation.js';

/** `GET /openapi.json`: what the service answers. `GET /docs` leads there, as FastAPI's address of it. */
export function addDescriptionRoutes(app: FastifyInstance, budget: MemoryBudget): void {
  let document: Answer | undefined;
  app.get('/openapi.json', { schema: OPENAPI_SCHEMA }, (request, reply) => {
    document ??= textAnswer(
      `${JSON.stringify(apiDescription(app))}\n`,
      'application/json; charset=utf-8',
      true,
    );
    return sendAnswer(document, request, reply, budget);
  });
  app.get('/docs', { schema: DOCS_SCHEMA }, (request, reply) => {
    // Relative, so that it is right under any path that a reverse proxy shows.
    const isFolder = request.url.replace(/\?.*$/, '').endsWith('/');
    return reply.headers(SECURITY_HEADERS).redirect(isFolder ? '../openapi.json' : 'openapi.json', 307);
  });
}
