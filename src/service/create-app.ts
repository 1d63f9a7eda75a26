import accepts from '@fastify/accepts';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Identify } from './auth/access.js';
import { answerRudeClient } from './http/answer-rude-client.js';
import { createHttpServer } from './http/create-server.js';
import { guardRequests } from './http/guard-requests.js';
import { rateLimitCommands } from './http/rate-limit-store.js';
import { replyProblem } from './http/reply-problem.js';
import { createRequestIds } from './http/request-id.js';
import { digestOf } from './period/sealed-entries.js';
import { Refusal } from './problem.js';
import type { Redis } from './redis.js';
import type { ServiceOptions } from './service-options.js';
import { describeApi } from './telemetry/describe-api.js';
import type { Metrics } from './telemetry/metrics.js';
import { traceRequests } from './telemetry/trace-requests.js';
import { watchRequests } from './telemetry/watch-requests.js';

export interface AppParts {
  readonly log: FastifyBaseLogger;
  readonly metrics: Metrics;
  readonly identify: Identify;
  readonly redis: Redis | undefined;
}

/** The application without its routes: who may ask, how often, and how errors look. */
export async function createApp(
  options: Pick<ServiceOptions, 'rateLimit' | 'tls' | 'tracing' | 'version' | 'cacheScope' | 'serverPaths'>,
  { log, metrics, identify, redis }: AppParts,
): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: log,
    // A logger of its own for each request costs more than naming the request in the few lines there are.
    childLoggerFactory: (logger) => logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: createRequestIds(),
    clientErrorHandler: answerRudeClient,
    frameworkErrors: replyProblem,
    serverFactory: (handler) => createHttpServer(handler, options.tls),
    // A parameter in a path may be as long as the request line.
    routerOptions: { maxParamLength: 1000 },
  });
  // The schemas describe; values are checked by the parsers of the command line.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => JSON.stringify);
  app.decorate('serverPaths', options.serverPaths);
  app.setErrorHandler(replyProblem);
  app.setNotFoundHandler((request, reply) =>
    replyProblem(new Refusal(404, 'not_found', 'there is no such address'), request, reply),
  );

  watchRequests(app, metrics);
  if (options.tracing !== undefined) traceRequests(app, options.tracing);
  guardRequests(app, identify);
  if (options.rateLimit !== undefined) {
    const { requests, window } = options.rateLimit;
    await app.register(rateLimit, {
      max: requests,
      timeWindow: window,
      keyGenerator: ({ visitor }) => visitor,
      // Three more headers on every answer would cost more than the counting.
      addHeadersOnExceeding: {
        'x-ratelimit-limit': false,
        'x-ratelimit-remaining': false,
        'x-ratelimit-reset': false,
      },
      // Counters of another service, or of another limit, are not these.
      nameSpace: `o-copilot:rate:${digestOf('rate', options.cacheScope)}:${requests}/${window}:`,
      ...(redis !== undefined && { redis: rateLimitCommands(redis) }),
      errorResponseBuilder: (_request, { max, after }) =>
        new Refusal(429, 'too_many_requests', `${max} requests were made; again in ${after}`),
    });
  }
  await app.register(accepts);
  await app.register(swagger, describeApi(options.version));
  return app;
}
