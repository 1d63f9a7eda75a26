import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'tsup';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startProxy } from '../../proxy.js';
import { makeCertificates, type TestCertificates } from '../../tls.js';
import { MESSAGES, openUpstream } from './open-source.js';

let folder: string;
let certificates: TestCertificates;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'o-copilot-http-'));
  await build({
    entry: { read: 'test/source/http/read-messages-program.ts' },
    outDir: folder,
    outExtension: () => ({ js: '.mjs' }),
    format: 'esm',
    target: 'node20',
    noExternal: [/^(?!node:)/],
    config: false,
    silent: true,
  });
  certificates = await makeCertificates();
});

afterAll(async () => {
  await certificates.remove();
  await rm(folder, { recursive: true, force: true });
});

interface Outcome {
  length?: number;
  error?: string;
  message?: string;
  peakBytes: number;
}

/** Reads the messages of a source in a process of its own, which has to end by itself. */
async function readMessages(base: string, settings: object = {}, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(folder, 'read.mjs'), base, JSON.stringify(settings)], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(stderr).toBe('');
  const outcome: Outcome = JSON.parse(stdout);
  return outcome;
}

describe('TLS', () => {
  it('refuses an unknown authority at once, with its code and the way out', async () => {
    const upstream = await openUpstream({ tls: certificates });
    const { error, message } = await readMessages(upstream.url);
    expect(error).toBe('UpstreamError');
    expect(message).toMatch(/ is not accepted \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\); NODE_EXTRA_CA_CERTS=/);
    expect(message).not.toContain('attempts');
  });

  it('takes an authority from NODE_EXTRA_CA_CERTS, straight and through a proxy', async () => {
    const upstream = await openUpstream({ tls: certificates, messages: '{"messages":[]}' });
    const proxy = await startProxy();
    onTestFinished(() => proxy.close());
    const env = { NODE_EXTRA_CA_CERTS: certificates.caFile };
    expect(await readMessages(upstream.url, {}, env)).toMatchObject({ length: 15 });
    expect(proxy.requests).toEqual([]);
    expect(await readMessages(upstream.url, {}, { ...env, HTTPS_PROXY: proxy.url })).toMatchObject({
      length: 15,
    });
    expect(proxy.requests).toEqual([
      expect.objectContaining({ method: 'CONNECT', target: `127.0.0.1:${upstream.port}` }),
    ]);
    expect(upstream.requests[1]?.headers).not.toHaveProperty('proxy-authorization');
  });

  it('checks the name, also behind a proxy', async () => {
    const others = await makeCertificates('DNS:other.example');
    onTestFinished(() => others.remove());
    const upstream = await openUpstream({ tls: others });
    const proxy = await startProxy();
    onTestFinished(() => proxy.close());
    const env = { NODE_EXTRA_CA_CERTS: others.caFile };
    for (const extra of [{}, { HTTPS_PROXY: proxy.url }]) {
      const { message } = await readMessages(upstream.url, {}, { ...env, ...extra });
      expect(message).toContain('is not accepted (ERR_TLS_CERT_ALTNAME_INVALID)');
    }
    expect(upstream.hits()).toBe(0);
  });
});

describe('a redirect from https to http', () => {
  it('is refused', async () => {
    const plain = await openUpstream();
    const script = { [MESSAGES]: { status: 302, headers: { location: `${plain.url}${MESSAGES}` } } };
    const secure = await openUpstream({ tls: certificates, script });
    const { message } = await readMessages(secure.url, {}, { NODE_EXTRA_CA_CERTS: certificates.caFile });
    expect(message).toContain('redirects from https to http, which is not followed');
    expect(plain.hits()).toBe(0);
  });
});

describe('a process', () => {
  it('ends soon after an interrupt, with requests under way', async () => {
    const upstream = await openUpstream({ script: { [MESSAGES]: { stallAfterBytes: 3 } } });
    const proxy = await startProxy({ silent: true });
    onTestFinished(() => proxy.close());
    const settings = { interruptAfter: 200 };
    expect(await readMessages(upstream.url, settings)).toMatchObject({
      message: 'stopped by SIGINT; nothing was written',
    });
    const tunnelled = await readMessages('https://usage.invalid', settings, { HTTPS_PROXY: proxy.url });
    expect(tunnelled).toMatchObject({ message: 'stopped by SIGINT; nothing was written' });
  });

  it.each([
    ['gzip', () => Buffer.concat(Array(128).fill(gzipSync(Buffer.alloc(16 * 2 ** 20))))],
    ['gzip, gzip', () => gzipSync(Buffer.concat(Array(128).fill(gzipSync(Buffer.alloc(16 * 2 ** 20)))))],
    [
      'br',
      () => brotliCompressSync(Buffer.alloc(2 ** 29), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
    ],
  ])('is not blown up by a bomb of %s', async (encoding, makeBody) => {
    const script = { [MESSAGES]: { body: makeBody(), headers: { 'content-encoding': encoding } } };
    const upstream = await openUpstream({ script });
    const { error, message, peakBytes } = await readMessages(upstream.url, { maxBody: 400e6 });
    expect([error, message]).toEqual(['DataError', expect.stringContaining('longer than 400000000 bytes')]);
    expect(peakBytes).toBeLessThan(300e6);
  });
});
