import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { createConnections } from '../../src/service/http/connections.js';
import { openLog } from '../../src/service/telemetry/log.js';
import { MESSAGES_PATH, USUAL } from '../process/period.js';
import { runMain } from '../process/run-main.js';
import { startUpstream, type Upstream } from '../upstream.js';
import { messagesApart } from './messages-apart.js';
import { exchange, openSocket, readToEnd, requestText } from './raw-http.js';
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

  test('pipelined ones of large answers: what they took of --max-memory comes back', async () => {
    // Ids that hardly compress, or a whole answer would be on its way at once.
    const idOf = (index: number) => Math.imul(index, 0x9e3779b1) >>> 0;
    const messages = messagesApart(60_000).map((message, index) => ({ ...message, id: idOf(index) }));
    upstream = await startUpstream({ messages: { messages } });
    serving = await startServe(['--source', upstream.url, '--messages-ttl', '1h', '--rate-limit', 'off']);
    const { get, url, log } = serving;
    const taken = async () =>
      Number(/^o_copilot_memory_bytes (\d+)$/m.exec(await (await get('/metrics')).text())?.[1]);
    await exchange(url, requestText({ target: '/usage', headers: ['Host: localhost', 'Connection: close'] }));
    const before = await taken();
    for (const coding of ['gzip', 'br']) {
      const socket = await openSocket(url);
      // The first is more than the sockets hold, so that the second waits for its turn.
      socket.pause().write(requestFor('/usage'));
      socket.write(`GET /usage HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: ${coding}\r\n\r\n`);
      await expect.poll(taken).toBeGreaterThan(before);
      socket.destroy();
      await expect.poll(taken).toBe(before);
    }
    expect(log.filter(({ level }) => Number(level) > 30)).toEqual([]);
  });

  test('one with an expectation, one whose address cannot be read, one for an address that is not, and one for a method', async () => {
    serving = await startServe(['--source', 'sample']);
    const { url, log } = serving;
    const headers = ['Host: localhost', 'Connection: close', 'Expect: the-unexpected'];
    expect(await exchange(url, requestText({ target: '/nothing', headers }))).toMatchObject([
      { status: 404 },
    ]);
    expect((await fetch(`${url}/%zz`)).status).toBe(400);
    expect((await fetch(`${url}/usage/%ff`)).status).toBe(400);
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
    expect((await fetch(`${url}/usage`, { method: 'POST', body: '{}' })).status).toBe(405);
    const statuses = () => log.filter(({ msg }) => msg === 'answered').map(({ status }) => status);
    await expect.poll(statuses, { timeout: 10_000 }).toEqual([404, 400, 400, 404, 405]);
    expect(log.filter(({ msg }) => msg === 'answered')).toMatchObject(
      Array.from({ length: 5 }, () => ({ level: 30, route: 'unknown', visitor: 'ip 127.0.0.1' })),
    );
  });
});

test.each(['POST', 'GET'])('%s with a body without end: answered, and read no further', async (method) => {
  serving = await startServe(['--source', 'sample']);
  const socket = await openSocket(serving.url);
  const answer = readToEnd(socket);
  socket.write(`${method} /usage HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n`);
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
  let isClosed = false;
  socket.on('close', () => {
    isClosed = true;
  });
  // Nobody else would end it within the time of this test.
  while (!isClosed) {
    socket.write(chunk);
    await setImmediate();
  }
  await answer;
  const expected = method === 'GET' ? 200 : 405;
  await expect.poll(() => serving?.log.find(({ route }) => route !== undefined)?.status).toBe(expected);
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

test('the line of a request is what pino would write', async () => {
  const linesOf = async (fields: { fields?: () => object }) => {
    const output = new PassThrough();
    const log = await openLog({ level: 'info', format: 'json', output, ...fields });
    for (const visitor of ['ip ::/64', 'jwt "\\\u2028\u0000💶\ud800', 'token </script>']) {
      for (const msg of ['answered', 'the client left'] as const) {
        log.logRequest({ reqId: 'a-1', method: 'GET', route: '/usage', status: 200, ms: 0.1, visitor, msg });
      }
    }
    await log.close();
    output.end();
    return (await text(output)).replaceAll(/"time":\d+/g, '"time":0');
  };
  const lines = await linesOf({});
  expect(lines.split('\n')).toHaveLength(7);
  // With further fields pino writes them.
  expect(lines).toBe(await linesOf({ fields: () => ({}) }));
});
