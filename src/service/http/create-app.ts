import { randomBytes } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fastify from 'fastify';
import type { Identify } from '../auth/access.js';
import type { QuerySchema } from '../query/parameters.js';
import { createQueryCheck } from '../query/parameters.js';
import { describeApi } from '../routes/describe-api.js';
import { createProblemReply } from '../shared/problem.js';
import type { Redis } from '../shared/redis.js';
import type { ServiceOptions } from '../shared/service-options.js';
import type { OpenLog } from '../telemetry/log.js';
import type { Metrics } from '../telemetry/metrics.js';
import { createRequestLog, traceRequests } from '../telemetry/request-log.js';
import { answerInvalidRequest } from './connections.js';
import { createGuard } from './guard.js';
import { createLimits } from './limits.js';
import { allowOrigins, answerOtherMethods, setOwnHeaders } from './methods.js';
import type { HttpServers } from './servers.js';

interface AppParts {
  readonly log: Pick<OpenLog, 'log' | 'logRequest'>;
  readonly metrics: Metrics;
  readonly identify: Identify;
  readonly redis: Redis | undefined;
  readonly servers: HttpServers;
  /** Refuse names that do not mean this machine. */
  readonly localNamesOnly: boolean;
}

/** The application without its routes: authentication, limits, and the form of errors. */
export async function createApp(
  options: ServiceOptions,
  { log, metrics, identify, redis, servers, localNamesOnly }: AppParts,
): Promise<FastifyInstance> {
  const sendProblem = createProblemReply(log.log, options.serverPaths);
  const app = fastify({
    // Requests are logged by ourselves; with a logger Fastify would watch each response a second time.
    logger: false,
    genReqId: createRequestIds(),
    clientErrorHandler: answerInvalidRequest,
    // Of an address that cannot be read; such a request is logged, counted and limited as any other.
    frameworkErrors: (error, request, reply) =>
      arrive(request, reply, (refusal) => {
        setOwnHeaders(request, reply);
        sendProblem(refusal ?? error, request, reply);
      }),
    serverFactory: (handler) => servers.create(underBasePath(handler, options.basePath)),
    trustProxy: options.trustProxy.length > 0 && [...options.trustProxy],
    // A parameter in a path may be as long as the request line.
    routerOptions: { maxParamLength: 1000, ignoreTrailingSlash: true },
  });
  // The schema says which parameters there are; the routes read their values by the parsers of the command line.
  app.setValidatorCompiler<QuerySchema<string>>(({ schema, httpPart }) =>
    httpPart === 'querystring' ? createQueryCheck(schema) : () => true,
  );
  // Answers of the period are bytes already; the tests check them against their schemas.
  app.setSerializerCompiler(() => JSON.stringify);
  app.setErrorHandler(sendProblem);
  app.decorateRequest('route', '');
  app.decorateRequest('access');
  app.decorateRequest('arrival', 0);
  app.decorateRequest('onLeave');
  app.decorateRequest('visitor', '');
  app.decorateRequest('ownHeaders');

  const watch = createRequestLog(log.logRequest, metrics);
  const sendPreflight = allowOrigins(options.corsOrigin);
  const guard = createGuard({ identify, count: createLimits(options, redis), localNamesOnly });
  const answerOther = answerOtherMethods(app);
  if (options.tracing !== undefined) traceRequests(app, options.tracing);
  // One hook for all that each request goes through: as hooks of their own these steps would cost twice as much.
  const arrive = (request: FastifyRequest, reply: FastifyReply, done: Done) => {
    watch(request, reply);
    request.ownHeaders = ['x-request-id', request.id];
    if (hasLongBody(request)) request.ownHeaders.push('connection', 'close');
    if (sendPreflight(request, reply)) return;
    const refusal = guard(request);
    if (refusal instanceof Promise) refusal.then(done, done);
    else done(refusal);
  };
  app.addHook('onRequest', (request, reply, done) =>
    arrive(request, reply, (refusal) => {
      if (refusal === undefined && request.is404) answerOther(request, reply, done);
      else done(refusal);
    }),
  );
  app.addHook('onSend', (request, reply, _payload, done) => {
    setOwnHeaders(request, reply);
    done();
  });
  await describeApi(app, options.version);
  return app;
}

type Done = (error?: Error) => void;

/** Bytes of a body that are read and ignored. */
const LONGEST_BODY = 64 * 1024;

/** No address takes a body, and a client may send one for as long as the answer's connection is open. */
function hasLongBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > LONGEST_BODY;
}

/** A reverse proxy may hand on addresses with the path under which it shows this service, or without it. */
function underBasePath(handler: RequestListener, basePath: string): RequestListener {
  if (basePath === '') return handler;
  return (request, response) => {
    const { url = '/' } = request;
    const [origin = ''] = /^https?:\/\/[^/?#]*/i.exec(url) ?? [];
    const path = url.slice(origin.length);
    const rest = path.startsWith(basePath) ? path.slice(basePath.length) : path;
    if (rest === '' || rest.startsWith('?')) request.url = `${origin}/${rest}`;
    else if (rest.startsWith('/')) request.url = origin + rest;
    handler(request, response);
  };
}

/**
 * Gives each request an id: the one that a proxy gave it, where it looks like one, otherwise a new one, made of this
 * service's own random name and a count.
 */
function createRequestIds(): (request: Pick<IncomingMessage, 'headers'>) => string {
  const name = randomBytes(6).toString('hex');
  let count = 0;
  return ({ headers }) => {
    const given = headers['x-request-id'];
    if (typeof given === 'string' && /^[\w.-]{1,64}$/.test(given)) return given;
    count++;
    return `${name}-${count}`;
  };
}
