import { constants } from 'node:crypto';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { rememberCertificate, type TlsOptions } from '../auth/certificates.js';
import { createConnections, refusalStatus } from './connections.js';

/** Milliseconds: how long a client may take to send a request, be silent between two, or take no byte of an answer. */
const LONGEST_HEADERS = 10_000;
const LONGEST_REQUEST = 20_000;
const LONGEST_IDLE = 60_000;
const LONGEST_STALL = 100_000;
/** Milliseconds between two looks for clients that take no byte. */
const STALL_INTERVAL = 20_000;

/** Bytes of a request line and its headers. */
const LARGEST_HEADERS = 16 * 1024;

const LIMITS: ServerOptions = {
  maxHeaderSize: LARGEST_HEADERS,
  headersTimeout: LONGEST_HEADERS,
  requestTimeout: LONGEST_REQUEST,
  keepAliveTimeout: LONGEST_IDLE,
  connectionsCheckingInterval: 2000,
};

/** Milliseconds between two looks for connections that may be closed, while the service stops. */
const SWEEP_INTERVAL = 50;

/** Milliseconds that the rest of a request may take to arrive, while the service stops. */
const LONGEST_ARRIVAL = 500;

/** Called for a connection that ends before there is a request on it, such as one that failed its TLS handshake. */
type OnRefused = (status: 400 | 408 | 431 | 'tls', reason: string, address: string | undefined) => void;

/** The servers of one service: a name such as localhost may mean several addresses, and has one server each. */
export function createHttpServers(firstTls: TlsOptions | undefined, onRefused: OnRefused) {
  const tlsServers: TlsServer[] = [];
  const connections = createConnections();
  const stallTimer = setInterval(() => connections.limitStalls(LONGEST_STALL), STALL_INTERVAL).unref();
  let tls = firstTls;

  function createOne(handler: RequestListener): Server {
    if (tls === undefined) return createServer(LIMITS, handler);
    const limits = { ...LIMITS, handshakeTimeout: LONGEST_HEADERS };
    const server = createTlsServer({ ...limits, ...tlsOptions(tls) }, handler);
    server.on('secureConnection', (socket) => rememberCertificate(socket, tls?.authorities ?? []));
    tlsServers.push(server);
    return server;
  }

  return {
    /** A server on which slow, idle and broken clients cost no more than a connection, and not for ever. */
    create(handler: RequestListener): Server {
      const server = createOne(connections.watchRequests(handler));
      connections.watchServer(server);
      // Those of handshakes come here as well, and each further piece of one that has been answered.
      server.on('clientError', ({ code = 'unknown' }: NodeJS.ErrnoException, socket: Socket) => {
        if (code === 'ECONNRESET' || socket.writableEnded) return;
        const status = /^ERR_(?:SSL|TLS)_|^EPROTO/.test(code) ? 'tls' : refusalStatus(code);
        onRefused(status, code, socket.remoteAddress);
      });
      // Node would refuse any but `100-continue` by itself, before anybody is authenticated, and unlogged.
      server.on('checkExpectation', (request, response) => server.emit('request', request, response));
      return server;
    },
    /** Uses other certificates for new connections; those that are open live on. */
    renewTls(next: TlsOptions): void {
      for (const server of tlsServers) server.setSecureContext(tlsOptions(next));
      tls = next;
    },
    /**
     * Listens. For an address Fastify's own `listen` is not used: for 0.0.0.0 it lists the machine's interfaces, which
     * throws where a sandbox (`RestrictAddressFamilies` of systemd) refuses AF_NETLINK, and then never returns.
     * For a name it is: it binds every address that `localhost` has.
     *
     * @throws what listening throws: EADDRINUSE, EACCES …
     */
    async listen(app: FastifyInstance, { host, port }: { host: string; port: number }): Promise<void> {
      if (isIP(host) === 0) {
        // Fastify takes a server of another's making for one without TLS.
        const textOf = (url: string) => (tls === undefined ? url : url.replace('http:', 'https:'));
        await app.listen({ host, port, listenTextResolver: (url) => `listening at ${textOf(url)}` });
        return;
      }
      await app.ready();
      app.server.listen({ host, port });
      await once(app.server, 'listening');
    },
    /**
     * Stops listening, closes idle connections and waits for the requests under way.
     *
     * @param grace milliseconds after which what is left is cut off
     * @param cutOff ends the work that those requests wait for
     */
    async drain(app: FastifyInstance, grace: number, cutOff: () => void): Promise<void> {
      const began = performance.now();
      const sweep = () => {
        connections.destroyIdle(performance.now() - began < LONGEST_ARRIVAL);
      };
      const sweeper = setInterval(sweep, SWEEP_INTERVAL);
      const timer = setTimeout(() => {
        cutOff();
        connections.destroyAll();
      }, grace);
      try {
        // What has arrived already is read before a connection counts as idle.
        setImmediate(() => setImmediate(sweep));
        // Fastify closes only a server that its own `listen` opened.
        const closed = new Promise((resolve) => app.server.close(resolve));
        await app.close();
        await closed;
      } finally {
        clearTimeout(timer);
        clearInterval(sweeper);
        clearInterval(stallTimer);
        cutOff();
      }
    },
  };
}

export type HttpServers = ReturnType<typeof createHttpServers>;

/**
 * A client without a certificate gets as far as the check of access, since `/health` is open to it. Where client
 * certificates count, no session is resumed and no handshake repeated: each connection shows its own certificate.
 */
function tlsOptions({ cert, key, clientCa }: TlsOptions) {
  if (clientCa === undefined) return { cert, key, secureOptions: constants.SSL_OP_NO_RENEGOTIATION };
  const { SSL_OP_NO_RENEGOTIATION, SSL_OP_NO_TICKET } = constants;
  const secureOptions = SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET;
  return { cert, key, ca: clientCa, requestCert: true, rejectUnauthorized: false, secureOptions };
}
