import { describe, expect, it, onTestFinished } from 'vitest';
import { DataError, SettingError, UnauthorizedError, UpstreamError } from '../../../src/errors.js';
import { failureOf, MESSAGES, openSource, openUpstream, readText } from './open-source.js';

describe('messages', () => {
  it('hands over the bytes as they came', async () => {
    const upstream = await openUpstream({ messages: '{"messages": [ 1 ]}\n' });
    const { source, seen } = openSource(upstream.url);
    expect(await source.messages(readText)).toBe('{"messages": [ 1 ]}\n');
    expect(seen.exchanges.map(({ document, outcome }) => [document, outcome])).toEqual([['messages', '200']]);
    expect(upstream.requests[0]).toMatchObject({
      method: 'GET',
      path: MESSAGES,
      headers: {
        accept: 'application/json',
        'accept-encoding': 'gzip, deflate, br',
        'user-agent': 'o-copilot/test',
      },
    });
  });

  it.each(['/api', '/api/', '/api//'])('keeps the base path %s', async (path) => {
    const upstream = await openUpstream({ mount: '/api', reports: { 5: {} } });
    const { source } = openSource(`${new URL(upstream.url).origin}${path}?sig=s3cret`);
    await source.messages(readText);
    expect(await source.report(5)).toBeDefined();
    expect(upstream.requests.map((request) => request.path)).toEqual([
      '/api/messages/current-period?sig=s3cret',
      '/api/reports/5?sig=s3cret',
    ]);
    expect(source.name).not.toContain('s3cret');
  });

  it('releases the connection when the reader stops early', async () => {
    const upstream = await openUpstream({ script: { [MESSAGES]: { body: 'x'.repeat(9e6) } } });
    const { source } = openSource(upstream.url);
    const first = await source.messages(async (bytes) => {
      for await (const chunk of bytes) return chunk.length;
      return 0;
    });
    expect(first).toBeGreaterThan(0);
    await expect.poll(() => upstream.connections).toBe(0);
  });

  it('passes on what the reader throws, without another request', async () => {
    const upstream = await openUpstream();
    const { source, seen } = openSource(upstream.url);
    const thrown = new DataError('message 7', 'no id');
    expect(await failureOf(source.messages(() => Promise.reject(thrown)))).toBe(thrown);
    expect(upstream.hits()).toBe(1);
    expect(seen.retries).toEqual([]);
  });

  it('takes a 404 for a failure', async () => {
    const upstream = await openUpstream({ script: { [MESSAGES]: { status: 404 } } });
    const error = await failureOf(openSource(upstream.url).source.messages(readText));
    expect(error).toBeInstanceOf(UpstreamError);
    expect(error).toMatchObject({ status: 404, attempts: 1, exitCode: 69 });
  });

  it('refuses a body over the limit and names the setting', async () => {
    const upstream = await openUpstream({ messages: 'x'.repeat(1001), script: {} });
    expect(await openSource(upstream.url, { maxBody: 1001 }).source.messages(readText)).toHaveLength(1001);
    const error = await failureOf(openSource(upstream.url, { maxBody: 1000 }).source.messages(readText));
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toMatch(/longer than 1000 bytes; --max-body/);
  });
});

describe('report', () => {
  it('is undefined for a 404, whatever its body', async () => {
    const body = '\ufeff<?xml version="1.0"?><Error><Code>BlobNotFound</Code></Error>';
    const headers = { 'content-type': 'application/xml', 'content-encoding': 'gzip' };
    const upstream = await openUpstream({ script: { '/reports/7': { status: 404, body, headers } } });
    const { source, seen } = openSource(upstream.url);
    expect(await source.report(7)).toBeUndefined();
    expect(seen.exchanges[0]).toMatchObject({ document: 'report', outcome: '404' });
  });

  it('keeps the connection after a 404, and drops it after one with a long or hanging body', async () => {
    const upstream = await openUpstream({
      reports: { 4: {} },
      script: {
        '/reports/1': { status: 404, body: 'short' },
        '/reports/2': { status: 404, body: 'x'.repeat(1e6) },
        '/reports/3': { status: 404, body: 'hangs', stallAfterBytes: 2 },
      },
    });
    const { source } = openSource(upstream.url, { readTimeout: 60_000 });
    for (const id of [1, 2, 3]) expect(await source.report(id)).toBeUndefined();
    await source.report(4);
    const ports = upstream.requests.map((request) => request.remotePort);
    expect(ports[1]).toBe(ports[0]);
    expect(new Set(ports).size).toBe(3);
  });

  it.each([204, 206, 300, 304, 400, 410, 418, 501, 505])('does not take %i for a report', async (status) => {
    const upstream = await openUpstream({ script: { '/reports/7': { status, body: '' } } });
    const error = await failureOf(openSource(upstream.url).source.report(7));
    expect(error).toBeInstanceOf(UpstreamError);
    expect(error).toMatchObject({ status, attempts: 1 });
    expect(upstream.hits()).toBe(1);
  });

  it('names the type of a web page', async () => {
    const headers = { 'content-type': 'text/HTML; charset=utf-8' };
    const upstream = await openUpstream({ script: { '/reports/7': { body: '<html>', headers } } });
    const error = await failureOf(openSource(upstream.url).source.report(7));
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toBe(`${upstream.url}/reports/7: expected JSON, got text/html`);
  });

  it('refuses a report of more than 8 MiB', async () => {
    const upstream = await openUpstream({ reports: { 7: 'x'.repeat(8 * 2 ** 20 + 1) } });
    const error = await failureOf(openSource(upstream.url).source.report(7));
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toContain('longer than 8388608 bytes');
  });

  it('sends an id as one segment', async () => {
    const upstream = await openUpstream();
    const { source } = openSource(upstream.url);
    for (const id of ['a b', '...', 'a?b#c', '50%', 'é']) await source.report(id);
    expect(upstream.requests.map((request) => request.path)).toEqual([
      '/reports/a%20b',
      '/reports/...',
      '/reports/a%3Fb%23c',
      '/reports/50%25',
      '/reports/%C3%A9',
    ]);
  });

  it('leaves nothing behind on a connection that serves many', async () => {
    const warnings: Error[] = [];
    const keep = (warning: Error) => warnings.push(warning);
    process.on('warning', keep);
    onTestFinished(() => void process.off('warning', keep));
    const upstream = await openUpstream();
    const { source } = openSource(upstream.url);
    for (let id = 0; id < 30; id += 1) await source.report(id);
    expect(new Set(upstream.requests.map((request) => request.remotePort)).size).toBe(1);
    expect(warnings).toEqual([]);
  });

  it('asks for so many at once and no more', async () => {
    const ids = Array.from({ length: 20 }, (_, id) => id);
    const script = Object.fromEntries(ids.map((id) => [`/reports/${id}`, { delayMs: 20 }]));
    const reports = Object.fromEntries(ids.map((id) => [id, { id }]));
    const upstream = await openUpstream({ reports, script });
    const { source } = openSource(upstream.url, { concurrency: 3 });
    const bodies = await Promise.all(ids.map((id) => source.report(id)));
    expect(bodies.map((body) => Buffer.from(body ?? []).toString())).toEqual(ids.map((id) => `{"id":${id}}`));
    expect(upstream.maxInFlight).toBe(3);
  });
});

describe('authorization', () => {
  it('sends the token, or the user name and password of the URL', async () => {
    const upstream = await openUpstream();
    const { host } = new URL(upstream.url);
    await openSource(upstream.url, { token: 'T0KEN' }).source.messages(readText);
    const { source } = openSource(`http://us%40er:hunter2@${host}`);
    await source.messages(readText);
    const basic = `Basic ${Buffer.from('us@er:hunter2').toString('base64')}`;
    expect(upstream.requests.map((request) => request.headers.authorization)).toEqual([
      'Bearer T0KEN',
      basic,
    ]);
    expect(source.name).toBe(`http://${host}/`);
  });

  it.each([401, 403])('fails at once for %i and says where the token came from', async (status) => {
    const upstream = await openUpstream({ script: { [MESSAGES]: { status } } });
    const withToken = openSource(upstream.url, { token: 'T0KEN', tokenOrigin: '.env line 3' });
    const error = await failureOf(withToken.source.messages(readText));
    expect(error).toBeInstanceOf(UnauthorizedError);
    expect(error.message).toContain('the token came from .env line 3');
    expect(error.message).not.toContain('T0KEN');
    expect(withToken.seen.exchanges[0]?.outcome).toBe(String(status));
    const without = await failureOf(openSource(upstream.url).source.messages(readText));
    expect(without.message).toContain('set O_COPILOT_TOKEN');
    expect(upstream.hits()).toBe(2);
  });

  it('refuses a token that no header can carry, without showing it', async () => {
    const error = await failureOf(
      (async () => openSource('http://h', { token: 'a\nb', tokenOrigin: 'O_COPILOT_TOKEN' }))(),
    );
    expect(error).toBeInstanceOf(SettingError);
    expect(error.message).toMatch(/^O_COPILOT_TOKEN: /);
    expect(error.message).not.toContain('a\nb');
  });
});
