import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createConnections } from '../../src/service/http/connections.js';
import { MESSAGES_PATH, USUAL } from '../process/period.js';
import { runMain } from '../process/run-main.js';
import { startUpstream, type Upstream } from '../upstream.js';
import { openSocket } from './raw-http.js';
import { type Serving, startServe } from './start-serve.js';

let upstream: Upstream | undefined;
let serving: Serving | undefined;
afterEach(async () => {
  await serving?.stop();
  await upstream?.close();
  serving = undefined;
  upstream = undefined;
});

const requestFor = (path: string) => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;

describe('every request ends in log and metrics, and its work ends with it', () => {
  test('pipelined ones whose client leaves: those behind the first as well', async () => {
    upstream = await startUpstream({ ...USUAL, script: { [MESSAGES_PATH]: { never: true } } });
    serving = await startServe(['--source', upstream.url, '--retries', '0']);
    const socket = await openSocket(serving.url);
    socket.write([1, 2, 3, 4].map((limit) => requestFor(`/usage?limit=${limit}`)).join(''));
    await expect.poll(() => upstream?.connections).toBe(1);
    socket.destroy();
    const left = () => serving?.log.filter(({ route, status }) => route === '/usage' && status === 499);
    await expect.poll(() => left()?.length, { timeout: 10_000 }).toBe(4);
    await expect.poll(() => upstream?.connections, { timeout: 10_000 }).toBe(0);
    const metrics = await (await serving.get('/metrics')).text();
    expect(metrics).toContain(
      'http_request_duration_seconds_count{method="GET",route="/usage",status="499"} 4',
    );
  });

  test('one whose address cannot be read, one for an address that is not, and one for a method', async () => {
    serving = await startServe(['--source', 'sample']);
    const { url, log } = serving;
    expect((await fetch(`${url}/%zz`)).status).toBe(400);
    expect((await fetch(`${url}/usage/%ff`)).status).toBe(400);
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
    expect((await fetch(`${url}/usage`, { method: 'POST', body: '{}' })).status).toBe(405);
    const statuses = () => log.filter(({ msg }) => msg === 'answered').map(({ status }) => status);
    await expect.poll(statuses, { timeout: 10_000 }).toEqual([400, 400, 404, 405]);
    expect(log.filter(({ msg }) => msg === 'answered')).toMatchObject(
      Array.from({ length: 4 }, () => ({ level: 30, route: 'unknown', visitor: 'ip 127.0.0.1' })),
    );
  });
});

test('a client that takes no byte of its answer is cut off; one that waits for its answer is not', async () => {
  const connections = createConnections();
  const finish: (() => void)[] = [];
  const server = createServer(
    connections.watchRequests((request, response) => {
      if (request.url === '/large') response.end(Buffer.alloc(64 * 2 ** 20));
      else finish.push(() => response.end('late'));
    }),
  );
  connections.watchServer(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const [stalled, waiting] = [connect(port), connect(port)];
  try {
    for (const socket of [stalled, waiting]) socket.on('error', () => {});
    stalled.pause();
    stalled.write(requestFor('/large'));
    waiting.write(requestFor('/late'));
    await expect.poll(() => finish.length).toBe(1);
    const open = () => new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
    await expect
      .poll(
        async () => {
          connections.limitStalls(50);
          return open();
        },
        { timeout: 10_000 },
      )
      .toBe(1);
    finish.at(0)?.();
    expect(`${await once(waiting, 'data')}`).toContain('late');
  } finally {
    connections.destroyAll();
    for (const socket of [stalled, waiting]) socket.destroy();
    server.close();
  }
});

test.each(['1k', '1023k', '0.5m'])(
  '--max-memory %s is refused: with so little there is no answer',
  async (size) => {
    const { status, stderr } = await runMain(['serve', '--source', 'sample', '--max-memory', size]);
    expect([status, stderr]).toEqual([64, expect.stringContaining('--max-memory')]);
    if (size.endsWith('k')) expect(stderr).toContain('at least 1m');
  },
);

test('--max-memory 1m, the least, is enough for a small period', async () => {
  serving = await startServe(['--source', 'sample', '--max-memory', '1m']);
  for (const path of ['/usage', '/summary', '/usage?report=1']) {
    expect((await serving.get(path)).status).toBe(200);
  }
});
