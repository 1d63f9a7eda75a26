import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Authority, type Identity, makeAuthority } from '../tls.js';
import {
  exchange,
  openSocket,
  type RawResponse,
  readToEnd,
  requestText,
  splitResponses,
} from './raw-http.js';
import { type Serving, startServe } from './start-serve.js';

/** Addresses with data, and a part of the data. */
const ASSETS: Readonly<Record<string, string>> = {
  '/usage': '"message_id":1000',
  '/usage?format=csv': '1000,2024',
  '/usage?format=ndjson': '"message_id":1000',
  '/usage/1000': '"explanation"',
  '/summary': '"credits"',
  '/': 'data-block="rows"',
  '/metrics': 'process_cpu',
  '/ready': '"upstream"',
  '/openapi.json': '"openapi"',
};

/** Other spellings of such addresses. Whatever they mean, they mean nothing without a credential. */
const SPELLINGS = [
  '/%75sage',
  '//usage',
  '/./usage',
  '/health/../usage',
  '/health/%2e%2e/usage',
  '/health%2f..%2fusage',
  '/usage/',
  '/USAGE',
  '/usage;/health',
  '/usage%3f/health',
  '/usage#/health',
  '/usage?/health',
  'http://127.0.0.1/usage',
  'http://evil.example/health/../usage',
];
const MARKS = Object.values(ASSETS);

type Send = (target: string, headers: readonly string[]) => Promise<RawResponse | undefined>;

const TOKEN = 'the-right-token-of-the-test';
const SECRET = 'a secret of more than thirty-two bytes';
const HOST = 'Host: localhost';
const CLOSE = 'Connection: close';

let folder: string;
let ours: Authority;
let theirs: Authority;
let client: Identity;
let stranger: Identity;
const running: Serving[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'o-copilot-test-'));
  [ours, theirs] = await Promise.all([makeAuthority(), makeAuthority()]);
  const server = await ours.issue('server');
  [client, stranger] = await Promise.all([ours.issue('client'), theirs.issue('client')]);
  writeFileSync(at('cert'), server.cert);
  writeFileSync(at('key'), server.key);
  writeFileSync(at('tokens'), `me sha256:${createHash('sha256').update(TOKEN).digest('hex')}\n`);
  writeFileSync(at('secret'), SECRET);
});
afterAll(async () => {
  await Promise.all(running.map((serving) => serving.stop()));
  await Promise.all([ours.remove(), theirs.remove()]);
  rmSync(folder, { recursive: true });
});
const at = (name: string) => join(folder, name);
const tlsFlags = () => ['--tls-cert', at('cert'), '--tls-key', at('key')];

async function serve(...flags: string[]): Promise<string> {
  const serving = await startServe(['--source', 'sample', '--rate-limit', 'off', ...flags]);
  running.push(serving);
  return serving.url;
}

async function jwt(claims: object, key = SECRET, expires = 3600, alg = 'HS256'): Promise<string> {
  const exp = Math.floor(Date.now() / 1000) + expires;
  const token = new SignJWT({ aud: 'o-copilot', ...claims, exp });
  return token.setProtectedHeader({ alg }).sign(Buffer.from(key));
}
const bearer = (token: string) => [`Authorization: Bearer ${token}`];

/** Headers that carry a credential, and whether it is valid. */
async function tokenCredentials(): Promise<
  ReadonlyMap<string, readonly [headers: string[], valid: boolean]>
> {
  const [, payload = ''] = (await jwt({})).split('.');
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  return new Map([
    ['none', [[], false]],
    ['an empty token', [bearer(''), false]],
    ['a wrong token', [bearer('a-wrong-token-of-the-test'), false]],
    ['the hash of the token', [bearer(createHash('sha256').update(TOKEN).digest('hex')), false]],
    ['the token as Basic', [[`Authorization: Basic ${btoa(`me:${TOKEN}`)}`], false]],
    ['the token in the query or a cookie', [[`Cookie: token=${TOKEN}`], false]],
    ['the right token', [bearer(TOKEN), true]],
    ['a JWT', [bearer(await jwt({ sub: 'a' })), true]],
    ['a JWT whose subject is no text', [bearer(await jwt({ sub: { toString: 1 } })), false]],
    ['a JWT that has expired', [bearer(await jwt({}, SECRET, -60)), false]],
    ['a JWT for another service', [bearer(await jwt({ aud: 'other' })), false]],
    ['a JWT by another secret', [bearer(await jwt({}, 'another secret of 32 bytes and more')), false]],
    ['a JWT by another algorithm', [bearer(await jwt({}, SECRET + SECRET, 3600, 'HS512')), false]],
    ['a JWT without a signature', [bearer(`${none}.${payload}.`), false]],
  ]);
}

/** What holds for one request: data if and only if its credential is valid. */
function problems(target: string, valid: boolean, answer: RawResponse | undefined): string[] {
  const status = answer?.status ?? 0;
  const body = answer?.body ?? '';
  const mark = ASSETS[target];
  if (valid) return mark === undefined || (status === 200 && body.includes(mark)) ? [] : [`${status}`];
  const leaked = MARKS.filter((each) => body.includes(each));
  // An address that cannot be decoded is refused before anybody is asked for.
  const refused = status === 401 || status === 403 || (mark === undefined && status === 400);
  return refused && leaked.length === 0 ? [] : [`${status} ${leaked}`];
}

/** Tries every address; gives what should not have been. */
async function tryAll(
  send: Send,
  headers: readonly string[],
  valid: boolean,
  spellings = SPELLINGS,
): Promise<string[]> {
  const targets = [...Object.keys(ASSETS), ...spellings];
  const found: string[] = [];
  for (const target of targets) {
    const answer = await send(target, headers);
    found.push(...problems(target, valid, answer).map((problem) => `${target}: ${problem}`));
  }
  return found;
}

const last = (responses: readonly RawResponse[]) => responses.at(-1);

/** Ways to send a request whose credential is in its headers. */
function transports(url: string, proxy: string): Readonly<Record<string, Send>> {
  const right = requestText({ target: '/usage', headers: [HOST, ...bearer(TOKEN)] });
  return {
    fresh: async (target, headers) =>
      last(await exchange(url, requestText({ target, headers: [HOST, CLOSE, ...headers] }))),
    'keep-alive, after the right token': async (target, headers) => {
      const socket = await openSocket(url);
      socket.write(right);
      await once(socket, 'readable');
      const answer = readToEnd(socket);
      socket.write(requestText({ target, headers: [HOST, CLOSE, ...headers] }));
      return last(splitResponses(await answer));
    },
    'pipelined, behind the right token': async (target, headers) => {
      const answers = await exchange(
        url,
        right + requestText({ target, headers: [HOST, CLOSE, ...headers] }),
      );
      expect(answers).toHaveLength(2);
      return last(answers);
    },
    'HTTP/1.0': async (target, headers) =>
      last(await exchange(url, requestText({ target, version: '1.0', headers }))),
    'through a proxy': async (target, headers) =>
      last(await exchange(proxy, requestText({ target, headers: [HOST, CLOSE, ...headers] }))),
  };
}

/** A reverse proxy that is trusted, hands everything on, and keeps its connections to the service. */
async function startReverseProxy(url: string) {
  const server = createServer((incoming, response) => {
    const headers = { ...incoming.headers, connection: 'keep-alive', 'x-forwarded-for': '192.0.2.7' };
    const options = { host: '127.0.0.1', port: new URL(url).port, path: incoming.url ?? '/', headers };
    request(options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, { ...answer.headers, connection: 'close' });
      answer.pipe(response);
    }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

describe('fault E1 (data only where a valid credential comes with this very request or connection)', () => {
  test('tokens and JWTs: each address × credential × way to send it', async () => {
    const files = ['--tokens', at('tokens'), '--jwt-secret-file', at('secret')];
    const url = await serve(...files, '--jwt-audience', 'o-copilot', '--trust-proxy', '127.0.0.1');
    const proxy = await startReverseProxy(url);
    const found: string[] = [];
    for (const [credential, [headers, valid]] of await tokenCredentials()) {
      for (const [way, send] of Object.entries(transports(url, proxy.url))) {
        // A spelling is the service's to read, however it came and whoever asks: with each credential one way, without any each way.
        const spellings = way === 'fresh' || credential === 'none' ? SPELLINGS : [];
        const failures = await tryAll(send, headers, valid, spellings);
        found.push(...failures.map((failure) => `${credential}, ${way}, ${failure}`));
      }
    }
    proxy.close();
    expect(found).toEqual([]);
  });

  test('client certificates: each address × certificate × version × fresh, resumed, keep-alive, pipelined', async () => {
    const url = await serve(...tlsFlags(), '--tls-client-ca', ours.caFile);
    const ca = readFileSync(ours.caFile);
    const certificates: ReadonlyArray<readonly [string, Partial<Identity>, boolean]> = [
      ['none', {}, false],
      ['of another authority', stranger, false],
      ['of another authority, with ours sent along', { ...stranger, cert: `${stranger.cert}${ca}` }, false],
      ['of ours', client, true],
    ];
    const found: string[] = [];
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const range = { minVersion: version, maxVersion: version, ca };
      for (const [name, identity, valid] of certificates) {
        const tls = { secureContext: createSecureContext({ ...range, ...identity }) };
        const asked = (target: string, ...more: string[]) =>
          requestText({ target, headers: [HOST, ...more] });
        const ways: Record<string, Send> = {
          fresh: async (target) => last(await exchange(url, asked(target, CLOSE), tls)),
          'keep-alive, after /health': async (target) => {
            const socket = await openSocket(url, tls);
            socket.write(asked('/health'));
            await once(socket, 'readable');
            const answer = readToEnd(socket);
            socket.write(asked(target, CLOSE));
            return last(splitResponses(await answer));
          },
          'pipelined, behind /health': async (target) =>
            last(await exchange(url, asked('/health') + asked(target, CLOSE), tls)),
        };
        // A session of a connection that showed nothing, and one of a client with the right certificate.
        for (const [holder, shown] of [
          ['its own', identity],
          ['a right client’s', client],
        ] as const) {
          const session = await sessionOf(url, { ...range, ...shown });
          ways[`resumed, with ${holder} session`] = async (target) =>
            last(await exchange(url, asked(target, CLOSE), { ...tls, ...(session && { session }) }));
        }
        for (const [way, send] of Object.entries(ways)) {
          const spellings = way === 'fresh' && version === 'TLSv1.3' ? SPELLINGS : [];
          const failures = await tryAll(send, [], valid, spellings);
          found.push(...failures.map((failure) => `${version}, ${name}, ${way}, ${failure}`));
        }
      }
    }
    expect(found).toEqual([]);
  });

  test('a certificate and a token: both are needed', async () => {
    const url = await serve(...tlsFlags(), '--tls-client-ca', ours.caFile, '--tokens', at('tokens'));
    const ca = readFileSync(ours.caFile);
    for (const [identity, headers, valid] of [
      [{}, bearer(TOKEN), false],
      [stranger, bearer(TOKEN), false],
      [client, [], false],
      [client, bearer(`${TOKEN}x`), false],
      [client, bearer(TOKEN), true],
    ] as const) {
      const tls = { secureContext: createSecureContext({ ca, ...identity }) };
      const send: Send = async (target, more) =>
        last(await exchange(url, requestText({ target, headers: [HOST, CLOSE, ...more] }), tls));
      expect(await tryAll(send, headers, valid)).toEqual([]);
    }
  });

  test('HEAD and OPTIONS tell no more than GET, and no header stands in for a credential', async () => {
    const url = await serve('--tokens', at('tokens'));
    const forged = [
      'X-Forwarded-For: 127.0.0.1',
      'Forwarded: for=127.0.0.1',
      'X-Real-IP: 127.0.0.1',
      'X-Forwarded-Client-Cert: Subject="CN=client"',
      'X-SSL-Client-Verify: SUCCESS',
      'X-Original-URL: /health',
      'X-Rewrite-URL: /health',
      'X-HTTP-Method-Override: OPTIONS',
    ];
    for (const method of ['HEAD', 'OPTIONS', 'POST', 'TRACE', 'PUT', 'QUERY', 'PROPFIND']) {
      for (const target of Object.keys(ASSETS)) {
        const text = requestText({ method, target, headers: [HOST, CLOSE, ...forged] });
        // A response to HEAD has no body, whatever its length says.
        const status = (await exchange(url, text)).at(0)?.status;
        expect([method, target, status]).toEqual([method, target, 401]);
      }
    }
  });
});

async function sessionOf(url: string, tls: object): Promise<Buffer | undefined> {
  const socket = await openSocket(url, tls);
  const answer = readToEnd(socket);
  let session: Buffer | undefined;
  socket.on('session', (given: Buffer) => {
    session = given;
  });
  socket.write(requestText({ target: '/health', headers: [HOST, CLOSE] }));
  await answer;
  return session;
}
