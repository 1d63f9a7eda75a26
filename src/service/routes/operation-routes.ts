import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Answer, textAnswer } from '../answer/answer.js';
import type { RouteParts } from '../answer/answer-period.js';
import { sendAnswer } from '../answer/send-answer.js';
import type { NeededCredentials } from '../auth/access.js';
import { SECURITY_HEADERS, toProblem } from '../shared/problem.js';
import { requestSignal } from '../shared/work.js';
import { apiDescription } from './describe-api.js';
import {
  CACHE_CONTROL,
  CONTENT_ENCODING,
  GUARDED,
  members,
  replies,
  SHORT_TEXT,
  storable,
  unstored,
  VARY,
} from './replies.js';

/** Milliseconds since upstream answered that still count as lately. */
const LATELY = 30_000;

export function addOperationRoutes(
  app: FastifyInstance,
  parts: RouteParts,
  needed: NeededCredentials,
  redisState: () => 'up' | 'down' | 'unused',
): void {
  const { version, documents, budget, metrics, openMetrics: open, serverPaths } = parts;

  // This process is alive, whatever upstream does. Open to everybody, and not counted.
  app.get('/health', { schema: HEALTH_SCHEMA, config: { open: true } }, (_request, reply) =>
    reply.headers(UNSTORED).send({ status: 'ok', version }),
  );

  // Upstream answered lately, or does so now. Redis may be down: the service then goes on without its cache, and says so.
  app.get('/ready', { schema: READINESS_SCHEMA, config: { uncounted: true } }, async (request, reply) => {
    const failure = await findFailure(request, parts);
    const { age } = documents.state();
    const upstream = {
      status: failure === undefined ? 'up' : 'down',
      ...(Number.isFinite(age) && { age_seconds: Math.floor(age / 1000) }),
      ...(failure !== undefined && { reason: toProblem(failure.error, serverPaths).detail }),
    };
    return reply
      .code(failure === undefined ? 200 : 503)
      .headers(UNSTORED)
      .send({ status: failure === undefined ? 'ready' : 'unready', upstream, redis: redisState() });
  });

  const access = { open, uncounted: true };
  app.get('/metrics', { schema: metricsSchema(open), config: access }, async (request, reply) =>
    sendAnswer(textAnswer(await metrics.text(), metrics.contentType, false), request, reply, budget),
  );

  let description: Answer | undefined;
  app.get('/openapi.json', { schema: OPENAPI_SCHEMA }, (request, reply) => {
    description ??= textAnswer(
      `${JSON.stringify(apiDescription(app, needed))}\n`,
      'application/json; charset=utf-8',
      true,
    );
    return sendAnswer(description, request, reply, budget);
  });

  app.get('/docs', { schema: DOCS_SCHEMA }, (request, reply) => {
    // Relative, so that it is right under any path that a reverse proxy shows.
    const isFolder = request.url.replace(/\?.*$/, '').endsWith('/');
    return reply.headers(SECURITY_HEADERS).redirect(isFolder ? '../openapi.json' : 'openapi.json', 307);
  });
}

const UNSTORED = { ...SECURITY_HEADERS, 'cache-control': 'no-store' };

async function findFailure(
  request: FastifyRequest,
  { documents, deadline, ending }: RouteParts,
): Promise<{ readonly error: unknown } | undefined> {
  const { age, failed } = documents.state();
  if (age < LATELY && !failed) return undefined;
  const { signal, release } = requestSignal(request, deadline, ending);
  try {
    await documents.read(performance.now(), signal, async () => undefined);
    return undefined;
  } catch (error) {
    return { error };
  } finally {
    release();
  }
}

const HEALTH_SCHEMA = {
  operationId: 'health',
  tags: ['operation'],
  summary: 'Whether the service runs',
  description: 'Open to everybody.',
  security: [],
  response: replies({ 200: unstored('It does', members({ status: { const: 'ok' }, version: SHORT_TEXT })) }),
};

const READINESS = members({
  status: { type: 'string', enum: ['ready', 'unready'] },
  upstream: members(
    { status: { type: 'string', enum: ['up', 'down'] } },
    {
      age_seconds: { type: 'integer', description: 'Since it last answered' },
      reason: SHORT_TEXT,
    },
  ),
  redis: { type: 'string', enum: ['up', 'down', 'unused'] },
});

/** A 503 may also be a problem of authentication. */
const READINESS_SCHEMA = {
  operationId: 'ready',
  tags: ['operation'],
  summary: 'Whether upstream was reachable lately, and what Redis does',
  description: 'Not counted by the rate limit for who is admitted.',
  response: replies(
    {
      200: unstored('It was', READINESS),
      503: unstored('It was not', READINESS),
    },
    GUARDED,
  ),
};

function metricsSchema(open: boolean) {
  return {
    operationId: 'metrics',
    tags: ['operation'],
    summary: 'Counts and times for Prometheus',
    description: open ? 'Open to everybody.' : 'Not counted by the rate limit for who is admitted.',
    ...(open && { security: [] }),
    response: replies(
      {
        200: {
          description: 'In the text format of Prometheus',
          headers: { ...CACHE_CONTROL, ...CONTENT_ENCODING, vary: VARY },
          content: { 'text/plain': { schema: SHORT_TEXT } },
        },
      },
      open ? [406] : [...GUARDED, 406],
    ),
  };
}

const OPENAPI_SCHEMA = {
  operationId: 'describe',
  tags: ['operation'],
  summary: 'This document',
  description: 'OpenAPI 3.1.',
  response: replies(
    storable({ description: 'It', content: { 'application/json': { schema: { type: 'object' } } } }),
    [...GUARDED, 406],
  ),
};

const DOCS_SCHEMA = {
  operationId: 'docs',
  tags: ['operation'],
  summary: 'Where the description is',
  description: 'The address that FastAPI has for it, for those who come from the first service.',
  response: replies(
    {
      307: { description: 'At `/openapi.json`', type: 'null', headers: { location: SHORT_TEXT } },
    },
    GUARDED,
  ),
};
