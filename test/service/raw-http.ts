import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';

export interface RawResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Opens a connection; with `tls`, after the handshake. */
export async function openSocket(url: string, tls: ConnectionOptions = {}): Promise<Socket | TLSSocket> {
  const { protocol, port } = new URL(url);
  const where = { port: Number(port), host: '127.0.0.1' };
  const secure = protocol === 'https:';
  const socket = secure ? connectTls({ ...where, servername: 'localhost', ...tls }) : connect(where);
  await once(socket, secure ? 'secureConnect' : 'connect');
  socket.on('error', () => {});
  return socket;
}

/** All that arrives until the other side ends the connection. */
export async function readToEnd(socket: Socket): Promise<string> {
  let received = '';
  socket.setEncoding('utf8');
  socket.on('data', (text) => {
    received += text;
  });
  if (!socket.closed) await once(socket, 'close').catch(() => {});
  return received;
}

/** Splits what a connection answered; every response has a length, or is the last. */
export function splitResponses(text: string): RawResponse[] {
  const responses: RawResponse[] = [];
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    const headEnd = rest.indexOf('\r\n\r\n');
    const [statusLine = '', ...lines] = rest.subarray(0, headEnd).toString().split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    const length = Number(headers['content-length'] ?? rest.length);
    const body = rest.subarray(headEnd + 4, headEnd + 4 + length);
    responses.push({ status: Number(statusLine.split(' ')[1]), headers, body: body.toString() });
    rest = rest.subarray(headEnd + 4 + length);
  }
  return responses;
}

export interface RawRequest {
  readonly target: string;
  readonly method?: string;
  readonly version?: '1.0' | '1.1';
  readonly headers?: readonly string[];
}

/** The bytes of one request without a body. */
export function requestText({ target, method = 'GET', version = '1.1', headers = [] }: RawRequest): string {
  return `${[`${method} ${target} HTTP/${version}`, ...headers].join('\r\n')}\r\n\r\n`;
}

/** Sends bytes on a new connection, and reads what comes until it ends. */
export async function exchange(
  url: string,
  bytes: string | Buffer,
  tls: ConnectionOptions = {},
): Promise<RawResponse[]> {
  const socket = await openSocket(url, tls);
  const answer = readToEnd(socket);
  socket.write(bytes);
  return splitResponses(await answer);
}
