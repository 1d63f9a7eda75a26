import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isLocalHost, isLoopback, limitKey } from '../../src/service/auth/addresses.js';
import { exchange, openSocket, readToEnd, requestText } from './raw-http.js';
import { type Serving, startServe } from './start-serve.js';

const ORIGIN = 'https://intranet.example';
let serving: Serving;
let forOthers: Serving;
beforeAll(async () => {
  [serving, forOthers] = await Promise.all([
    startServe(['--source', 'sample', '--rate-limit', 'off']),
    startServe(['--source', 'sample', '--insecure', '--cors-origin', ORIGIN]),
  ]);
});
afterAll(() => Promise.all([serving.stop(), forOthers.stop()]));

const HOST = 'Host: localhost';
const CLOSE = 'Connection: close';

/** One request of this text, with the lines of a request apart. */
async function send(...lines: string[]) {
  return (await exchange(serving.url, `${lines.join('\r\n')}\r\n\r\n`)).at(0);
}

describe('fault E13 (parameters of a media range choose nothing)', () => {
  test.each([
    ['application/json; charset=utf-8', 'application/json'],
    ['application/json;charset="utf-8";q=0.5, text/csv;q=0.4', 'application/json'],
    ['text/csv; header=present', 'text/csv'],
    ['text/csv;header="a,b;q=0";q=0.9, application/json;q=0.1', 'text/csv'],
    ['APPLICATION/X-NDJSON; Charset=UTF-8', 'application/x-ndjson'],
    ['text/*;level=1', 'text/csv'],
    ['*/*;q=0.1', 'application/json'],
    ['application/json;q=0, */*;q=0.1', 'application/x-ndjson'],
    ['', 'application/json'],
  ])('Accept: %s', async (accept, type) => {
    for (const address of ['/usage', '/summary']) {
      const reply = await serving.get(address, { accept });
      expect([reply.status, reply.headers.get('content-type')?.split(';')[0]]).toEqual([200, type]);
      expect(reply.headers.get('vary')).toMatch(/\baccept\b/i);
    }
  });

  test('what is not there is a 406, which caches keep apart as well', async () => {
    for (const accept of ['application/pdf; charset=utf-8', 'application/json;q=0', 'image/*']) {
      const reply = await serving.get('/usage', { accept });
      expect(reply.status).toBe(406);
      expect(reply.headers.get('vary')).toMatch(/\baccept\b/i);
    }
  });
});

describe('fault E14 (a method that an address does not take is a 405 that says which it takes)', () => {
  const ADDRESSES = [
    '/usage',
    '/usage/1000',
    '/summary',
    '/',
    '/health',
    '/ready',
    '/metrics',
    '/openapi.json',
  ];
  test.each(ADDRESSES)('%s', async (address) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'QUERY']) {
      const reply = await send(`${method} ${address}?x=1 HTTP/1.1`, HOST, CLOSE);
      expect([method, reply?.status, reply?.headers.allow]).toEqual([method, 405, 'GET, HEAD, OPTIONS']);
    }
    const options = await send(`OPTIONS ${address} HTTP/1.1`, HOST, CLOSE);
    expect([options?.status, options?.headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS']);
    const [get, head] = await Promise.all([
      serving.get(address),
      fetch(`${serving.url}${address}`, { method: 'HEAD' }),
    ]);
    expect(head.status).toBe(get.status);
    for (const name of ['content-type', 'etag', 'vary', 'content-security-policy']) {
      expect([name, head.headers.get(name)]).toEqual([name, get.headers.get(name)]);
    }
    expect(await head.text()).toBe('');
  });

  test('an unknown address is a 404 for every method; OPTIONS * is answered', async () => {
    for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
      expect((await fetch(`${serving.url}/nowhere`, { method })).status).toBe(404);
    }
    expect((await send('OPTIONS * HTTP/1.1', HOST, CLOSE))?.status).toBe(204);
  });
});

describe('--cors-origin', () => {
  const preflight = {
    'access-control-request-method': 'GET',
    'access-control-request-headers': 'authorization',
  };

  test('is off by default', async () => {
    const reply = await serving.get('/usage', { origin: ORIGIN });
    expect(reply.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('lets pages of that origin read, and no other', async () => {
    const reply = await forOthers.get('/usage', { origin: ORIGIN });
    expect(reply.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(reply.headers.get('access-control-allow-credentials')).toBeNull();
    expect(reply.headers.get('access-control-expose-headers')).toContain('link');
    expect(reply.headers.get('vary')?.toLowerCase()).toMatch(/accept.*, origin/);
    const other = await forOthers.get('/usage', { origin: 'https://evil.example' });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
    expect(other.headers.get('vary')).toContain('origin');
  });

  test.each([200, 304])('an answer of %i has one Vary line', async (status) => {
    const headers = [HOST, CLOSE, `Origin: ${ORIGIN}`, 'X-Request-Id: vary'];
    if (status === 304) headers.push('If-None-Match: *');
    const socket = await openSocket(forOthers.url);
    const received = readToEnd(socket);
    socket.write(requestText({ target: '/usage', headers }));
    const head = (await received).split('\r\n\r\n', 1)[0] ?? '';
    expect(head).toContain(`HTTP/1.1 ${status}`);
    expect(head.match(/^vary: .*$/gim)).toEqual(['vary: accept, accept-encoding, origin']);
    expect(head).toMatch(/^x-request-id: vary$/m);
    expect(head).toMatch(/^access-control-allow-origin: /m);
  });

  test('answers the preflight', async () => {
    const ask = (origin: string) =>
      fetch(`${forOthers.url}/usage`, { method: 'OPTIONS', headers: { origin, ...preflight } });
    const reply = await ask(ORIGIN);
    expect(reply.status).toBe(204);
    expect(reply.headers.get('access-control-allow-methods')).toBe('GET, HEAD');
    expect(reply.headers.get('access-control-allow-headers')).toContain('authorization');
    expect((await ask('https://evil.example')).headers.get('access-control-allow-methods')).toBeNull();
  });
});

describe('fault E18 (on loopback, without a check of access, only names of this machine are answered to)', () => {
  test.each([
    'evil.example',
    'evil.example:8080',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    '192.168.0.1',
    '',
  ])('Host: %s', async (host) => {
    for (const address of ['/usage', '/', '/metrics', '/health', '/nowhere']) {
      const reply = await send(`GET ${address} HTTP/1.1`, `Host: ${host}`, CLOSE);
      expect([address, reply?.status]).toEqual([address, 421]);
      expect(reply?.body).not.toContain('credits');
    }
  });

  test('the name in an absolute request line counts as well', async () => {
    expect((await send('GET http://evil.example/usage HTTP/1.1', HOST, CLOSE))?.status).toBe(421);
    expect((await send('GET http://127.0.0.1/usage HTTP/1.1', HOST, CLOSE))?.status).toBe(200);
  });

  test.each([
    'localhost',
    'LOCALHOST:80',
    'localhost.',
    'app.localhost',
    '127.0.0.1',
    '127.3.2.1:1',
    '[::1]:8080',
  ])('Host: %s is this machine', async (host) => {
    expect(isLocalHost(host)).toBe(true);
    expect((await send('GET /usage HTTP/1.1', `Host: ${host}`, CLOSE))?.status).toBe(200);
  });

  test('HTTP/1.0 without a Host, which no browser sends, is answered; --insecure answers to every name', async () => {
    expect((await send('GET /usage HTTP/1.0'))?.status).toBe(200);
    const text = requestText({ target: '/usage', headers: ['Host: bill.example', CLOSE] });
    expect((await exchange(forOthers.url, text)).at(0)?.status).toBe(200);
  });

  test('no page of another site can embed an answer, frame the page or guess its type', async () => {
    const addresses = [
      '/usage',
      '/usage/1',
      '/summary',
      '/',
      '/metrics',
      '/ready',
      '/health',
      '/docs',
      '/openapi.json',
    ];
    for (const address of [...addresses, '/nowhere', '/%zz', '/usage?limit=x']) {
      const { headers } = await serving.get(address);
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
    const { headers } = await serving.get('/');
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-frame-options')).toBe('DENY');
  });
});

describe('fault E26 (what counts is the address, not the name)', () => {
  test('a name is this machine where all its addresses are', async () => {
    const lookUp = (...addresses: string[]) => isLoopback('localhost', async () => addresses);
    expect(await lookUp('127.0.0.1', '::1')).toBe(true);
    expect(await lookUp('127.0.0.1', '192.168.0.1')).toBe(false);
    expect(await lookUp('0.0.0.0')).toBe(false);
    expect(await lookUp()).toBe(false);
    expect(await isLoopback('localhost', () => Promise.reject(new Error('ENOTFOUND')))).toBe(false);
    expect(await isLoopback('::ffff:127.0.0.1')).toBe(true);
    expect(await isLoopback('::')).toBe(false);
  });

  const canMount = spawnSync('unshare', ['--mount', 'true']).status === 0;
  test.skipIf(!canMount)('a hosts file that says otherwise (needs unshare --mount)', () => {
    const hosts = 'f=$(mktemp); echo "0.0.0.0 localhost" > $f; mount --bind $f /etc/hosts; rm $f';
    const run = `exec ${process.execPath} dist/o-copilot.js serve --source sample --port 0 --host localhost`;
    const { status, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', `${hosts}; ${run}`], {
      env: { PATH: process.env.PATH },
      timeout: 20_000,
    });
    expect(status).toBe(64);
    expect(`${stderr}`).toContain('--insecure');
  });
});

describe('fault E30 (what two readers would take for different requests is refused, and its connection ends)', () => {
  const next = `GET /health HTTP/1.1\r\n${HOST}\r\n\r\n`;
  test.each<readonly [name: string, statuses: readonly number[], text: string]>([
    ['two Host headers', [400], `GET /usage HTTP/1.1\r\n${HOST}\r\nHost: evil.example\r\n\r\n`],
    ['two equal Host headers', [400], `GET /usage HTTP/1.1\r\n${HOST}\r\nhOST: localhost\r\n\r\n`],
    ['no Host header', [400], 'GET /usage HTTP/1.1\r\nAccept: */*\r\n\r\n'],
    [
      'two Authorization headers',
      [400],
      `GET /usage HTTP/1.1\r\n${HOST}\r\nAuthorization: Bearer a\r\nAUTHORIZATION: Bearer b\r\n\r\n`,
    ],
    [
      'xchunked',
      [400, 501],
      `POST /usage HTTP/1.1\r\n${HOST}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
    ],
    [
      'xchunked with GET',
      [400, 501],
      `GET /usage HTTP/1.1\r\n${HOST}\r\nTransfer-Encoding: xchunked\r\n\r\n`,
    ],
    [
      'gzip, chunked',
      [400, 501],
      `POST /usage HTTP/1.1\r\n${HOST}\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    ],
    [
      'chunked twice',
      [400, 501],
      `POST /usage HTTP/1.1\r\n${HOST}\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['identity', [400, 501], `POST /usage HTTP/1.1\r\n${HOST}\r\nTransfer-Encoding: identity\r\n\r\n`],
    [
      'a length and chunked',
      [400],
      `POST /usage HTTP/1.1\r\n${HOST}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    [
      'chunked and a length',
      [400],
      `POST /usage HTTP/1.1\r\n${HOST}\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`,
    ],
    [
      'two lengths',
      [400],
      `POST /usage HTTP/1.1\r\n${HOST}\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n`,
    ],
    ['a signed length', [400], `POST /usage HTTP/1.1\r\n${HOST}\r\nContent-Length: +5\r\n\r\nhello`],
    [
      'a folded header',
      [400],
      `GET /usage HTTP/1.1\r\n${HOST}\r\nX: a\r\n Transfer-Encoding: chunked\r\n\r\n`,
    ],
    [
      'a space before the colon',
      [400],
      `GET /usage HTTP/1.1\r\n${HOST}\r\nTransfer-Encoding : chunked\r\n\r\n`,
    ],
    ['a bare LF', [400], `GET /usage HTTP/1.1\n${HOST}\nX: y\n\n`],
    ['a bare CR', [400], `GET /usage HTTP/1.1\r\n${HOST}\r\nX: a\rY: b\r\n\r\n`],
    ['a NUL', [400], `GET /usage HTTP/1.1\r\n${HOST}\r\nX: a\u0000b\r\n\r\n`],
    [
      'a chunk with junk',
      [400, 405],
      `POST /usage HTTP/1.1\r\n${HOST}\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n`,
    ],
    ['headers of 40 kB', [431], `GET /usage HTTP/1.1\r\n${HOST}\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`],
    ['a request line of 40 kB', [431, 414], `GET /${'x'.repeat(40_000)} HTTP/1.1\r\n${HOST}\r\n\r\n`],
    ['10,000 headers', [431], `GET /usage HTTP/1.1\r\n${HOST}\r\n${'a: b\r\n'.repeat(10_000)}\r\n`],
    ['HTTP/2.0', [400, 505], `GET /usage HTTP/2.0\r\n${HOST}\r\n\r\n`],
  ])('%s', async (_name, statuses, text) => {
    const replies = await exchange(serving.url, text + next);
    expect(statuses).toContain(replies.at(0)?.status);
    expect(replies).toHaveLength(1);
    expect(replies.at(0)?.body).not.toContain('message_id');
  });
});

test('limits count an IPv6 client by its /64, and an IPv4 client as one however it is written', () => {
  expect(limitKey('2001:db8:1:2::1')).toBe(limitKey('2001:0DB8:1:2:ffff:ffff:ffff:ffff'));
  expect(limitKey('2001:db8:1:2::1')).not.toBe(limitKey('2001:db8:1:3::1'));
  expect(limitKey('::ffff:192.0.2.1')).toBe(limitKey('192.0.2.1'));
  for (const other of ['::FFFF:c000:0201', '0:0:0:0:0:ffff:192.0.2.1', '::ffff:c000:201%1']) {
    expect(limitKey(other)).toBe('192.0.2.1');
  }
  expect(limitKey('fe80::1%eth0')).toBe(limitKey('fe80::2'));
});
