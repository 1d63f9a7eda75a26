import { describe, expect, it, onTestFinished } from 'vitest';
import { SettingError, UpstreamError } from '../../../src/errors.js';
import { proxyFor } from '../../../src/source/http/agents.js';
import { type ProxyOptions, startProxy } from '../../proxy.js';
import { failureOf, MESSAGES, openSource, openUpstream, readText } from './open-source.js';

async function openProxy(options: ProxyOptions = {}) {
  const proxy = await startProxy(options);
  onTestFinished(() => proxy.close());
  return proxy;
}

describe('proxyFor', () => {
  const chosen = (url: string, env: Record<string, string>) => proxyFor(new URL(url), env)?.href;

  it.each<[string, Record<string, string>, string | undefined]>([
    ['http://a', { HTTP_PROXY: 'http://p:1' }, 'http://p:1/'],
    ['http://a', { http_proxy: 'http://p:1', HTTP_PROXY: 'http://q:1' }, 'http://p:1/'],
    ['https://a', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['https://a', { HTTPS_PROXY: 'p:3128' }, 'http://p:3128/'],
    ['https://a', { all_proxy: 'https://p' }, 'https://p/'],
    ['https://a', { HTTPS_PROXY: '' }, undefined],
  ])('%s with %j goes by %s', (url, env, expected) => {
    expect(chosen(url, env)).toBe(expected);
  });

  it.each<[string, string, boolean]>([
    ['http://usage.example', 'usage.example', false],
    ['http://usage.example', 'other, usage.example', false],
    ['http://usage.example', 'USAGE.example', false],
    ['http://usage.example', 'example', false],
    ['http://usage.example', '.example', false],
    ['http://usage.example', '*', false],
    ['http://usage.example', 'sage.example', true],
    ['http://10.1.2.3', '10.0.0.0/8', false],
    ['http://127.0.0.1:9', '127.0.0.1', false],
    ['http://[::1]:9', '[::1]', false],
    ['http://usage.example', '', true],
  ])('%s with NO_PROXY=%s is proxied: %s', (url, list, proxied) => {
    expect(chosen(url, { HTTP_PROXY: 'http://p:1', NO_PROXY: list }) !== undefined).toBe(proxied);
  });

  it.each(['socks5://u:hunter2@p', 'http://'])('refuses %s without showing it', (value) => {
    expect(() => chosen('https://a', { HTTPS_PROXY: value })).toThrow(
      new SettingError('HTTPS_PROXY', 'not the http:// or https:// address of a proxy'),
    );
  });
});

describe('plain http through a proxy', () => {
  it('asks in absolute form, with the credentials of the proxy for the proxy alone', async () => {
    const upstream = await openUpstream({ reports: { 'a b': {} } });
    const proxy = await openProxy({ forwardTo: { host: '127.0.0.1', port: upstream.port } });
    const env = { HTTP_PROXY: proxy.url.replace('//', '//us:hunter2@') };
    const { source } = openSource('http://usage.invalid/api?sig=1', { env, token: 'T0KEN' });
    await source.report('a b');
    expect(proxy.requests).toHaveLength(1);
    expect(proxy.requests[0]).toMatchObject({
      method: 'GET',
      target: 'http://usage.invalid/api/reports/a%20b?sig=1',
      headers: {
        host: 'usage.invalid',
        authorization: 'Bearer T0KEN',
        'proxy-authorization': `Basic ${Buffer.from('us:hunter2').toString('base64')}`,
      },
    });
  });

  it('goes straight where NO_PROXY says so', async () => {
    const upstream = await openUpstream();
    const proxy = await openProxy();
    const env = { HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' };
    await openSource(upstream.url, { env }).source.messages(readText);
    expect([proxy.requests.length, upstream.hits(MESSAGES)]).toEqual([0, 1]);
  });

  it('tells a refusal of the proxy, and a proxy that is not there', async () => {
    const proxy = await openProxy({ refuse: 407 });
    const env = { HTTP_PROXY: proxy.url.replace('//', '//us:hunter2@') };
    const refused = await failureOf(openSource('http://usage.invalid', { env }).source.messages(readText));
    expect(refused.message).toBe(`GET http://usage.invalid${MESSAGES}: the proxy answered with status 407`);
    await proxy.close();
    const gone = await failureOf(
      openSource('http://usage.invalid', { env, retries: 0 }).source.messages(readText),
    );
    expect(gone.message).toContain(`connection refused by proxy ${new URL(proxy.url).host}`);
    expect(refused.message + gone.message).not.toContain('hunter2');
  });
});

describe('https through a proxy', () => {
  it.each([403, 404, 407])('never takes a %i of the proxy for an answer about the report', async (refuse) => {
    const proxy = await openProxy({ refuse });
    const { source } = openSource('https://usage.invalid', { env: { HTTPS_PROXY: proxy.url } });
    const error = await failureOf(source.report(7));
    expect(error).toBeInstanceOf(UpstreamError);
    expect(error).toMatchObject({ status: refuse, attempts: 1 });
    expect(error.message).toContain(
      `proxy ${new URL(proxy.url).host} refused the connection with status ${refuse}`,
    );
    expect(proxy.requests).toEqual([
      expect.objectContaining({ method: 'CONNECT', target: 'usage.invalid:443' }),
    ]);
  });

  it('tries again when the proxy could not get through', async () => {
    const proxy = await openProxy({ refuse: 502 });
    const { source } = openSource('https://usage.invalid', { env: { HTTPS_PROXY: proxy.url }, retries: 1 });
    expect(await failureOf(source.report(7))).toMatchObject({ status: 502, attempts: 2 });
  });

  it('gives up a tunnel that is not opened in time', async () => {
    const proxy = await openProxy({ silent: true });
    const env = { HTTPS_PROXY: proxy.url };
    const { source } = openSource('https://usage.invalid', { env, connectTimeout: 100, retries: 0 });
    expect((await failureOf(source.report(7))).message).toContain('no connection within 100 ms');
  });
});
