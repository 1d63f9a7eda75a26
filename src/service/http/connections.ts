import { type RequestListener, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { PROBLEM_MEDIA_TYPE, type Problem } from '../shared/problem.js';

/** Milliseconds that a client has to take an error and leave, before its connection is destroyed. */
const LONGEST_CLOSE = 1000;

class Connection {
  /** Requests that were read and not answered to the end. */
  underWay = 0;
  /** Bytes read when it was last idle. */
  idleAt = 0;

  constructor(public socket: Socket) {}

  readonly endRequest = () => {
    this.underWay--;
    this.idleAt = this.socket.bytesRead;
  };
}

/** The open connections of servers. Node's own count of idle ones leaves out those that never sent a byte. */
export function createConnections() {
  const connections = new Set<Connection>();
  const bySocket = new WeakMap<Socket, Connection>();
  /** Connections whose TLS handshake is under way, by the client's end. */
  const inHandshake = new Map<string, Connection>();

  function watchServer(server: Server): void {
    server.on('connection', (socket: Socket) => {
      const connection = new Connection(socket);
      const client = clientOf(socket);
      connections.add(connection);
      bySocket.set(socket, connection);
      if ('setSecureContext' in server) inHandshake.set(client, connection);
      socket.on('close', () => {
        connections.delete(connection);
        if (inHandshake.get(client) === connection) inHandshake.delete(client);
      });
    });
    // From here on requests come from the encrypted socket that wraps the other.
    server.on('secureConnection', (socket: Socket) => {
      const connection = inHandshake.get(clientOf(socket));
      if (connection === undefined) return;
      inHandshake.delete(clientOf(socket));
      connection.socket = socket;
      connection.idleAt = socket.bytesRead;
      bySocket.set(socket, connection);
      socket.on('close', () => connections.delete(connection));
    });
  }

  return {
    watchServer,
    /** What a server calls in place of `handler`. */
    watchRequests:
      (handler: RequestListener): RequestListener =>
      (request, response) => {
        const connection = bySocket.get(request.socket);
        if (connection !== undefined) {
          connection.underWay++;
          response.on('close', connection.endRequest);
        }
        handler(request, response);
      },
    /**
     * Gives clients that do not take what is sent to them this many milliseconds without a byte. Called now and then: a
     * timeout of the server would be a timer for each request, and end those whose answer takes longer to make.
     */
    limitStalls(milliseconds: number): void {
      for (const { socket, underWay } of connections) {
        const isLimited = (socket.timeout ?? 0) > 0;
        if (underWay > 0 && socket.writableLength > 0 && !isLimited) socket.setTimeout(milliseconds);
      }
    },
    /**
     * Destroys those without a request under way.
     * @param exceptArriving leaves those on which a part of a request has arrived
     */
    destroyIdle(exceptArriving: boolean): void {
      for (const { socket, underWay, idleAt } of connections) {
        if (underWay === 0 && !(exceptArriving && socket.bytesRead > idleAt)) socket.destroy();
      }
    },
    destroyAll(): void {
      for (const { socket } of connections) socket.destroy();
    },
  };
}

function clientOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

/** Answers what is no HTTP request, before there is a request to reply to, and destroys the connection. */
export function answerInvalidRequest(error: Error & { code?: string }, socket: Socket): void {
  // Once something was sent, these bytes might end up in the middle of a bill.
  if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const status = refusalStatus(error.code);
  const title = STATUS_CODES[status] ?? '';
  const problem: Problem = { type: 'about:blank', title, status, detail: title, code: 'bad_request' };
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    `content-type: ${PROBLEM_MEDIA_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // At once, and a client that is still sending would get a reset in place of the answer; never, and one that
  // does not leave would hold its connection for ever.
  setTimeout(() => socket.destroy(), LONGEST_CLOSE);
}

/** By the code of the parser's error. */
export function refusalStatus(code: string | undefined) {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
}
