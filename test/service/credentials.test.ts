import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { runMain } from '../process/run-main.js';
import { type Authority, type Identity, makeAuthority } from '../tls.js';
import { exchange, openSocket, requestText, splitResponses } from './raw-http.js';
import { type Serving, startServe } from './start-serve.js';

let folder: string;
let ours: Authority;
let theirs: Authority;
let server: Identity;
let client: Identity;
const running: Serving[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'o-copilot-test-'));
  [ours, theirs] = await Promise.all([makeAuthority(), makeAuthority()]);
  [server, client] = await Promise.all([ours.issue('server'), theirs.issue('client')]);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((serving) => serving.stop()));
});
afterAll(async () => {
  await Promise.all([ours.remove(), theirs.remove()]);
  rmSync(folder, { recursive: true });
});

const at = (name: string) => join(folder, name);
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const line = (name: string, token: string) =>
  `${name} sha256:${createHash('sha256').update(token).digest('hex')}\n`;
const ONE = 'the-first-token-of-the-test';
const TWO = 'the-second-token-of-the-test';

async function serve(...flags: string[]): Promise<Serving> {
  const serving = await startServe(['--source', 'sample', ...flags]);
  running.push(serving);
  return serving;
}
function write(name: string, content: string): string {
  writeFileSync(at(name), content);
  return at(name);
}
async function statusOf({ get }: Serving, token: string, address = '/usage'): Promise<number> {
  return (await get(address, bearer(token))).status;
}

describe('fault E10 (wrong credentials are limited alike at every address)', () => {
  test.each(['/usage', '/ready', '/metrics', '/nowhere', '/openapi.json', '/usage/1000', '/'])(
    '%s',
    async (address) => {
      const tokens = write('limited', line('me', ONE) + line('you', TWO));
      const serving = await serve('--tokens', tokens, '--rate-limit', '5/1m');
      // Who was let in before goes on being let in, so that a neighbour cannot lock them out.
      expect(await statusOf(serving, TWO)).toBe(200);
      const statuses: number[] = [];
      for (let turn = 0; turn < 8; turn++)
        statuses.push(await statusOf(serving, randomBytes(9).toString('hex'), address));
      expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
      // Nor can a right guess be told from a wrong one from here on, wherever it is tried.
      for (const other of ['/usage', '/ready', '/metrics', '/nowhere']) {
        expect(await statusOf(serving, ONE, other)).toBe(429);
        expect(await statusOf(serving, 'wrong', other)).toBe(429);
      }
      expect(await statusOf(serving, TWO)).toBe(200);
      expect((await serving.get('/health')).status).toBe(200);
    },
  );

  test('probes of who is admitted are not counted', async () => {
    const serving = await serve('--tokens', write('probes', line('me', ONE)), '--rate-limit', '2/1m');
    for (let turn = 0; turn < 6; turn++) expect(await statusOf(serving, ONE, '/ready')).toBe(200);
    for (let turn = 0; turn < 6; turn++) expect(await statusOf(serving, ONE, '/metrics')).toBe(200);
    expect(await statusOf(serving, ONE)).toBe(200);
  });
});

/** Milliseconds until `check` gives true. */
async function waitFor(check: () => Promise<boolean>): Promise<number> {
  const began = performance.now();
  await expect.poll(check, { interval: 20, timeout: 15_000 }).toBe(true);
  return performance.now() - began;
}

describe('fault E12 (credentials follow their files, and connections live on)', () => {
  test('tokens: written in place, replaced, switched over by a link', async () => {
    const tokens = write('tokens', line('one', ONE) + line('two', TWO));
    const serving = await serve('--tokens', tokens, '--rate-limit', 'off');
    const socket = await openSocket(serving.url);
    const ask = (token: string) => askOn(socket, '/usage', `Authorization: Bearer ${token}`);
    expect([await ask(ONE), await ask(TWO)]).toEqual([200, 200]);
    writeFileSync(tokens, line('two', TWO));
    expect(await waitFor(async () => (await ask(ONE)) === 401)).toBeLessThan(3000);
    expect(await ask(TWO)).toBe(200);
    renameSync(write('tokens.new', line('one', ONE)), tokens);
    await waitFor(async () => (await ask(TWO)) === 401);
    expect(await ask(ONE)).toBe(200);
    symlinkSync(write('tokens.other', line('two', TWO)), at('link'));
    renameSync(at('link'), tokens);
    await waitFor(async () => (await ask(ONE)) === 401);
    expect(await ask(TWO)).toBe(200);
    socket.destroy();
  });

  test('SIGHUP reads them although no file changed, and ends nothing', async () => {
    const serving = await serve('--tokens', write('unchanged', line('one', ONE)));
    serving.signal('SIGHUP');
    await serving.logged('credentials were read again');
    expect(await statusOf(serving, ONE)).toBe(200);
  });

  test.each([
    ['is wrong', (path: string) => writeFileSync(path, 'no token at all')],
    ['is empty', (path: string) => writeFileSync(path, '')],
    ['is gone', (path: string) => rmSync(path)],
  ])('a file that %s keeps the credentials of before, and the log says so', async (_kind, spoil) => {
    const tokens = write('spoilt', line('one', ONE));
    const serving = await serve('--tokens', tokens);
    spoil(tokens);
    const logged = await serving.logged('credentials were not renewed: those of before stay in force');
    expect(logged).toMatchObject({ level: 50, reason: expect.stringContaining(tokens) });
    expect(`${logged.reason}`).not.toContain('no token at all');
    expect(await statusOf(serving, ONE)).toBe(200);
    writeFileSync(tokens, line('two', TWO));
    await waitFor(async () => (await statusOf(serving, TWO)) === 200);
    expect(await statusOf(serving, ONE)).toBe(401);
  });

  test('a file that is wrong holds up no other: who is revoked there is out', async () => {
    const tokens = write('good', line('one', ONE) + line('two', TWO));
    const secret = write('bad', 'a secret of more than 32 bytes in it');
    const serving = await serve('--tokens', tokens, '--jwt-secret-file', secret, '--rate-limit', 'off');
    const jwt = await new SignJWT({ exp: Math.floor(Date.now() / 1000) + 600 })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from('a secret of more than 32 bytes in it'));
    writeFileSync(secret, 'short');
    writeFileSync(tokens, line('one', ONE));
    await waitFor(async () => (await statusOf(serving, TWO)) === 401);
    expect([await statusOf(serving, ONE), await statusOf(serving, jwt)]).toEqual([200, 200]);
    await serving.logged('credentials were not renewed: those of before stay in force');
  });

  test.skipIf(process.platform === 'win32')(
    'a pipe in place of a file is not waited for (needs mkfifo)',
    async () => {
      const tokens = write('piped', line('one', ONE));
      const serving = await serve('--tokens', tokens);
      rmSync(tokens);
      execFileSync('mkfifo', [tokens]);
      expect(
        await serving.logged('credentials were not renewed: those of before stay in force'),
      ).toMatchObject({ reason: expect.stringMatching(/^cannot read .*(no regular file|no such file)/) });
      rmSync(tokens);
      write('piped', line('two', TWO));
      await waitFor(async () => (await statusOf(serving, TWO)) === 200);
      expect(await statusOf(serving, ONE)).toBe(401);
    },
  );

  test('the JWT secret', async () => {
    const [old, next] = ['an old secret of more than 32 bytes', 'a new secret of more than 32 bytes.'];
    const serving = await serve('--jwt-secret-file', write('secret', old));
    const jwt = (key: string) =>
      new SignJWT({ exp: Math.floor(Date.now() / 1000) + 600 })
        .setProtectedHeader({ alg: 'HS256' })
        .sign(Buffer.from(key));
    const [first, second] = await Promise.all([jwt(old), jwt(next)]);
    expect([await statusOf(serving, first), await statusOf(serving, second)]).toEqual([200, 401]);
    writeFileSync(at('secret'), next);
    await waitFor(async () => (await statusOf(serving, first)) === 401);
    expect(await statusOf(serving, second)).toBe(200);
  });

  test('certificate, key and authorities: new connections get the new ones, open ones live on', async () => {
    const cert = write('cert', server.cert);
    const key = write('key', server.key);
    const ca = write('ca', readFileSync(ours.caFile, 'utf8') + readFileSync(theirs.caFile, 'utf8'));
    const serving = await serve('--tls-cert', cert, '--tls-key', key, '--tls-client-ca', ca);
    const own = await ours.issue('friend');
    const trust = { ca: readFileSync(ours.caFile) };
    const [friend, other] = await Promise.all([
      openSocket(serving.url, { ...trust, ...own }),
      openSocket(serving.url, { ...trust, ...client }),
    ]);
    expect([await askOn(friend, '/usage'), await askOn(other, '/usage')]).toEqual([200, 200]);

    const renewed = await ours.issue('renewed server');
    writeFileSync(cert, renewed.cert);
    // Until its key is there as well, the old pair is served.
    await serving.logged('credentials were not renewed: those of before stay in force');
    expect(await serverName(serving)).toBe('server');
    writeFileSync(key, renewed.key);
    await waitFor(async () => (await serverName(serving)) === 'renewed server');
    expect([await askOn(friend, '/usage'), await askOn(other, '/usage')]).toEqual([200, 200]);

    // An authority that is known no more: out on the open connection, and on a new one, although the key does not fit.
    writeFileSync(key, server.key);
    writeFileSync(ca, readFileSync(ours.caFile));
    await waitFor(async () => (await askNew(serving, '/usage', { ...trust, ...client })) === 403);
    expect(await askOn(friend, '/usage')).toBe(200);
    expect(await askOn(other, '/usage')).toBe(403);
    for (const socket of [friend, other]) socket.destroy();
  });

  async function serverName({ url }: Serving): Promise<string | undefined> {
    const socket = await openSocket(url, { rejectUnauthorized: false });
    const name = socket instanceof TLSSocket ? socket.getPeerCertificate().subject.CN : undefined;
    socket.destroy();
    return `${name}`;
  }
});

/** The status of one more request on a connection that stays open. */
async function askOn(socket: Socket, target: string, ...headers: string[]): Promise<number | undefined> {
  let received = '';
  const answered = new Promise<void>((resolve) => {
    const take = (chunk: Buffer) => {
      received += chunk;
      const end = received.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1]);
      if (end < 0 || Buffer.byteLength(received) < end + 4 + length) return;
      socket.off('data', take).off('close', resolve);
      resolve();
    };
    socket.on('data', take).on('close', resolve);
  });
  socket.write(requestText({ target, headers: ['Host: localhost', ...headers] }));
  await answered;
  return splitResponses(received).at(0)?.status;
}

async function askNew({ url }: Serving, target: string, tls: object): Promise<number | undefined> {
  const text = requestText({ target, headers: ['Host: localhost', 'Connection: close'] });
  return (await exchange(url, text, tls)).at(0)?.status;
}

describe('fault E20 (a certificate that cannot be served is 78, and names the flag and the file)', () => {
  const GARBAGE = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  test.each<readonly [name: string, blame: string, reason: string, files: () => Record<string, string>]>([
    ['a key of another certificate', '--tls-key', 'is not the key', () => ({ key: client.key })],
    ['a garbage key', '--tls-key', 'holds no private key', () => ({ key: 'garbage' })],
    ['a certificate for the key', '--tls-key', 'holds no private key', () => ({ key: server.cert })],
    ['an empty key', '--tls-key', 'holds no private key', () => ({ key: '' })],
    ['a garbage certificate', '--tls-cert', 'holds no certificate', () => ({ cert: 'garbage' })],
    ['a damaged certificate', '--tls-cert', 'certificate 1 is damaged', () => ({ cert: GARBAGE })],
    ['a damaged chain', '--tls-cert', 'certificate 2 is damaged', () => ({ cert: server.cert + GARBAGE })],
    ['a garbage authority', '--tls-client-ca', 'holds no certificate', () => ({ ca: 'garbage' })],
    ['a damaged authority', '--tls-client-ca', 'certificate 1 is damaged', () => ({ ca: GARBAGE })],
  ])('%s', async (_name, blame, reason, files) => {
    const paths: Record<string, string> = {};
    const all = { cert: server.cert, key: server.key, ca: readFileSync(ours.caFile, 'utf8'), ...files() };
    for (const [name, content] of Object.entries(all)) paths[name] = write(`e20.${name}`, content);
    const { cert = '', key = '', ca = '' } = paths;
    const flags = ['--tls-cert', cert, '--tls-key', key, '--tls-client-ca', ca];
    const run = await runMain(['serve', '--source', 'sample', '--port', '0', ...flags]);
    expect(run).toMatchObject({ stdout: '', status: 78 });
    const path = flags[flags.indexOf(blame) + 1];
    expect(run.stderr).toContain(`${blame} ${path}`);
    expect(run.stderr).toContain(reason);
  });
});

test('fault E22 (every line that names the address says https where it is): with TLS, also for a name', async () => {
  const files = ['--tls-cert', write('e22.cert', server.cert), '--tls-key', write('e22.key', server.key)];
  for (const host of ['localhost', '127.0.0.1']) {
    const serving = await serve('--host', host, ...files);
    expect(serving.url).toMatch(/^https:/);
    expect(serving.stderr()).not.toContain('http://');
  }
});

describe('fault E27 (keys are fetched once at a time, and not at once again after a failure)', () => {
  test.each([
    ['is down', undefined],
    ['answers 500', { status: 500, body: '' }],
    ['answers garbage', { status: 200, body: '<html>' }],
    ['answers what is no set', { status: 200, body: '{"keys":1}' }],
  ])('an endpoint that %s, 60 junk tokens', async (_kind, answer) => {
    let fetches = 0;
    const endpoint = createServer((_request, response) => {
      fetches++;
      if (answer === undefined) response.destroy();
      else response.writeHead(answer.status).end(answer.body);
    }).listen(0, '127.0.0.1');
    await once(endpoint, 'listening');
    const address = endpoint.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const flags = ['--jwks', `http://127.0.0.1:${port}/`, '--jwt-issuer', 'i', '--jwt-audience', 'a'];
    const serving = await serve(...flags, '--rate-limit', 'off');
    const [header, payload] = ['{"alg":"ES256","kid":"x"}', '{"iss":"i","aud":"a","exp":9999999999}'].map(
      (text) => Buffer.from(text).toString('base64url'),
    );
    const junk = () => `${header}.${payload}.${randomBytes(64).toString('base64url')}`;
    const began = performance.now();
    for (let turn = 0; turn < 3; turn++) {
      const statuses = await Promise.all(Array.from({ length: 20 }, () => statusOf(serving, junk())));
      expect(new Set(statuses)).toEqual(new Set([503]));
    }
    // One, and one more for each pause of five seconds that a loaded machine may take over it.
    expect(fetches).toBeLessThanOrEqual(1 + Math.floor((performance.now() - began) / 5000));
    endpoint.close();
  });
});
