import type { FastifyRequest } from 'fastify';
import type { Identify, Visitor } from '../auth/access.js';
import { clientAt, forwardedAddress, isLocalHost } from '../auth/addresses.js';
import { Refusal } from '../shared/problem.js';
import type { CountRequest } from './limits.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who made the request, for the log and the rate limit. */
    visitor: string;
  }
  interface FastifyContextConfig {
    /** Anybody may ask, and is not counted. */
    open?: boolean;
    /** Who is admitted may ask as often as they like. */
    uncounted?: boolean;
  }
}

export interface Guard {
  readonly identify: Identify;
  readonly count: CountRequest;
  /** Only names of this machine are answered to: without authentication, on loopback. */
  readonly localNamesOnly: boolean;
}

/** Gives the function that authenticates a request and counts it, and gives why it is refused, if it is. */
export function createGuard({ identify, count, localNamesOnly }: Guard) {
  const checkHost = createHostCheck();
  const enter = (request: FastifyRequest, client: string, visitor: Visitor) => {
    if (typeof visitor === 'string') request.visitor = visitor;
    return count(request, client, visitor);
  };

  return (request: FastifyRequest): Refusal | undefined | Promise<Refusal | undefined> => {
    const { ip = '', socket } = request;
    // A proxy may say anything in X-Forwarded-For.
    const client = clientAt(
      ip === socket.remoteAddress ? ip : (forwardedAddress(ip) ?? socket.remoteAddress ?? ''),
    );
    request.visitor = client;
    const refusal = checkFraming(request) ?? (localNamesOnly ? checkHost(request) : undefined);
    if (refusal !== undefined || request.access.open === true) return refusal;
    // Most are known at once, and a promise each costs them a turn.
    const visitor = identify(request, client);
    return visitor instanceof Promise
      ? visitor.then((known) => enter(request, client, known))
      : enter(request, client, visitor);
  };
}

/** What two readers of one connection could take for different requests: Node lets these through. */
function checkFraming({ raw, headers }: FastifyRequest): Refusal | undefined {
  let hosts = 0;
  let authorizations = 0;
  for (let index = 0; index < raw.rawHeaders.length; index += 2) {
    const name = raw.rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts++;
    if (name?.length === 13 && name.toLowerCase() === 'authorization') authorizations++;
  }
  if (hosts > 1) return refuseFraming(400, 'bad_request', 'there are several Host headers');
  if (authorizations > 1) return refuseFraming(400, 'bad_request', 'there are several Authorization headers');
  if (raw.httpVersionMajor !== 1) {
    return refuseFraming(505, 'version_not_supported', 'this connection speaks HTTP/1.1');
  }
  const coding = headers['transfer-encoding'];
  if (coding === undefined || coding.toLowerCase() === 'chunked') return undefined;
  return refuseFraming(501, 'not_implemented', 'the only transfer coding is chunked');
}

/** DNS rebinding: a page of another site that lets its own name point to this machine, and requests it from the browser. */
function createHostCheck(): (request: FastifyRequest) => Refusal | undefined {
  // The latest that is one: clients say the same name each time, and to read an address takes a while.
  let local = 'localhost';
  return ({ raw, headers }) => {
    if (headers.host === local && raw.url?.startsWith('/')) return undefined;
    const [, authority] = /^https?:\/\/([^/?#]*)/i.exec(raw.url ?? '') ?? [];
    const names = [headers.host, authority].filter((name) => name !== undefined);
    if (names.every(isLocalHost)) {
      local = headers.host ?? local;
      return undefined;
    }
    const detail =
      'only names of this machine are answered to, unless access is checked or --insecure is given';
    return new Refusal(421, 'misdirected_request', detail);
  };
}

/** What follows on this connection cannot be separated from this request. */
function refuseFraming(status: number, code: string, detail: string): Refusal {
  return new Refusal(status, code, detail, { connection: 'close' });
}
