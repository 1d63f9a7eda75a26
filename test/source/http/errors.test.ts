import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { UpstreamError } from '../../../src/errors.js';
import { makeCertificates } from '../../tls.js';
import { failureOf, MESSAGES, openSource, openUpstream, readText } from './open-source.js';

/** A port that nothing listens on. */
async function closedPort(): Promise<number> {
  const upstream = await openUpstream();
  await upstream.close();
  return upstream.port;
}

async function failureAt(base: string, settings = {}) {
  const { source, seen } = openSource(base, { retries: 1, ...settings });
  return {
    error: await failureOf(source.messages(readText)),
    outcomes: seen.exchanges.map(({ outcome }) => outcome),
  };
}

describe('what people are told', () => {
  it('a host that does not exist, and one that refuses', async () => {
    const unknown = await failureAt('http://nx.invalid');
    expect(unknown.error.message).toMatch(
      /: (no such host: nx\.invalid|the name of nx\.invalid cannot be looked up)/,
    );
    expect(unknown.outcomes).toEqual(['dns', 'dns']);
    const port = await closedPort();
    const refused = await failureAt(`http://127.0.0.1:${port}`);
    expect(refused.error.message).toContain(`: connection refused by 127.0.0.1:${port} (after 2 attempts)`);
    expect(refused.outcomes).toEqual(['refused', 'refused']);
  });

  it('plain http at an https address, and the other way', async () => {
    const upstream = await openUpstream();
    const plain = await failureAt(upstream.url.replace('http:', 'https:'));
    expect(plain.error.message).toContain('does not speak TLS; is it an http:// address?');
    expect(plain.outcomes).toEqual(['tls']);
    const certificates = await makeCertificates();
    onTestFinished(() => certificates.remove());
    const secure = await openUpstream({ tls: certificates });
    const { error } = await failureAt(secure.url.replace('https:', 'http:'));
    expect(error).toBeInstanceOf(UpstreamError);
  });

  it('a server that speaks something else', async () => {
    const upstream = await openUpstream({ script: { [MESSAGES]: { raw: 'SSH-2.0-OpenSSH_9.6\r\n' } } });
    const { error, outcomes } = await failureAt(upstream.url);
    expect(error.message).toMatch(/did not answer in HTTP \(HPE_[A-Z_]+\)$/);
    expect(outcomes).toEqual(['protocol']);
  });

  it.each([
    [
      'a status that no standard knows',
      '777 Odd\r\ncontent-length: 0',
      'the server answered with status 777',
    ],
    [
      'an upgrade that was not asked for',
      '101 Switching\r\nconnection: upgrade\r\nupgrade: x',
      'without an answer',
    ],
    ['two lengths', '200 OK\r\ncontent-length: 2\r\ncontent-length: 3', 'HPE_UNEXPECTED_CONTENT_LENGTH'],
    ['endless headers', `200 OK\r\nx: ${'x'.repeat(1e5)}`, 'HPE_HEADER_OVERFLOW'],
  ])('%s', async (_, head, reason) => {
    const upstream = await openUpstream({ script: { [MESSAGES]: { raw: `HTTP/1.1 ${head}\r\n\r\n{}` } } });
    const { error } = await failureAt(upstream.url, { retries: 0 });
    expect(error.message).toContain(reason);
  });

  it('nothing of early hints and of bytes after the end', async () => {
    const raw = 'HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}more';
    const upstream = await openUpstream({ script: { [MESSAGES]: { raw } } });
    expect(await openSource(upstream.url).source.messages(readText)).toBe('{}');
  });

  it('a TLS handshake that never ends', async () => {
    const hole = createServer((socket) => socket.on('error', () => {}));
    hole.listen(0, '127.0.0.1');
    await once(hole, 'listening');
    onTestFinished(() => void hole.close());
    const address = hole.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const { error, outcomes } = await failureAt(`https://127.0.0.1:${address.port}`, { connectTimeout: 100 });
    expect(error.message).toContain('no connection within 100 ms (after 2 attempts)');
    expect(outcomes).toEqual(['timeout', 'timeout']);
  });

  it('one short line without secrets or control characters, whatever upstream sends', async () => {
    const body = '\u001b[31mBEARER T0KEN\n'.repeat(500);
    const script = { [MESSAGES]: { status: 500, body, headers: { 'content-type': 'text/plain' } } };
    const upstream = await openUpstream({ script });
    const base = new URL(upstream.url);
    base.username = 'us';
    base.password = 'hunter2';
    base.search = '?sig=s3cret';
    base.pathname = `/${'long/'.repeat(500)}`;
    for (const replies of [{ retries: 0 }, { retries: 0, token: 'T0KEN' }]) {
      const { error } = await failureAt(base.href, replies);
      expect(error.message.length).toBeLessThanOrEqual(300);
      expect(error.message).not.toMatch(/\p{Cc}|hunter2|s3cret|T0KEN|sig=/u);
    }
  });
});

describe('localhost and IPv6', () => {
  it.each(['127.0.0.1', '::1'])('finds a server that listens on %s alone', async (host) => {
    const upstream = await openUpstream({ host, messages: '{}' });
    expect(await openSource(upstream.url).source.messages(readText)).toBe('{}');
    const addresses = await lookup('localhost', { all: true });
    if (!addresses.some(({ address }) => address === host)) return;
    const localhost = `http://localhost:${upstream.port}`;
    expect(await openSource(localhost).source.messages(readText)).toBe('{}');
  });
});
