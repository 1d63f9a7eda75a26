import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { EnteredSpan, Tracing } from '../../telemetry/tracing.js';

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
