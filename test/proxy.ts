import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';

interface ProxyRequest {
  readonly method: string;
  /** As on the request line: `http://host/path`, or `host:port` of a CONNECT. */
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
}

export interface Proxy {
  readonly url: string;
  readonly requests: readonly ProxyRequest[];
  close(): Promise<void>;
}

export interface ProxyOptions {
  /** Every request and CONNECT goes here whatever it names, so that invented host names work. */
  forwardTo?: { host: string; port: number };
  /** Refuses all with this status. */
  refuse?: number;
  /** Takes a CONNECT and never answers it. */
  silent?: true;
}

/** A real forward proxy, absolute form and CONNECT, that records what it was asked. */
export async function startProxy(options: ProxyOptions = {}): Promise<Proxy> {
  const requests: ProxyRequest[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  };
  const record = ({ method = '', url = '', headers }: IncomingMessage) => {
    requests.push({ method, target: url, headers });
    return url;
  };

  const server = createServer((incoming: IncomingMessage, response: ServerResponse) => {
    const target = new URL(record(incoming));
    if (options.refuse !== undefined) return void response.writeHead(options.refuse).end();
    const { host, port } = options.forwardTo ?? { host: target.hostname, port: Number(target.port) };
    const path = target.pathname + target.search;
    const onward = request({
      host,
      port,
      path,
      method: incoming.method,
      headers: incoming.headers,
      agent: false,
    });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    onward.end();
  });
  server.on('connection', keep);
  server.on('connect', (incoming: IncomingMessage, client: Socket) => {
    const target = new URL(`http://${record(incoming)}`);
    if (options.silent) return;
    if (options.refuse !== undefined) return void client.end(`HTTP/1.1 ${options.refuse} No\r\n\r\n`);
    const { host, port } = options.forwardTo ?? { host: target.hostname, port: Number(target.port) };
    const onward = connect(port, host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(onward).pipe(client);
    });
    keep(onward);
    onward.on('error', () => client.destroy());
    client.on('error', () => onward.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
