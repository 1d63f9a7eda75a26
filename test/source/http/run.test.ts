import { describe, expect, it } from 'vitest';
import { InterruptedError, UpstreamTimeoutError } from '../../../src/errors.js';
import { failureOf, MESSAGES, openSource, openUpstream, readText } from './open-source.js';

describe('silence', () => {
  it.each([
    ['before the answer', { never: true as const }],
    ['after the headers', { stallAfterBytes: 0 }],
    ['in the body', { stallAfterBytes: 5 }],
    ['at the head of a deflate body', { stallAfterBytes: 0, encoding: 'deflate' as const }],
    ['in a gzip body', { stallAfterBytes: 12, encoding: 'gzip' as const }],
  ])('%s is noticed and tried again', async (_, reply) => {
    const upstream = await openUpstream({ messages: '{"messages":[]}', script: { [MESSAGES]: [reply, {}] } });
    const { source, seen } = openSource(upstream.url, { readTimeout: 400 });
    expect(await source.messages(readText)).toBe('{"messages":[]}');
    expect(seen.retries[0]?.reason).toBe('no byte for 400 ms');
    expect(seen.exchanges.map((exchange) => exchange.outcome)).toEqual(['timeout', '200']);
  });

  it('fails with a timeout in the end', async () => {
    const upstream = await openUpstream({ script: { '/reports/7': { never: true } } });
    const { source } = openSource(upstream.url, { readTimeout: 50, retries: 1 });
    const error = await failureOf(source.report(7));
    expect(error).toBeInstanceOf(UpstreamTimeoutError);
    expect(error.message).toBe(`GET ${upstream.url}/reports/7: no byte for 50 ms (after 2 attempts)`);
  });

  it('is not what a slow reader makes', async () => {
    const body = 'x'.repeat(4e6);
    const upstream = await openUpstream({ messages: body });
    const { source, seen } = openSource(upstream.url, { readTimeout: 1500, retries: 0 });
    let length = 0;
    await source.messages(async (bytes) => {
      for await (const chunk of bytes) {
        if (length === 0) await new Promise((resolve) => setTimeout(resolve, 2500));
        length += chunk.length;
      }
    });
    expect(length).toBe(body.length);
    expect(seen.retries).toEqual([]);
  });

  it('is noticed after a slow reader has come back', async () => {
    const script = { [MESSAGES]: { body: 'x'.repeat(2e5), stallAfterBytes: 1e5 } };
    const upstream = await openUpstream({ script });
    const { source } = openSource(upstream.url, { readTimeout: 300, retries: 0 });
    const failure = source.messages(async (bytes) => {
      for await (const _ of bytes) await new Promise((resolve) => setTimeout(resolve, 500));
    });
    expect((await failureOf(failure)).message).toContain('no byte for 300 ms');
  });

  it('after the connection is no slow connection', async () => {
    const upstream = await openUpstream({ script: { [MESSAGES]: { delayMs: 1500 } } });
    const { source } = openSource(upstream.url, { connectTimeout: 1000, retries: 0 });
    expect(await source.messages(readText)).toBe('{"messages":[]}');
  });

  it('is broken by a trickle', async () => {
    const script = { [MESSAGES]: { trickle: { bytes: 3, everyMs: 300 } } };
    const upstream = await openUpstream({ messages: '{"messages":[]}', script });
    const { source } = openSource(upstream.url, { readTimeout: 1000, retries: 0 });
    expect(await source.messages(readText)).toBe('{"messages":[]}');
  });
});

describe('the deadline', () => {
  it('is not put off by a trickle', async () => {
    const script = { [MESSAGES]: { body: 'x'.repeat(1000), trickle: { bytes: 1, everyMs: 20 } } };
    const upstream = await openUpstream({ script });
    const start = performance.now();
    const error = await failureOf(openSource(upstream.url, { deadline: 300 }).source.messages(readText));
    expect(performance.now() - start).toBeLessThan(2000);
    expect(error).toBeInstanceOf(UpstreamTimeoutError);
    expect(error.message).toBe(`GET ${upstream.url}${MESSAGES}: deadline of 300 ms passed`);
    await expect.poll(() => upstream.connections).toBe(0);
  });

  it('counts from the start of the run, for all documents together', async () => {
    const upstream = await openUpstream({ reports: { 1: {} } });
    const { source } = openSource(upstream.url, { deadline: 500, startedAt: performance.now() - 1000 });
    expect((await failureOf(source.report(1))).message).toContain('deadline of 500 ms passed');
    expect(upstream.hits()).toBe(0);
  });

  it('ends the tries, and tells what went before', async () => {
    const upstream = await openUpstream({ script: { [MESSAGES]: [{ status: 503 }, { never: true }] } });
    const { source } = openSource(upstream.url, { deadline: 2000, retries: 100 });
    const error = await failureOf(source.messages(readText));
    expect(error).toBeInstanceOf(UpstreamTimeoutError);
    expect(error.message).toContain(
      'deadline of 2 s passed; before that: the server answered with status 503',
    );
    expect(upstream.hits()).toBe(2);
  });
});

describe('an interrupt', () => {
  it('ends what is under way, what waits to be tried again, and what is still to come', async () => {
    const upstream = await openUpstream({
      script: {
        [MESSAGES]: { stallAfterBytes: 3 },
        '/reports/1': { never: true },
        '/reports/2': { status: 503, headers: { 'retry-after': '60' } },
      },
    });
    const controller = new AbortController();
    const { source, seen } = openSource(upstream.url, { signal: controller.signal, concurrency: 2 });
    const failures = Promise.all([
      failureOf(source.messages(readText)),
      ...[1, 2, 3].map((id) => failureOf(source.report(id))),
    ]);
    await expect.poll(() => seen.retries.length).toBe(1);
    await expect.poll(() => upstream.hits()).toBe(3);
    const interrupted = new InterruptedError('SIGINT');
    controller.abort(interrupted);
    expect(new Set(await failures)).toEqual(new Set([interrupted]));
    expect(upstream.hits('/reports/3')).toBe(0);
    await source.close();
    await expect.poll(() => upstream.connections).toBe(0);
  });

  it('that came before the first request lets none out', async () => {
    const upstream = await openUpstream();
    const signal = AbortSignal.abort(new InterruptedError('SIGTERM'));
    expect(await failureOf(openSource(upstream.url, { signal }).source.messages(readText))).toBe(
      signal.reason,
    );
    expect(upstream.hits()).toBe(0);
  });
});

describe('close', () => {
  it('ends idle connections and requests under way, and may be called twice', async () => {
    const upstream = await openUpstream({ reports: { 1: {} }, script: { '/reports/2': { never: true } } });
    const { source } = openSource(upstream.url);
    await source.report(1);
    expect(upstream.connections).toBe(1);
    const failure = failureOf(source.report(2));
    await expect.poll(() => upstream.hits('/reports/2')).toBe(1);
    await source.close();
    await source.close();
    expect((await failure).message).toContain('the source is closed');
    await expect.poll(() => upstream.connections).toBe(0);
    expect((await failureOf(source.report(1))).message).toContain('the source is closed');
  });
});
