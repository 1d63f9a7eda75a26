import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { ServiceOptions, TlsOptions } from '../service-options.js';

/** Milliseconds: how long a client may take to send a request, to say nothing between two, or to take no byte. */
const LONGEST_HEADERS = 10_000;
const LONGEST_REQUEST = 20_000;
const LONGEST_IDLE = 60_000;
const LONGEST_STALL = 120_000;

/** Bytes of a request line and its headers. */
const LARGEST_HEADERS = 16 * 1024;

const LIMITS: ServerOptions = {
  maxHeaderSize: LARGEST_HEADERS,
  headersTimeout: LONGEST_HEADERS,
  requestTimeout: LONGEST_REQUEST,
  keepAliveTimeout: LONGEST_IDLE,
  connectionsCheckingInterval: 2000,
};

/** A server on which slow, idle and rude clients cost no more than a connection, and not for ever. */
export function createHttpServer(handler: RequestListener, tls: TlsOptions | undefined): Server {
  const server =
    tls === undefined ? createServer(LIMITS, handler) : createTlsServer(tlsOptions(tls), handler);
  server.setTimeout(LONGEST_STALL);
  return server;
}

/**
 * Listens. For an address Fastify's own `listen` is not used: for 0.0.0.0 it lists the machine's interfaces, which
 * throws where a sandbox (`RestrictAddressFamilies` of systemd) refuses AF_NETLINK, and then never returns.
 * For a name it is: it binds every address that `localhost` has.
 *
 * @throws what listening throws: EADDRINUSE, EACCES …
 */
export async function listen(app: FastifyInstance, { host, port }: Pick<ServiceOptions, 'host' | 'port'>) {
  if (isIP(host) === 0) {
    await app.listen({ host, port, listenTextResolver: (url) => `listening at ${url}` });
    return;
  }
  await app.ready();
  app.server.listen({ host, port });
  await once(app.server, 'listening');
}

/** A client without a certificate gets as far as the check of access, since `/health` is open to it. */
function tlsOptions({ cert, key, clientCa }: TlsOptions) {
  const clients = { requestCert: true, rejectUnauthorized: false };
  return { ...LIMITS, cert, key, ...(clientCa !== undefined && { ...clients, ca: clientCa }) };
}
