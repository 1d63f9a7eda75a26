import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { EnteredSpan, Tracing } from '../../telemetry/tracing.js';
import type { OpenLog } from './log.js';
import type { Metrics } from './metrics.js';

/** The status logged for a client that left before it had the whole answer, as nginx has it. */
const CLIENT_LEFT = 499;

declare module 'fastify' {
  interface FastifyRequest {
    /** The address as it was declared, with the names of its parameters. */
    route: string;
    /** What the route says of who may ask. */
    access: FastifyContextConfig;
    /** `performance.now()` when it came. */
    arrival: number;
    /** Headers of every answer to this request, names and values in turn. */
    ownHeaders: string[];
    /** Called when the client leaves before it has the whole answer. */
    onLeave: (() => void) | undefined;
  }
}

/**
 * Gives the function that watches a request until its end: one log line and one observation each. The route is logged,
 * not the address, which may be private.
 */
export function createRequestLog(logRequest: OpenLog['logRequest'], metrics: Metrics) {
  function note(request: FastifyRequest, status: number): void {
    const milliseconds = performance.now() - request.arrival;
    const { id: reqId, method, route, visitor } = request;
    metrics.answered(method, route, status, milliseconds);
    const ms = Math.round(milliseconds * 10) / 10;
    const msg = status === CLIENT_LEFT ? 'the client left' : 'answered';
    logRequest({ reqId, method, route, status, ms, visitor, msg });
  }

  return (request: FastifyRequest, reply: FastifyReply): void => {
    // Fastify makes an object for each look at the route, so that one look has to do.
    const { url = 'unknown', config = {} } = request.routeOptions;
    request.route = url;
    request.access = config;
    request.arrival = performance.now();
    const { raw } = reply;
    const { socket } = request;
    const isQueued = raw.socket === null;
    let ended = false;
    const end = () => {
      if (ended) return;
      ended = true;
      if (isQueued) socket.off('close', close);
      if (!raw.writableFinished) request.onLeave?.();
      note(request, raw.writableFinished ? raw.statusCode : CLIENT_LEFT);
    };
    // The last event of a response, whether it was sent or not.
    raw.on('close', end);
    // Node does not emit it for one that waits for its turn on a connection with pipelined requests.
    const close = () => raw.emit('close');
    if (isQueued) socket.setMaxListeners(0).on('close', close);
  };
}

/**
 * A span for each request, by the semantic conventions for HTTP; requests to upstream that it causes lie under it.
 * Probes are not traced. The values of a query are left out: they may be private.
 */
export function traceRequests(app: FastifyInstance, tracing: Tracing): void {
  const ends = new WeakMap<FastifyRequest, EnteredSpan<unknown>['end']>();
  app.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url;
    if (route !== undefined && PROBES.includes(route)) return done();
    const name = route === undefined ? request.method : `${request.method} ${route}`;
    const span = { name, kind: 'server', attributes: attributesOf(request) } as const;
    ends.set(request, tracing.enter(span, done, request.headers).end);
  });
  app.addHook('onRequestAbort', async (request) => {
    ends.get(request)?.({}, 'client_left');
    ends.delete(request);
  });
  app.addHook('onResponse', async (request, { statusCode }) => {
    const failure = statusCode >= 500 ? `${statusCode}` : undefined;
    ends.get(request)?.({ 'http.response.status_code': statusCode }, failure);
    ends.delete(request);
  });
}

const PROBES: readonly string[] = ['/health', '/ready', '/metrics'];

/** An address, perhaps with the scheme and authority before it: its path and query. */
const ADDRESS = /^(?:https?:\/\/[^/?#]*)?([^?#]*)\??([^#]*)/i;

function attributesOf(request: FastifyRequest): Record<string, string | number> {
  // Not by `new URL`, which throws for addresses such as `//`.
  const [, path = '', search] = ADDRESS.exec(request.url) ?? [];
  const names = new Set(new URLSearchParams(search).keys());
  const query = [...names].map((name) => `${name}=REDACTED`).join('&');
  const route = request.routeOptions.url;
  const agent = request.headers['user-agent'];
  return {
    'http.request.method': request.method,
    'url.scheme': request.protocol,
    'url.path': path,
    'client.address': request.ip,
    'server.address': request.hostname,
    'network.protocol.version': request.raw.httpVersion,
    ...(Number.isInteger(request.port) && { 'server.port': Number(request.port) }),
    ...(route !== undefined && { 'http.route': route }),
    ...(query !== '' && { 'url.query': query }),
    ...(agent !== undefined && { 'user_agent.original': agent }),
  };
}
