import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Identify } from './auth/access.js';
import { answerRudeClient } from './http/connections.js';
import { guardRequests } from './http/guard-requests.js';
import { createLimits } from './http/limits.js';
import { allowOrigins, answerOtherMethods } from './http/methods.js';
import { replyProblem } from './http/reply-problem.js';
import { createRequestIds } from './http/request-id.js';
import type { HttpServers } from './http/servers.js';
import { Refusal } from './problem.js';
import { createQueryCheck } from './query/parameters.js';
import type { QuerySchema } from './query/query-schemas.js';
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
  readonly servers: HttpServers;
  /** Refuse names that do not mean this machine. */
  readonly localNamesOnly: boolean;
}

type AppOptions = Pick<
  ServiceOptions,
  | 'rateLimit'
  | 'trustProxy'
  | 'basePath'
  | 'corsOrigin'
  | 'tracing'
  | 'version'
  | 'cacheScope'
  | 'serverPaths'
>;

/** The application without its routes: who may ask, how often, and how errors look. */
export async function createApp(
  options: AppOptions,
  { log, metrics, identify, redis, servers, localNamesOnly }: AppParts,
): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: log,
    // A logger of its own for each request costs more than naming the request in the few lines there are.
    childLoggerFactory: (logger) => logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: createRequestIds(),
    clientErrorHandler: answerRudeClient,
    frameworkErrors: replyProblem,
    serverFactory: servers.create,
    trustProxy: options.trustProxy.length > 0 && [...options.trustProxy],
    rewriteUrl: ({ url = '/' }) => withoutBasePath(url, options.basePath),
    // A parameter in a path may be as long as the request line.
    routerOptions: { maxParamLength: 1000, ignoreTrailingSlash: true },
  });
  // The schema says which parameters there are; the routes read their values by the parsers of the command line.
  app.setValidatorCompiler<QuerySchema<string>>(({ schema, httpPart }) =>
    httpPart === 'querystring' ? queryValidator(schema) : () => true,
  );
  // Answers of the period are bytes already; the tests check them against their schemas.
  app.setSerializerCompiler(() => JSON.stringify);
  app.decorate('serverPaths', options.serverPaths);
  app.setErrorHandler(replyProblem);

  watchRequests(app, metrics);
  if (options.tracing !== undefined) traceRequests(app, options.tracing);
  // An answer's type is what it says, and no page of another site embeds it.
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-content-type-options', 'nosniff');
    reply.header('cross-origin-resource-policy', 'same-origin');
    reply.header('x-request-id', request.id);
    done();
  });
  allowOrigins(app, options.corsOrigin);
  const count = await createLimits(app, options, redis);
  guardRequests(app, { identify, count, localNamesOnly });
  answerOtherMethods(app);
  await describeApi(app, options.version);
  return app;
}

function queryValidator(schema: QuerySchema<string>) {
  const check = createQueryCheck(schema);
  return (query: unknown) => {
    try {
      return { value: check(query) };
    } catch (error) {
      if (error instanceof Refusal) return { error };
      throw error;
    }
  };
}

/** A reverse proxy may hand on addresses with the path under which it shows this service, or without it. */
function withoutBasePath(url: string, basePath: string): string {
  if (basePath === '' || !url.startsWith(basePath)) return url;
  const rest = url.slice(basePath.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : url;
}
