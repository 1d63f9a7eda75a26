import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DataError, UpstreamError, UpstreamTimeoutError } from '../../../src/errors.js';
import type { Reply } from '../../upstream.js';
import { failureOf, MESSAGES, openSource, openUpstream, readText } from './open-source.js';

const messages = '{"messages":[1,2,3]}';

describe('a fault that may pass', () => {
  it.each<[string, Reply, string]>([
    ['a 408', { status: 408 }, '408'],
    ['a 425', { status: 425 }, '425'],
    ['a 429', { status: 429 }, '429'],
    ['a 500', { status: 500, body: 'x'.repeat(1e6) }, '500'],
    ['a 503 in chunks', { status: 503, body: 'no', chunked: true }, '503'],
    ['a 599', { status: 599 }, '599'],
    ['a reset before the answer', { resetAfterBytes: 0 }, 'reset'],
    ['an end before the answer', { raw: '' }, 'reset'],
    ['a reset in the body', { resetAfterBytes: 5 }, 'cut'],
    ['a body shorter than its content-length', { cutAfterBytes: 5 }, 'cut'],
    ['no byte of the body', { cutAfterBytes: 0 }, 'cut'],
    ['chunks without their end', { chunked: true, cutAfterBytes: 5 }, 'cut'],
    ['all chunks but the last, empty one', { chunked: true, cutAfterBytes: messages.length }, 'cut'],
    ['a chunk of no size', { raw: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n' }, 'cut'],
    ['a gzip body cut short', { encoding: 'gzip', cutAfterBytes: 9 }, 'cut'],
  ])('%s is tried again', async (_, reply, outcome) => {
    const upstream = await openUpstream({ messages, script: { [MESSAGES]: [reply, {}] } });
    const { source, seen } = openSource(upstream.url);
    expect(await source.messages(readText)).toBe(messages);
    expect(upstream.hits()).toBe(2);
    expect(seen.exchanges.map((exchange) => exchange.outcome)).toEqual([outcome, '200']);
    expect(seen.retries).toHaveLength(1);
    expect(seen.retries[0]).toMatchObject({ url: `${upstream.url}${MESSAGES}`, attempt: 1 });
  });

  it('is tried so often and no more', async () => {
    const upstream = await openUpstream({ script: { '/reports/7': { status: 503 } } });
    const error = await failureOf(openSource(upstream.url, { retries: 2 }).source.report(7));
    expect(error).toBeInstanceOf(UpstreamError);
    expect(error).toMatchObject({ status: 503, attempts: 3 });
    expect(error.message).toBe(
      `GET ${upstream.url}/reports/7: the server answered with status 503 (after 3 attempts)`,
    );
    expect(upstream.hits()).toBe(3);
  });

  it('is not tried again with no retries', async () => {
    const upstream = await openUpstream({ script: { [MESSAGES]: { cutAfterBytes: 3 } } });
    const error = await failureOf(openSource(upstream.url, { retries: 0 }).source.messages(readText));
    expect(error.message).toBe(`GET ${upstream.url}${MESSAGES}: the body was cut off`);
    expect(upstream.hits()).toBe(1);
  });

  it('starts the reader afresh, from the first byte', async () => {
    const upstream = await openUpstream({ messages, script: { [MESSAGES]: [{ cutAfterBytes: 5 }, {}] } });
    const reads: string[] = [];
    await openSource(upstream.url).source.messages(async (bytes) => {
      const at = reads.push('') - 1;
      for await (const chunk of bytes) reads[at] += Buffer.from(chunk).toString();
    });
    expect(reads).toEqual([messages.slice(0, 5), messages]);
  });

  it('is found though the reader wraps it or does not notice', async () => {
    const script = { [MESSAGES]: [{ cutAfterBytes: 5 }, { cutAfterBytes: 5 }, {}] };
    const upstream = await openUpstream({ messages, script });
    let call = 0;
    const text = await openSource(upstream.url).source.messages(async (bytes) => {
      call += 1;
      const rethrow = (error: unknown) => {
        if (call === 1) throw new DataError('messages', 'ends early', String(error));
        return 'half a bill';
      };
      return readText(bytes).catch(rethrow);
    });
    expect([call, text]).toEqual([3, messages]);
  });

  it('waits at least as long as Retry-After says', async () => {
    const script = { [MESSAGES]: [{ status: 429, headers: { 'retry-after': '1' } }, {}] };
    const upstream = await openUpstream({ script });
    const { source, seen } = openSource(upstream.url);
    await source.messages(readText);
    const [first, second] = upstream.requests.map((request) => request.time);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(990);
    expect(seen.retries[0]?.delay).toBeLessThan(1250);
  });

  it('is final when Retry-After reaches past the deadline', async () => {
    const script = { [MESSAGES]: { status: 503, headers: { 'retry-after': '3600' } } };
    const upstream = await openUpstream({ script });
    const withDeadline = openSource(upstream.url, { deadline: 30_000 });
    const error = await failureOf(withDeadline.source.messages(readText));
    expect(error).toBeInstanceOf(UpstreamTimeoutError);
    expect(error.message).toContain('asks to wait 3600 s');
    const without = await failureOf(openSource(upstream.url).source.messages(readText));
    expect(without.message).toContain('asks to wait 3600 s');
    expect(upstream.hits()).toBe(2);
  });
});

describe('a connection closed between two requests', () => {
  it('is replaced at once and counts as nothing', async () => {
    // Answers one request a connection, keeps it open, and resets it when the second arrives.
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
        socket.once('data', () => socket.resetAndDestroy());
      });
    });
    let connections = 0;
    server.on('connection', () => {
      connections += 1;
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');

    const { source, seen } = openSource(`http://127.0.0.1:${address.port}`, { retries: 0 });
    for (const id of [1, 2, 3]) expect(Buffer.from((await source.report(id)) ?? []).toString()).toBe('{}');
    expect(connections).toBe(3);
    expect(seen.retries).toEqual([]);
    expect(seen.exchanges).toHaveLength(3);
    await source.close();
  });
});

describe('after a first failure', () => {
  it('nothing more is asked, and all fail alike', async () => {
    const ids = Array.from({ length: 200 }, (_, id) => id);
    const script = Object.fromEntries(ids.map((id) => [`/reports/${id}`, { delayMs: id === 10 ? 30 : 10 }]));
    const upstream = await openUpstream({
      reports: Object.fromEntries(ids.map((id) => [id, {}])),
      script: { ...script, '/reports/10': { status: 410, delayMs: 20 }, [MESSAGES]: { never: true } },
    });
    const { source } = openSource(upstream.url, { concurrency: 4 });
    const messagesFailure = failureOf(source.messages(readText));
    const results = await Promise.allSettled(ids.map((id) => source.report(id)));
    const reasons = new Set(
      results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : [])),
    );
    expect([...reasons]).toEqual([expect.objectContaining({ status: 410 })]);
    expect(reasons.has(await messagesFailure)).toBe(true);
    expect(upstream.hits()).toBeLessThan(60);
    await source.close();
    await expect.poll(() => upstream.connections).toBe(0);
  });
});
