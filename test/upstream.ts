import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

/** One scripted answer. Without `body` the document that the path names is sent. */
export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  /** A string or bytes as they are; anything else as JSON. */
  body?: unknown;
  /** Compresses the body and says so in `content-encoding`. */
  encoding?: 'gzip' | 'br' | 'deflate';
  /** Sends the body in chunks instead of with a `content-length`. */
  chunked?: boolean;
  /** Milliseconds of silence before the first byte. */
  delayMs?: number;
  /** Ends the connection properly (FIN) after this many bytes of the body. */
  cutAfterBytes?: number;
  /** Resets the connection (RST) after this many bytes of the body; 0 resets before the status line. */
  resetAfterBytes?: number;
  /** Goes silent, connection open, after this many bytes of the body. */
  stallAfterBytes?: number;
  trickle?: { bytes: number; everyMs: number };
  /** These bytes straight on the socket, then its end. */
  raw?: string;
  /** No answer, ever. */
  never?: true;
  /** No answer before this resolves. */
  until?: Promise<void>;
  /** No answer before all of a messages document was sent. */
  afterMessages?: true;
}

interface UpstreamRequest {
  readonly method: string;
  /** As on the request line, query included. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** `performance.now()` at arrival. */
  readonly time: number;
  /** Tells connections apart. */
  readonly remotePort: number;
}

export interface UpstreamOptions {
  /** The document at `/messages/…`; a string or bytes are sent as they are. */
  messages?: unknown;
  /** Documents at `/reports/ID`, by id; another id is a 404. */
  reports?: Readonly<Record<string, unknown>>;
  /** Replies by path without query, in order, the last one repeating; one of `{}` is the usual answer. */
  script?: Readonly<Record<string, Reply | readonly Reply[]>>;
  /** A path prefix under which everything is mounted: `/api`. */
  mount?: string;
  host?: string;
  tls?: { key: string; cert: string };
}

export interface Upstream {
  /** Mount prefix included, no slash at its end. */
  readonly url: string;
  readonly port: number;
  readonly requests: readonly UpstreamRequest[];
  /** Requests for a path (mount prefix included, without query), or all. */
  hits(path?: string): number;
  /** The most requests that were under way at once. */
  readonly maxInFlight: number;
  /** Ends connections that wait for a further request. */
  closeIdle(): void;
  /** Connections open now. */
  readonly connections: number;
  close(): Promise<void>;
}

const withoutQuery = (path: string) => path.replace(/\?.*/s, '');

function toBytes(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

const compress = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync };

/** A real upstream on an ephemeral port that answers as scripted and records what it was asked. */
export async function startUpstream(options: UpstreamOptions = {}): Promise<Upstream> {
  const { host = '127.0.0.1', mount = '', script = {}, reports = {}, messages = { messages: [] } } = options;
  const requests: UpstreamRequest[] = [];
  const sockets = new Set<Socket>();
  let inFlight = 0;
  let maxInFlight = 0;
  let noteMessages: () => void = () => {};
  const messagesSent = new Promise<void>((resolve) => {
    noteMessages = resolve;
  });

  const server = options.tls === undefined ? createServer(answer) : createTlsServer(options.tls, answer);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => {});
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = addressOf(server.address());

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    inFlight += 1;
    maxInFlight = Math.max(maxInFlight, inFlight);
    response.on('close', () => {
      inFlight -= 1;
    });
    requests.push({
      method: request.method ?? '',
      path,
      headers: request.headers,
      time: performance.now(),
      remotePort: request.socket.remotePort ?? 0,
    });
    const reply = nextReply(withoutQuery(path));
    if (path.startsWith(`${mount}/messages/`)) response.on('finish', noteMessages);
    if (reply.afterMessages) await messagesSent;
    await play(reply, documentAt(withoutQuery(path)), response);
  }

  function nextReply(path: string): Reply {
    const replies = [script[path] ?? {}].flat();
    const seen = requests.filter((request) => withoutQuery(request.path) === path).length;
    return replies[Math.min(seen, replies.length) - 1] ?? {};
  }

  function documentAt(path: string): unknown {
    if (path.startsWith(`${mount}/messages/`)) return messages;
    if (!path.startsWith(`${mount}/reports/`)) return undefined;
    return reports[decodeURIComponent(path.slice(`${mount}/reports/`.length))];
  }

  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}${mount}`,
    port,
    requests,
    hits: (path) =>
      requests.filter((request) => path === undefined || withoutQuery(request.path) === path).length,
    closeIdle: () => server.closeIdleConnections(),
    get maxInFlight() {
      return maxInFlight;
    },
    get connections() {
      return sockets.size;
    },
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function play(reply: Reply, document: unknown, response: ServerResponse): Promise<void> {
  const { socket } = response;
  if (reply.never || socket === null) return;
  if (reply.delayMs !== undefined) await sleep(reply.delayMs);
  await reply.until;
  if (reply.resetAfterBytes === 0) return void socket.resetAndDestroy();
  if (reply.raw !== undefined) return void socket.end(reply.raw, 'latin1');

  const status = reply.status ?? (document === undefined && reply.body === undefined ? 404 : 200);
  const plain = toBytes(reply.body ?? (status === 200 ? document : '') ?? '');
  const body = reply.encoding === undefined ? plain : compress[reply.encoding](plain);
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(reply.chunked ? {} : { 'content-length': body.length }),
    ...(reply.encoding === undefined ? {} : { 'content-encoding': reply.encoding }),
    ...reply.headers,
  });
  await send(reply, body, response, socket);
}

async function send(reply: Reply, body: Buffer, response: ServerResponse, socket: Socket): Promise<void> {
  const stop = reply.cutAfterBytes ?? reply.resetAfterBytes ?? reply.stallAfterBytes;
  if (reply.trickle !== undefined) return trickle(reply.trickle, body, response);
  if (stop === undefined) return void response.end(body);
  response.flushHeaders();
  if (stop > 0) await new Promise((resolve) => response.write(body.subarray(0, stop), resolve));
  if (reply.cutAfterBytes !== undefined) socket.end();
  if (reply.resetAfterBytes !== undefined) socket.resetAndDestroy();
}

async function trickle(
  { bytes, everyMs }: { bytes: number; everyMs: number },
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  for (let sent = 0; sent < body.length && !response.destroyed; sent += bytes) {
    response.write(body.subarray(sent, sent + bytes));
    await sleep(everyMs);
  }
  response.end();
}

function addressOf(address: string | AddressInfo | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address;
}
