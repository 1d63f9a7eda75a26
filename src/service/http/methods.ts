import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../problem.js';

/** Seconds that a browser need not ask again whether it may ask. */
const PREFLIGHT_AGE = '600';

/** What a page of another origin may read of an answer beside the usual. */
const EXPOSED_HEADERS = 'etag, link, retry-after, x-request-id';
const ALLOWED_HEADERS = 'authorization, if-none-match, x-request-id';

/**
 * Answers what no route takes: 404; on the address of a route, 204 to OPTIONS and 405 to any other method. Before a
 * body is read, whose type or form would be another error.
 */
export function answerOtherMethods(app: FastifyInstance): void {
  const methods = new Map<string, { readonly pattern: RegExp; readonly allowed: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    const pattern = new RegExp(`^${url.replaceAll(/:\w+/g, '[^/]+').replaceAll('.', '\\.')}$`);
    const known = methods.get(url) ?? { pattern, allowed: new Set() };
    for (const each of [method].flat()) known.allowed.add(each);
    methods.set(url, known);
  });

  function allowedAt(path: string): string | undefined {
    if (path === '*') return 'GET, HEAD, OPTIONS';
    const found = [...methods.values()].find(({ pattern }) => pattern.test(path));
    return found && [...found.allowed, 'OPTIONS'].join(', ');
  }

  app.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) return done();
    const allow = allowedAt(pathOf(request));
    if (allow === undefined) return done(new Refusal(404, 'not_found', 'there is no such address'));
    if (request.method === 'OPTIONS') return reply.code(204).header('allow', allow).send();
    done(new Refusal(405, 'method_not_allowed', `this address takes ${allow}`, {}, { allow }));
  });
}

function pathOf({ url }: FastifyRequest): string {
  return (
    url
      .replace(/^https?:\/\/[^/?#]*/i, '')
      .replace(/[?#].*$/, '')
      .replace(/(?<=.)\/$/, '') || '/'
  );
}

/** Lets pages of these origins read the answers. Their preflight comes without a credential, and tells nothing. */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  app.addHook('onSend', async (_request, reply) => {
    const vary = reply.getHeader('vary');
    reply.header('vary', vary === undefined ? 'origin' : `${vary}, origin`);
  });
  app.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    if (origin === undefined || !origins.includes(origin)) return done();
    reply.headers({
      'access-control-allow-origin': origin,
      'access-control-expose-headers': EXPOSED_HEADERS,
    });
    if (!isPreflight(request)) return done();
    sendPreflight(reply);
  });
}

function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

function sendPreflight(reply: FastifyReply): void {
  reply
    .code(204)
    .headers({
      'access-control-allow-methods': 'GET, HEAD',
      'access-control-allow-headers': ALLOWED_HEADERS,
      'access-control-max-age': PREFLIGHT_AGE,
    })
    .send();
}
