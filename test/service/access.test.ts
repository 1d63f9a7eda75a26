import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { exportJWK, SignJWT } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { inFolder } from '../process/run.js';
import { runMain } from '../process/run-main.js';
import { makeCertificates } from '../tls.js';
import { type Serving, startServe } from './start-serve.js';

const running: Serving[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((serving) => serving.stop()));
});
async function serve(flags: readonly string[], env: Record<string, string> = {}): Promise<Serving> {
  const serving = await startServe(['--source', 'sample', ...flags], env);
  running.push(serving);
  return serving;
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('without any check of access', () => {
  test('it listens on this machine only', async () => {
    for (const host of ['0.0.0.0', '::', '10.1.2.3', 'example.org']) {
      const run = await runMain(['serve', '--source', 'sample', '--host', host]);
      expect(run).toMatchObject({ stdout: '', status: 64 });
      expect(run.stderr).toContain('--insecure');
    }
    expect((await (await serve([])).get('/usage')).status).toBe(200);
  });

  test('--insecure lets it listen anywhere', async () => {
    const { url } = await serve(['--host', '0.0.0.0', '--insecure']);
    expect((await fetch(`${url.replace('0.0.0.0', '127.0.0.1')}/usage`)).status).toBe(200);
  });
});

describe('tokens', () => {
  const TOKEN = 'a-token-that-nobody-guesses';

  test('--hash-token makes the line that lets a token in', async () => {
    await inFolder(async (folder) => {
      const lines = await Promise.all(
        [TOKEN, `${TOKEN}-2`].map((input, index) =>
          runMain(['serve', '--hash-token', `client-${index}`], { input: `${input}\n` }),
        ),
      );
      expect(lines.map(({ status }) => status)).toEqual([0, 0]);
      const path = join(folder, 'tokens');
      writeFileSync(path, `# who may ask\n\n${lines.map(({ stdout }) => stdout).join('')}`);
      expect(readFileSync(path, 'utf8')).not.toContain(TOKEN);

      const serving = await serve(['--host', '0.0.0.0', '--tokens', path]);
      const url = serving.url.replace('0.0.0.0', '127.0.0.1');
      const status = async (address: string, headers = {}) =>
        (await fetch(url + address, { headers })).status;
      expect(await status('/usage', bearer(TOKEN))).toBe(200);
      expect(await status('/usage', bearer(`${TOKEN}-2`))).toBe(200);
      expect(await status('/usage', bearer(`${TOKEN}-3`))).toBe(401);
      for (const address of [
        '/usage',
        '/usage/1',
        '/summary',
        '/',
        '/ready',
        '/openapi.json',
        '/metrics',
        '/nowhere',
      ]) {
        expect([address, await status(address)]).toEqual([address, 401]);
      }
      expect(await status('/health')).toBe(200);
      const refused = await fetch(`${url}/usage`);
      expect(refused.headers.get('www-authenticate')).toBe('Bearer');
      expect(await refused.json()).toMatchObject({ status: 401, code: 'unauthorized' });
      await expect.poll(() => serving.log.map(({ visitor }) => visitor)).toContain('token client-0');
      expect(serving.stderr()).not.toContain(TOKEN);
    });
  });

  test('--open-metrics shows the metrics to everybody', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'tokens');
      writeFileSync(path, `me sha256:${'0'.repeat(64)}\n`);
      const { get } = await serve(['--tokens', path, '--open-metrics']);
      expect((await get('/metrics')).status).toBe(200);
      expect((await get('/usage')).status).toBe(401);
    });
  });

  test.each([
    ['secret', 'line 1'],
    ['me sha256:abc', 'line 1'],
    ['# nobody\n', 'holds no token'],
  ])('a file with %j is refused without what it holds', async (content, problem) => {
    await inFolder(async (folder) => {
      const path = join(folder, 'tokens');
      writeFileSync(path, content);
      const run = await runMain(['serve', '--source', 'sample', '--tokens', path]);
      expect(run).toMatchObject({ stdout: '', status: 78 });
      expect(run.stderr).toContain(problem);
      expect(run.stderr).not.toContain('secret');
    });
  });

  test('a short token has no line', async () => {
    const run = await runMain(['serve', '--hash-token', 'me'], { input: 'short' });
    expect(run).toMatchObject({ stdout: '', status: 64 });
  });
});

describe('JWT', () => {
  const SECRET = 'a secret of more than thirty-two bytes';
  const secret = Buffer.from(SECRET);
  const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;
  const claims = { sub: 'alice', iss: 'issuer', aud: 'o-copilot' };
  const hs256 = (payload: object = claims, key = secret, exp: number | undefined = inAnHour()) => {
    const jwt = new SignJWT({ ...payload, ...(exp !== 0 && { exp }) }).setProtectedHeader({ alg: 'HS256' });
    return jwt.sign(key);
  };

  test('HS256: signature, exp, iss and aud are checked', async () => {
    const { get, logged } = await serve(['--jwt-issuer', 'issuer', '--jwt-audience', 'o-copilot'], {
      O_COPILOT_JWT_SECRET: SECRET,
    });
    const status = async (token: string) => (await get('/usage', bearer(token))).status;
    expect(await status(await hs256())).toBe(200);
    await logged('answered');
    expect(await status(await hs256(claims, secret, inAnHour() - 7200))).toBe(401);
    expect(await status(await hs256(claims, secret, 0))).toBe(401);
    expect(await status(await hs256({ ...claims, iss: 'another' }))).toBe(401);
    expect(await status(await hs256({ ...claims, aud: 'another' }))).toBe(401);
    expect(await status(await hs256(claims, Buffer.from('another secret of more than 32 bytes')))).toBe(401);
    expect(await status('no.jwt.here')).toBe(401);
    expect(await status('nothing')).toBe(401);
    const [, payload] = (await hs256()).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    expect(await status(`${none}.${payload}.`)).toBe(401);
  });

  test('RS256 and ES256 by a JWK set: from a file and a URL; a key is no secret', async () => {
    const pairs = {
      RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
      ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    };
    const keys = await Promise.all(
      Object.entries(pairs).map(async ([alg, { publicKey }]) => ({
        ...(await exportJWK(publicKey)),
        alg,
        kid: alg,
      })),
    );
    const signed = (alg: keyof typeof pairs, payload: object = claims) =>
      new SignJWT({ ...payload, exp: inAnHour() })
        .setProtectedHeader({ alg, kid: alg })
        .sign(pairs[alg].privateKey);
    const server = createServer((_, response) => response.end(JSON.stringify({ keys }))).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;

    await inFolder(async (folder) => {
      const path = join(folder, 'jwks.json');
      writeFileSync(path, JSON.stringify({ keys }));
      for (const jwks of [path, `http://127.0.0.1:${port}/jwks`]) {
        const flags = ['--jwks', jwks, '--jwt-issuer', 'issuer', '--jwt-audience', 'o-copilot'];
        const { get } = await serve(flags);
        const status = async (token: string) => (await get('/usage', bearer(token))).status;
        expect(await status(await signed('RS256'))).toBe(200);
        expect(await status(await signed('ES256'))).toBe(200);
        expect(await status(await signed('ES256', { ...claims, aud: 'another' }))).toBe(401);
        const spki = pairs.RS256.publicKey.export({ type: 'spki', format: 'pem' });
        expect(await status(await hs256(claims, Buffer.from(spki)))).toBe(401);
      }
    });
    server.close();
    server.closeAllConnections();
    const { get } = await serve([
      '--jwks',
      `http://127.0.0.1:${port}/jwks`,
      '--jwt-issuer',
      'issuer',
      '--jwt-audience',
      'o-copilot',
    ]);
    const unavailable = await get('/usage', bearer(await signed('RS256')));
    expect(unavailable.status).toBe(503);
    expect(unavailable.headers.get('retry-after')).toBe('5');
  });

  test('what would let too many in is refused at the start', async () => {
    const start = (flags: string[], env = {}) => runMain(['serve', '--source', 'sample', ...flags], { env });
    expect(await start(['--jwks', 'http://127.0.0.1/jwks'])).toMatchObject({ status: 64 });
    expect(await start(['--jwt-issuer', 'x'])).toMatchObject({ status: 64 });
    const short = await start([], { O_COPILOT_JWT_SECRET: 'short-secret' });
    expect(short).toMatchObject({ status: 78 });
    expect(short.stderr).not.toContain('short-secret');
  });
});

test('mTLS: only a certificate from the known authority; /health is open', async () => {
  const [ours, theirs] = await Promise.all([makeCertificates(), makeCertificates()]);
  try {
    await inFolder(async (folder) => {
      const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
      writeFileSync(cert, ours.cert);
      writeFileSync(key, ours.key);
      const files = ['--tls-cert', cert, '--tls-key', key, '--tls-client-ca', ours.caFile];
      const { url } = await serve(['--host', '0.0.0.0', ...files]);
      const ask = async (path: string, identity: { cert?: string; key?: string }) => {
        const target = url.replace('0.0.0.0', '127.0.0.1') + path;
        const asked = request(target, { ca: readFileSync(ours.caFile), agent: false, ...identity });
        asked.end();
        const [response] = await once(asked, 'response');
        return { status: response.statusCode, body: await text(response) };
      };
      const own = { cert: ours.cert, key: ours.key };
      expect((await ask('/usage', own)).status).toBe(200);
      expect((await ask('/usage', {})).status).toBe(403);
      expect((await ask('/usage', { cert: theirs.cert, key: theirs.key })).status).toBe(403);
      expect((await ask('/health', {})).status).toBe(200);
    });
  } finally {
    await Promise.all([ours.remove(), theirs.remove()]);
  }
});
