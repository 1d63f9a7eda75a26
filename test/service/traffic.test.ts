import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { BILL, USUAL } from '../process/period.js';
import { runMain } from '../process/run-main.js';
import { makeCertificates, type TestCertificates } from '../tls.js';
import { startUpstream, type Upstream } from '../upstream.js';
import { messagesApart } from './messages-apart.js';
import { openSocket, splitResponses } from './raw-http.js';
import { type Serving, startServe, startServeProcess } from './start-serve.js';

let certificates: TestCertificates;
let tlsFlags: string[];
beforeAll(async () => {
  certificates = await makeCertificates();
  tlsFlags = ['--tls-cert', certificates.certFile, '--tls-key', certificates.keyFile];
});
afterAll(() => certificates.remove());

let upstream: Upstream | undefined;
let serving: Serving | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await serving?.stop();
  await upstream?.close();
  serving = undefined;
  upstream = undefined;
});
async function serve(...flags: string[]): Promise<Serving> {
  serving = await startServe(['--source', 'sample', ...flags]);
  return serving;
}
async function open({ url }: Serving): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}
async function allOf(socket: Socket): Promise<string> {
  let received = '';
  for await (const chunk of socket) received += chunk;
  return received;
}

test('the limit of requests is a 429 that says when to come back; /health is not counted', async () => {
  const { get } = await serve('--rate-limit', '3/1m');
  for (let turn = 0; turn < 5; turn++) expect((await get('/health')).status).toBe(200);
  for (let turn = 0; turn < 3; turn++) expect((await get('/usage')).status).toBe(200);
  const refused = await get('/usage');
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refused.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(await refused.json()).toMatchObject({ status: 429, code: 'too_many_requests' });
});

describe('rude clients', () => {
  test('oversized headers are a 431, junk is a 400, and both connections end', async () => {
    const here = await serve();
    const large = await open(here);
    large.write(`GET /usage HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(40_000)}\r\n\r\n`);
    expect(await allOf(large)).toMatch(/^HTTP\/1.1 431 .*\r\ncontent-type: application\/problem\+json/);
    const junk = await open(here);
    junk.write('\u0000\u0001 junk\r\n\r\n');
    expect(await allOf(junk)).toMatch(/^HTTP\/1.1 400 /);
    expect((await here.get('/usage')).status).toBe(200);
  });

  test('what never becomes a request is logged and counted: junk, long headers, a failed handshake', async () => {
    upstream = await startUpstream(USUAL);
    serving = await startServe(['--source', upstream.url, ...tlsFlags, '--open-metrics', '--insecure']);
    const { url, log } = serving;
    const refused = () => log.filter(({ msg }) => msg === 'refused a connection');
    const tls = { rejectUnauthorized: false };
    const send = async (text: string) => {
      const socket = await openSocket(url, tls);
      socket.end(text);
      return allOf(socket);
    };
    await send('junk\r\n\r\n');
    await send(`GET / HTTP/1.1\r\nx: ${'x'.repeat(40_000)}\r\n\r\n`);
    const plain = await open(serving);
    plain.write('GET / HTTP/1.1\r\n\r\n');
    await allOf(plain).catch(() => {});
    await expect.poll(() => refused().length).toBe(3);
    expect(refused()).toMatchObject([
      { status: 400, visitor: 'ip 127.0.0.1', reason: 'HPE_INVALID_METHOD' },
      { status: 431, visitor: 'ip 127.0.0.1', reason: 'HPE_HEADER_OVERFLOW' },
      { status: 'tls', visitor: 'ip 127.0.0.1', reason: 'ERR_SSL_HTTP_REQUEST' },
    ]);
    const socket = await openSocket(url, tls);
    socket.write('GET /metrics HTTP/1.0\r\nhost: localhost\r\n\r\n');
    const metrics = await allOf(socket);
    for (const status of ['400', '431', 'tls']) {
      expect(metrics).toContain(`o_copilot_refused_connections_total{status="${status}"} 1`);
    }
  });

  test('junk behind a request whose answer has begun ends the connection, and adds nothing to the answer', async () => {
    upstream = await startUpstream({ messages: { messages: messagesApart(60_000) } });
    serving = await startServe(['--source', upstream.url, '--messages-ttl', '1h']);
    const whole = await (await serving.get('/usage?format=ndjson')).text();
    const socket = await open(serving);
    socket.write('GET /usage?format=ndjson HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await once(socket, 'readable');
    socket.write('\u0000 junk\r\n\r\n');
    const answer = await allOf(socket);
    const body = answer.slice(answer.indexOf('\r\n\r\n') + 4);
    expect(whole.startsWith(body)).toBe(true);
  });

  test('a path that cannot be decoded, a body and an odd method are problems', async () => {
    const { get, url } = await serve();
    const undecodable = await get('/usage/%ff');
    expect(undecodable.status).toBe(400);
    expect(undecodable.headers.get('content-type')).toContain('application/problem+json');
    const posted = await fetch(`${url}/usage`, { method: 'POST', body: '{' });
    expect(posted.status).toBe(405);
    expect(await posted.json()).toMatchObject({ code: 'method_not_allowed' });
  });

  test('1,000 idle connections and readers that stop reading do not stop others', async () => {
    upstream = await startUpstream({ messages: { messages: messagesApart(60_000) } });
    serving = await startServe(['--source', upstream.url, '--messages-ttl', '1h']);
    const here = serving;
    await Promise.all(Array.from({ length: 1000 }, () => open(here)));
    for (let count = 0; count < 10; count++) {
      const socket = await open(here);
      socket.pause();
      socket.write('GET /usage HTTP/1.1\r\nhost: localhost\r\n\r\n');
    }
    const began = performance.now();
    const bill = await (await here.get('/usage?format=csv')).text();
    expect(bill.split('\r\n')).toHaveLength(60_002);
    for (let turn = 0; turn < 20; turn++) expect((await here.get('/health')).status).toBe(200);
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});

test('fault E29 (a client that dribbles): answered 408, and destroyed although it never leaves', async () => {
  const [here, secure] = await Promise.all([
    serve(),
    startServe(['--source', 'sample', ...tlsFlags, '--rate-limit', 'off']),
  ]);
  // With TLS a client can be slow before the first request as well: nothing is answered there.
  const shaking = Array.from({ length: 50 }, () =>
    openSlowly(secure, '\u0016\u0003\u0001\u0002\u0000\u0001'),
  );
  const answers = await Promise.all(Array.from({ length: 500 }, () => openSlowly(here)));
  for (const { status, stillOpen } of answers) expect([status, stillOpen]).toEqual([408, false]);
  expect((await here.get('/health')).status).toBe(200);
  for (const { stillOpen } of await Promise.all(shaking)) expect(stillOpen).toBe(false);
  await secure.stop();
});

interface SlowAnswer {
  readonly status: number | undefined;
  readonly stillOpen: boolean;
}

/** A client that goes on sending a byte now and then, and never ends its side. */
async function openSlowly({ url }: Serving, first = 'GET /usage HTTP/1.1\r\n'): Promise<SlowAnswer> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true });
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(first);
  const dribble = setInterval(() => socket.write('x'), 1000);
  let received = '';
  socket.setEncoding('utf8').on('data', (text) => {
    received += text;
  });
  await once(socket, 'end').catch(() => {});
  // A reset answers the bytes that come after the end: the other side is gone.
  await once(socket, 'close').catch(() => {});
  clearInterval(dribble);
  return { status: splitResponses(received).at(0)?.status, stillOpen: !socket.destroyed };
}

describe('stopping', () => {
  const slow = { ...USUAL, script: { '/messages/current-period': { delayMs: 600 } } };

  test('SIGTERM lets a request end, takes no new connection, and is exit 0', async () => {
    upstream = await startUpstream(slow);
    serving = await startServe(['--source', upstream.url]);
    const answer = serving.get('/usage');
    await expect.poll(() => upstream?.hits()).toBe(1);
    const stopped = serving.stop();
    await serving.logged('stopping');
    await expect
      .poll(() =>
        serving?.get('/health').then(
          ({ status }) => status,
          () => 'refused',
        ),
      )
      .not.toBe(200);
    expect(await (await answer).text()).toBe(BILL);
    expect(await stopped).toBe(0);
    expect(serving.log.at(-1)).toMatchObject({ msg: 'stopped' });
  });

  test('what takes longer than --grace is cut off', async () => {
    upstream = await startUpstream({ ...USUAL, script: { '/messages/current-period': { never: true } } });
    serving = await startServe(['--source', upstream.url, '--grace', '200ms']);
    const answer = serving.get('/usage').catch(() => 'cut off');
    await expect.poll(() => upstream?.hits()).toBe(1);
    expect(await serving.stop()).toBe(0);
    expect(await answer).toBe('cut off');
  });

  test('a second SIGTERM ends at once', async () => {
    upstream = await startUpstream({ ...USUAL, script: { '/messages/current-period': { never: true } } });
    serving = await startServeProcess(['--source', upstream.url, '--grace', '1h']);
    const answer = serving.get('/usage').catch(() => 'cut off');
    await expect.poll(() => upstream?.hits()).toBe(1);
    const stopped = serving.stop();
    await serving.logged('stopping');
    serving.signal('SIGTERM');
    expect([143, 'SIGTERM']).toContain(await stopped);
    expect(await answer).toBe('cut off');
  });

  test.each([
    ['in use', 'address already in use'],
    ['of another machine', 'address not available'],
  ])('fault E28 (an address that the system refuses is exit 71): %s', async (kind, reason) => {
    const { url } = await serve();
    const where =
      kind === 'in use'
        ? ['--port', new URL(url).port]
        : ['--insecure', '--host', '192.0.2.1', '--port', '0'];
    const run = await runMain(['serve', '--source', 'sample', ...where]);
    expect(run).toMatchObject({ stdout: '', status: 71 });
    expect(run.stderr).toContain(reason);
  });

  test('fault E28: a name that nobody knows is exit 64', async () => {
    const run = await runMain(['serve', '--source', 'sample', '--insecure', '--host', 'nowhere.invalid']);
    expect(run).toMatchObject({ stdout: '', status: 64 });
  });

  test('fault E19 (a connection without a request holds no stop): silent, idle and half-sent ones', async () => {
    for (const flags of [[], tlsFlags]) {
      const here = await serve('--grace', '1h', ...flags);
      // Silent from the start; with TLS, before the handshake.
      await open(here);
      // Answered, then idle; the client never says so.
      const idle = await openSocket(here.url, { rejectUnauthorized: false });
      idle.write('GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n');
      await once(idle, 'readable');
      // With TLS, silent after the handshake.
      await openSocket(here.url, { rejectUnauthorized: false });
      const half = await openSocket(here.url, { rejectUnauthorized: false });
      half.write('GET /health HTTP/1.1\r\nhost: ');
      const began = performance.now();
      expect(await here.stop()).toBe(0);
      expect(performance.now() - began).toBeLessThan(5000);
    }
  });
});
