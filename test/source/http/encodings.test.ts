import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DataError, UpstreamError } from '../../../src/errors.js';
import { failureOf, MESSAGES, openSource, openUpstream, readText } from './open-source.js';

const text = JSON.stringify({ messages: Array.from({ length: 20_000 }, (_, id) => ({ id, text: 'été' })) });

async function upstreamOf(encoding: string, body: Buffer) {
  return openUpstream({ script: { [MESSAGES]: { body, headers: { 'content-encoding': encoding } } } });
}

function withWrongChecksum(gzip: Buffer): Buffer {
  gzip.writeUInt32LE(0, gzip.length - 8);
  return gzip;
}

describe('content-encoding', () => {
  it.each(['gzip', 'br', 'deflate'] as const)('%s is undone', async (encoding) => {
    const upstream = await openUpstream({
      messages: text,
      script: { [MESSAGES]: { encoding, chunked: true } },
    });
    expect(await openSource(upstream.url).source.messages(readText)).toBe(text);
  });

  it.each([
    ['x-gzip', gzipSync(text)],
    ['GZIP', gzipSync(text)],
    ['identity', Buffer.from(text)],
    ['deflate', deflateRawSync(text)],
    ['gzip, gzip', gzipSync(gzipSync(text))],
    ['deflate, gzip', gzipSync(deflateSync(text))],
    ['deflate, gzip', gzipSync(deflateRawSync(text))],
    ['gzip', Buffer.concat([gzipSync(text.slice(0, 999)), gzipSync(text.slice(999))])],
  ])('%s is undone as others send it', async (encoding, body) => {
    const upstream = await upstreamOf(encoding, body);
    expect(await openSource(upstream.url).source.messages(readText)).toBe(text);
  });

  it.each(['zstd', 'gzip, foo', 'foo, gzip', 'gzip, gzip, gzip', 'a"\u00e9'])(
    '%s is refused',
    async (encoding) => {
      const upstream = await upstreamOf(encoding, gzipSync(text));
      const error = await failureOf(openSource(upstream.url).source.messages(readText));
      expect(error).toBeInstanceOf(UpstreamError);
      expect(error.message).toMatch(/: cannot decode content-encoding "[ -~]+"$/);
      expect(upstream.hits()).toBe(1);
      await expect.poll(() => upstream.connections).toBe(0);
    },
  );

  it.each([
    ['no gzip', 'gzip', Buffer.from(text)],
    ['a wrong checksum', 'gzip', withWrongChecksum(gzipSync(text))],
    ['a cut end', 'gzip', gzipSync(text).subarray(0, -4)],
    ['no brotli', 'br', Buffer.from(text)],
    ['no deflate', 'deflate', Buffer.from('\u0007\u0007\u0007')],
    ['no byte', 'deflate', Buffer.alloc(0)],
  ])('%s is a cut body', async (_, encoding, body) => {
    const upstream = await upstreamOf(encoding, body);
    const { source, seen } = openSource(upstream.url, { retries: 1 });
    const error = await failureOf(source.messages(readText));
    expect(error).toBeInstanceOf(UpstreamError);
    expect(error.message).toContain('the compressed body is cut or corrupt (after 2 attempts)');
    expect(seen.exchanges.map((exchange) => exchange.outcome)).toEqual(['cut', 'cut']);
  });

  it('counts bytes as they come out', async () => {
    const upstream = await upstreamOf('gzip', gzipSync(Buffer.alloc(50e6)));
    let most = 0;
    const { source } = openSource(upstream.url, { maxBody: 1e6 });
    const failure = source.messages(async (bytes) => {
      for await (const chunk of bytes) most += chunk.length;
    });
    expect(await failureOf(failure)).toBeInstanceOf(DataError);
    expect(most).toBeLessThanOrEqual(1e6);
  });
});
