import { once } from 'node:events';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startUpstream, type Upstream } from '../upstream.js';
import { messagesApart } from './messages-apart.js';
import { type Serving, startServe } from './start-serve.js';

const KIND = 'fault E24 (answers of 1 kB and more are compressed, each coding with an ETag of its own)';

/** Answers of 1 MB and more are in a temporary file. */
const LARGE = 40_000;

let upstream: Upstream;
let serving: Serving;
beforeAll(async () => {
  upstream = await startUpstream({ messages: { messages: messagesApart(LARGE) } });
  serving = await startServe(['--source', upstream.url, '--rate-limit', 'off', '--messages-ttl', '1h']);
});
afterAll(async () => {
  await serving.stop();
  await upstream.close();
});

async function open(address: string, headers: Record<string, string>, method = 'GET') {
  const request = httpGet(`${serving.url}${address}`, { headers, method, agent: false });
  const [response]: IncomingMessage[] = await once(request, 'response');
  if (response === undefined) throw new Error('no response');
  return response;
}

async function get(
  address: string,
  accepted: string | undefined,
  more: Record<string, string> = {},
  method = 'GET',
) {
  const headers = { ...(accepted !== undefined && { 'accept-encoding': accepted }), ...more };
  const response = await open(address, headers, method);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  return { status: response.statusCode, headers: response.headers, body };
}

function unpacked({ headers, body }: Awaited<ReturnType<typeof get>>): Buffer {
  switch (headers['content-encoding']) {
    case 'gzip':
      return gunzipSync(body);
    case 'br':
      return brotliDecompressSync(body);
    default:
      return body;
  }
}

const ADDRESSES = [
  ['/usage?limit=100', 'br', 'accept, accept-encoding'],
  ['/usage?limit=100&format=csv', 'br', 'accept, accept-encoding'],
  ['/usage?limit=100&format=ndjson', 'br', 'accept, accept-encoding'],
  ['/openapi.json', 'br', 'accept-encoding'],
  ['/', 'gzip', 'accept-encoding'],
  ['/usage', 'gzip', 'accept, accept-encoding'],
] as const;

describe(KIND, () => {
  test.each(ADDRESSES)('%s', async (address, preferred, vary) => {
    const plain = await get(address, undefined);
    expect(plain.headers['content-encoding']).toBeUndefined();
    const tags = new Map([['identity', plain.headers.etag]]);
    for (const coding of ['gzip', 'br']) {
      const packed = await get(address, coding);
      expect([packed.status, packed.headers['content-encoding']]).toEqual([200, coding]);
      expect(unpacked(packed).equals(plain.body)).toBe(true);
      expect(packed.body.length).toBeLessThan(plain.body.length / 2);
      expect(packed.headers.etag).toMatch(/^"[\w-]+"$/);
      tags.set(coding, packed.headers.etag);
      const head = await get(address, coding, {}, 'HEAD');
      for (const name of ['etag', 'vary', 'content-encoding', 'content-type', 'content-length'] as const) {
        expect([name, head.headers[name]]).toEqual([name, packed.headers[name]]);
      }
      expect(head.body.length).toBe(0);
    }
    expect(new Set(tags.values()).size).toBe(3);
    for (const [of, tag] of tags) {
      for (const [coding, own] of tags) {
        const reply = await get(address, coding, { 'if-none-match': `"other", W/${tag}` });
        expect([of, coding, reply.status]).toEqual([of, coding, of === coding ? 304 : 200]);
        expect([reply.headers.etag, reply.headers.vary]).toEqual([own, vary]);
        if (of === coding)
          expect([reply.body.length, reply.headers['content-encoding']]).toEqual([0, undefined]);
      }
    }
    // All three are known to a cache that stored all three.
    const all = [...tags.values()].join(', ');
    expect((await get(address, 'gzip, br', { 'if-none-match': all })).headers.etag).toBe(tags.get(preferred));
  });

  test.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['x-gzip', 'gzip'],
    ['GZip;q=1', 'gzip'],
    ['br;q=0.2, gzip;q=0.3', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['*', 'br'],
    ['*;q=0, gzip', 'gzip'],
    ['identity;q=0', undefined, 406],
    ['identity;q=0, *', 'br'],
    ['identity;q=0, gzip;q=0.001', 'gzip'],
    ['identity, gzip;q=0.5', undefined],
    ['gzip;q=0, br;q=0', undefined],
    ['deflate', undefined],
    ['gzip;q=nan, br;q=-1', undefined],
    ['gzip;q=2, br;q=0.5', 'br'],
    ['', undefined],
    ['*;q=0', undefined, 406],
    ['*;q=0, deflate', undefined, 406],
    [',;=, gzip', 'gzip'],
  ] as const)('Accept-Encoding: %s', async (accepted, coding, refused?: 406) => {
    const reply = await get('/usage?limit=100', accepted);
    expect([reply.status, reply.headers['content-encoding']]).toEqual([refused ?? 200, coding]);
    expect(reply.headers.vary).toBe('accept, accept-encoding');
  });

  test('an answer of less than 1 kB is as it is, unless only a coding is taken', async () => {
    expect((await get('/usage?limit=1', 'gzip, br')).headers['content-encoding']).toBeUndefined();
    const forced = await get('/usage?limit=1', 'gzip, identity;q=0');
    expect(forced.headers['content-encoding']).toBe('gzip');
    expect(unpacked(forced).toString()).toContain('message_id');
    for (const address of ['/health', '/ready', '/usage?limit=x']) {
      expect((await get(address, 'gzip')).headers['content-encoding']).toBeUndefined();
    }
  });

  test('metrics are compressed too, and not stored', async () => {
    const { headers } = await get('/metrics', 'gzip');
    expect([headers['content-encoding'], headers['cache-control'], headers.etag]).toEqual([
      'gzip',
      'no-store',
      undefined,
    ]);
  });

  test('a range is the whole answer', async () => {
    const reply = await get('/usage?limit=100', 'gzip', { range: 'bytes=0-9' });
    expect(reply.status).toBe(200);
    expect(unpacked(reply).length).toBeGreaterThan(1000);
  });

  test('clients that leave in the middle of a compressed answer leave nothing behind', {
    timeout: 30_000,
  }, async () => {
    for (let turn = 0; turn < 30; turn++) {
      const response = await open('/usage', { 'accept-encoding': turn % 2 === 0 ? 'gzip' : 'br' });
      await once(response, 'readable');
      response.destroy();
    }
    const requests = () => serving.log.filter(({ status }) => status === 499).length;
    await expect.poll(requests, { timeout: 10_000 }).toBeGreaterThan(0);
    const whole = await get('/usage', 'gzip');
    expect(unpacked(whole).length).toBeGreaterThan(1_000_000);
  });
});

test(`${KIND}: streams stay within --max-memory, and give it back`, { timeout: 60_000 }, async () => {
  const small = await startServe([
    '--source',
    upstream.url,
    '--rate-limit',
    'off',
    '--messages-ttl',
    '1h',
    '--max-memory',
    '12m',
  ]);
  try {
    const ask = async () => {
      const request = httpGet(`${small.url}/usage`, { headers: { 'accept-encoding': 'br' }, agent: false });
      const [response]: IncomingMessage[] = await once(request, 'response');
      return response;
    };
    for (let turn = 0; turn < 3; turn++) {
      const open = await Promise.all(Array.from({ length: 8 }, ask));
      const statuses = open.map((response) => response?.statusCode);
      expect(new Set(statuses)).toEqual(new Set([200, 503]));
      for (const response of open) response?.destroy();
      await expect.poll(async () => (await ask())?.statusCode, { timeout: 10_000 }).toBe(200);
    }
  } finally {
    await small.stop();
  }
});
