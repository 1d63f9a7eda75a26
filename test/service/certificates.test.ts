import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, createServer, type Server, TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { certificateName, rememberCertificate } from '../../src/service/auth/certificates.js';
import { inFolder } from '../process/run.js';
import { type Authority, type Identity, makeAuthority } from '../tls.js';
import { openSocket } from './raw-http.js';
import { startServeProcess } from './start-serve.js';

let ours: Authority;
/** Of the same name, with another key: what follows an authority whose key was lost. */
let successor: Authority;
let server: Identity;
let client: Identity;
beforeAll(async () => {
  [ours, successor] = await Promise.all([makeAuthority('one name'), makeAuthority('one name')]);
  [server, client] = await Promise.all([ours.issue('server'), ours.issue('client')]);
});
afterAll(() => Promise.all([ours.remove(), successor.remove()]));
const pem = ({ caFile }: Authority) => readFileSync(caFile, 'utf8');
const authoritiesOf = (...all: Authority[]) => all.map((authority) => new X509Certificate(pem(authority)));

const open: (TLSSocket | Server)[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const each of open.splice(0)) each instanceof TLSSocket ? each.destroy() : each.close();
});

/** A server that resumes sessions, unlike ours. */
async function listen(): Promise<number> {
  const listening = createServer({ ...server, ca: pem(ours), requestCert: true, rejectUnauthorized: false });
  open.push(listening.listen(0, '127.0.0.1'));
  await once(listening, 'listening');
  accepting = listening;
  const address = listening.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
let accepting: Server;

/** The service's side of a connection on which the client shows `identity`. */
async function connectWith(port: number, identity: object): Promise<{ ours: TLSSocket; theirs: TLSSocket }> {
  const accepted = once(accepting, 'secureConnection');
  const theirs = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: pem(ours), ...identity });
  open.push(theirs);
  const [socket]: TLSSocket[] = await accepted;
  if (socket === undefined) throw new Error('no connection');
  open.push(socket);
  return { ours: socket, theirs };
}

describe('fault E1 (a certificate counts while the connection that showed it may use it)', () => {
  test('only a certificate of a known authority has a name', async () => {
    const port = await listen();
    const known = authoritiesOf(ours);
    const stranger = await successor.issue('client');
    for (const [identity, name] of [
      [client, 'client'],
      [{}, undefined],
      [stranger, undefined],
      [{ ...stranger, cert: stranger.cert + pem(ours) }, undefined],
    ] as const) {
      const { ours: socket } = await connectWith(port, identity);
      rememberCertificate(socket, known);
      expect(certificateName(socket, known)).toBe(name);
    }
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'a resumed session has none, whoever began it (%s)',
    async (version) => {
      const port = await listen();
      const known = authoritiesOf(ours);
      const range = { minVersion: version, maxVersion: version };
      for (const identity of [{}, client]) {
        const first = await connectWith(port, { ...range, ...identity });
        const given = once(first.theirs, 'session');
        first.theirs.resume();
        first.ours.write('x');
        const [session]: Buffer[] = await given;
        const again = await connectWith(port, { ...range, ...(session && { session }) });
        expect(again.ours.isSessionReused()).toBe(true);
        rememberCertificate(again.ours, known);
        expect(certificateName(again.ours, known)).toBeUndefined();
      }
    },
  );

  test('an expired certificate has none, on an open connection too', async () => {
    const known = authoritiesOf(ours);
    const { ours: socket } = await connectWith(await listen(), client);
    rememberCertificate(socket, known);
    expect(certificateName(socket, known)).toBe('client');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3 * 86_400_000 });
    expect(certificateName(socket, known)).toBeUndefined();
  });

  test('an authority that is known no more does not count; another of its name does not stand in for it', async () => {
    const known = authoritiesOf(ours);
    const { ours: socket } = await connectWith(await listen(), {
      ...client,
      cert: client.cert + pem(successor),
    });
    rememberCertificate(socket, known);
    expect(certificateName(socket, known)).toBe('client');
    expect(certificateName(socket, authoritiesOf(successor))).toBeUndefined();
    expect(certificateName(socket, [])).toBeUndefined();
    expect(certificateName(socket, authoritiesOf(successor, ours))).toBe('client');
  });
});

describe('fault E1 (no early data and no second handshake)', () => {
  test('the service offers neither', async () => {
    await inFolder(async (folder) => {
      const path = (name: string, content: string) => {
        writeFileSync(join(folder, name), content);
        return join(folder, name);
      };
      const files = ['--tls-cert', path('cert', server.cert), '--tls-key', path('key', server.key)];
      for (const flags of [files, [...files, '--tls-client-ca', ours.caFile]]) {
        const serving = await startServeProcess(['--source', 'sample', ...flags]);
        const target = ['s_client', '-connect', new URL(serving.url).host];
        const request = 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n';
        const session = join(folder, 'session');
        spawnSync('sh', [
          '-c',
          `(printf '${request}'; sleep 0.5) | openssl ${target.join(' ')} -tls1_3 -sess_out ${session}`,
        ]);
        const { stdout } = spawnSync('openssl', ['sess_id', '-in', session, '-noout', '-text']);
        expect(`${stdout}`).toMatch(/Max Early Data: 0\b/);

        const socket = await openSocket(serving.url, { rejectUnauthorized: false, maxVersion: 'TLSv1.2' });
        if (!(socket instanceof TLSSocket)) throw new Error('no TLS');
        const ended = new Promise<string>((resolve) => {
          socket.on('error', () => resolve('refused'));
          socket.on('close', () => resolve('refused'));
          socket.renegotiate({ rejectUnauthorized: false }, (error) =>
            resolve(error === null ? 'done' : 'refused'),
          );
        });
        expect(await ended).toBe('refused');
        socket.destroy();
        expect(await serving.stop()).toBe(0);
      }
    });
  });
});
