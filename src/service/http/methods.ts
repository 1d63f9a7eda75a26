import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal, SECURITY_HEADERS } from '../shared/problem.js';

/** What a page of another origin may read of an answer beside the usual. */
const EXPOSED_HEADERS = 'etag, link, retry-after, x-request-id';

/** What every address takes: Fastify answers HEAD where there is a GET. */
const ALLOWED = 'GET, HEAD, OPTIONS';

/**
 * Gives the function that answers what no route takes: 404; on the address of a route, 204 to OPTIONS and 405 to any
 * other method. It is called before a body is read, whose type or form would be another error. Call this before there
 * are routes.
 */
export function answerOtherMethods(app: FastifyInstance) {
  const addresses = [/^\*$/];
  app.addHook('onRoute', ({ url }) => {
    addresses.push(new RegExp(`^${url.replaceAll(/:\w+/g, '[^/]+').replaceAll('.', '\\.')}$`));
  });

  return (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => {
    const path = pathOf(request);
    if (!addresses.some((address) => address.test(path))) {
      return done(new Refusal(404, 'not_found', 'there is no such address'));
    }
    if (request.method !== 'OPTIONS') {
      const detail = `this address takes ${ALLOWED}`;
      return done(new Refusal(405, 'method_not_allowed', detail, { allow: ALLOWED }));
    }
    reply.code(204).headers(SECURITY_HEADERS).header('allow', ALLOWED).send();
  };
}

function pathOf({ url }: FastifyRequest): string {
  return (
    url
      .replace(/^https?:\/\/[^/?#]*/i, '')
      .replace(/[?#].*$/, '')
      .replace(/(?<=.)\/$/, '') || '/'
  );
}

/**
 * Lets pages of these origins read the answers. Gives the function that answers their preflight requests, which come
 * without a credential; false for any other request.
 */
export function allowOrigins(origins: readonly string[]) {
  if (origins.length === 0) return () => false;
  return ({ method, headers, ownHeaders }: FastifyRequest, reply: FastifyReply): boolean => {
    const { origin } = headers;
    ownHeaders.push('vary', 'origin');
    if (origin === undefined || !origins.includes(origin)) return false;
    ownHeaders.push('access-control-allow-origin', origin, 'access-control-expose-headers', EXPOSED_HEADERS);
    if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return false;
    reply.code(204).headers(PREFLIGHT_HEADERS).send();
    return true;
  };
}

/** Sets the headers that every answer to a request has, beside those of the answer itself. */
export function setOwnHeaders({ ownHeaders }: FastifyRequest, reply: FastifyReply): void {
  for (let index = 0; index < ownHeaders.length; index += 2) {
    const [name = '', value = ''] = ownHeaders.slice(index, index + 2);
    const others = name === 'vary' ? reply.getHeader('vary') : undefined;
    reply.header(name, others === undefined || others === value ? value : `${others}, ${value}`);
  }
}

const PREFLIGHT_HEADERS = {
  ...SECURITY_HEADERS,
  'access-control-allow-methods': 'GET, HEAD',
  'access-control-allow-headers': 'authorization, if-none-match, x-request-id',
  // Seconds that a browser need not ask again.
  'access-control-max-age': '600',
};
