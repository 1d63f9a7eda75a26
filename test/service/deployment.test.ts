import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { BIN, inFolder, runBin } from '../process/run.js';
import { runMain } from '../process/run-main.js';
import { makeCertificates, type TestCertificates } from '../tls.js';
import { type Serving, startServe, startServeProcess } from './start-serve.js';

const UNIT = readFileSync('deploy/o-copilot.service', 'utf8');
const COMPOSE = readFileSync('compose.yaml', 'utf8');
const DOCKERFILE = readFileSync('Dockerfile', 'utf8');

const running: Serving[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((serving) => serving.stop()));
});

describe('the systemd unit', () => {
  const canVerify = spawnSync('systemd-analyze', ['--version']).status === 0;
  test.skipIf(!canVerify)(
    'fault F1 (the service under its own sandbox): systemd-analyze verify has nothing to say (needs systemd-analyze)',
    async () => {
      const variants = [UNIT, UNIT.replaceAll(/^#(LoadCredential|Environment)=/gm, '$1=')];
      expect(variants[0]).not.toBe(variants[1]);
      for (const unit of variants) {
        await inFolder(async (folder) => {
          const path = join(folder, 'o-copilot.service');
          writeFileSync(path, unit);
          const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', path], {
            encoding: 'utf8',
          });
          expect((stdout + stderr).split('\n').filter((line) => line.includes('o-copilot'))).toEqual([]);
          expect(status).toBe(0);
        });
      }
    },
  );

  const families = (/^RestrictAddressFamilies=(.*)$/m.exec(UNIT)?.[1] ?? '').split(' ');
  const isLinux = process.platform === 'linux' && spawnSync('python3', ['--version']).status === 0;

  test.skipIf(!isLinux).each([
    ['its own address families', families, '0.0.0.0'],
    ['no netlink at all', families.filter((family) => family !== 'AF_NETLINK'), '0.0.0.0'],
    ['no netlink at all', families.filter((family) => family !== 'AF_NETLINK'), '::'],
    ['no netlink at all', families.filter((family) => family !== 'AF_NETLINK'), 'localhost'],
  ])(
    'fault F1 (the service under its own sandbox): with %s (%j), --host %s starts, answers and drains (needs Linux and python3)',
    async (_, allowed, host) => {
      expect(allowed).toEqual(expect.arrayContaining(['AF_INET', 'AF_INET6', 'AF_UNIX']));
      const serve = ['serve', '--source', 'sample', '--insecure', '--port', '0', '--host', host];
      const child = spawn('python3', ['-c', SANDBOX, allowed.join(' '), process.execPath, BIN, ...serve], {
        env: { PATH: process.env.PATH },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const lines = createInterface({ input: child.stderr });
      let port = '';
      for await (const line of lines) {
        const { msg, url } = JSON.parse(line);
        if (msg !== 'serving') continue;
        port = new URL(url).port;
        break;
      }
      expect(port).not.toBe('');
      const name = host === '::' ? '[::1]' : '127.0.0.1';
      expect((await fetch(`http://${name}:${port}/usage?limit=1`)).status).toBe(200);
      const closed = once(child, 'close');
      // A request under way is answered before the end.
      const socket = connect(Number(port), name.replace(/[[\]]/g, ''));
      socket.write('GET /usage?limit=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 /);
      child.kill('SIGTERM');
      expect(await closed).toEqual([0, null]);
    },
  );
});

test('fault F1 (the service under its own sandbox): whatever breaks the start ends it with an error', async () => {
  // As Fastify did where the sandbox refused the list of interfaces: it threw in an event.
  const preload = `import net from 'node:net'; net.Server.prototype.listen = function () {
    setImmediate(() => { throw new Error('refused by the sandbox'); }); return this; };`;
  const run = await runBin(['serve', '--source', 'sample', '--port', '0'], {
    node: ['--import', `data:text/javascript,${encodeURIComponent(preload)}`],
  });
  expect(run).toMatchObject({ stdout: '', status: 70 });
  expect(run.stderr).toContain('refused by the sandbox');
});

describe("the image's health check", () => {
  /** What the image runs, with the program where it is. */
  const words: readonly string[] = JSON.parse(
    /^ *CMD (\[.*"--healthcheck".*\])$/m.exec(DOCKERFILE)?.[1] ?? '[]',
  );
  const check = (addressFile: string) =>
    runMain(words.slice(2), { env: { O_COPILOT_ADDRESS_FILE: addressFile } });

  test('fault F2 (the check follows the service): the image says where, and gives the check the time it takes', () => {
    expect(words.slice(0, 2)).toEqual(['node', expect.stringMatching(/\/dist\/o-copilot\.js$/)]);
    expect(DOCKERFILE).toMatch(/O_COPILOT_ADDRESS_FILE=\/tmp\//);
    expect(DOCKERFILE).toMatch(/HEALTHCHECK .*--timeout=3s/);
  });

  const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
  type TlsFiles = Pick<TestCertificates, 'cert' | 'key' | 'caFile' | 'remove'>;
  const tls = (folder: string, { cert, key }: TlsFiles) => {
    writeFileSync(join(folder, 'cert.pem'), cert);
    writeFileSync(join(folder, 'key.pem'), key);
    return ['--tls-cert', join(folder, 'cert.pem'), '--tls-key', join(folder, 'key.pem')];
  };
  type Flags = (folder: string, files: TlsFiles) => string[];
  const ways: [string, boolean, Flags, Record<string, string>][] = [
    ['--port as a flag', false, () => [], {}],
    ['the port in the environment', false, () => [], { O_COPILOT_PORT: '1' }],
    ['--host 0.0.0.0', false, () => ['--host', '0.0.0.0', '--insecure'], {}],
    ['--host ::', false, () => ['--host', '::', '--insecure'], {}],
    ['--host ::1', false, () => ['--host', '::1'], {}],
    ['TLS', true, tls, {}],
    [
      'client certificates',
      true,
      (folder, files) => [...tls(folder, files), '--tls-client-ca', files.caFile],
      {},
    ],
  ];
  for (const [name, needsOpenssl, flags, env] of ways) {
    const need = needsOpenssl ? ' (needs openssl)' : '';
    test.skipIf(needsOpenssl && !hasOpenssl)(
      `fault F2 (the check follows the service): healthy with ${name}, and no more once it ended${need}`,
      async () => {
        const files: TlsFiles = needsOpenssl
          ? await makeCertificates()
          : { cert: '', key: '', caFile: '', remove: async () => {} };
        await inFolder(async (folder) => {
          const addressFile = join(folder, 'address');
          expect(await check(addressFile)).toMatchObject({ status: 66, stdout: '' });
          const serving = await startServe(['--source', 'sample', ...flags(folder, files)], {
            ...env,
            O_COPILOT_ADDRESS_FILE: addressFile,
          });
          running.push(serving);
          expect(readFileSync(addressFile, 'utf8')).toBe(`${serving.url}\n`);
          expect(await check(addressFile)).toMatchObject({ status: 0, stdout: '', stderr: '' });
          expect(await serving.stop()).toBe(0);
          expect(existsSync(addressFile)).toBe(false);
          // Killed, a service leaves its file behind.
          writeFileSync(addressFile, `${serving.url}\n`);
          expect(await check(addressFile)).toMatchObject({ status: 69, stdout: '' });
        });
        await files.remove();
      },
    );
  }

  test('fault F2 (the check follows the service): a service that hangs is not healthy, within three seconds', async () => {
    await inFolder(async (folder) => {
      const addressFile = join(folder, 'address');
      const serving = await startServeProcess(['--source', 'sample', '--address-file', addressFile]);
      running.push(serving);
      serving.child.kill('SIGSTOP');
      const run = await check(addressFile);
      serving.child.kill('SIGCONT');
      expect(run).toMatchObject({ status: 69 });
      expect(run.stderr).toContain('no answer within');
    });
  });

  test('an address file that holds no address, or none at all, is an error that says so', async () => {
    await inFolder(async (folder) => {
      const addressFile = join(folder, 'address');
      writeFileSync(addressFile, 'half of');
      expect(await check(addressFile)).toMatchObject({ status: 66 });
      expect(await runMain(['serve', '--healthcheck'])).toMatchObject({ status: 64 });
    });
  });
});

describe('secrets of a deployment', () => {
  const commands = [...COMPOSE.matchAll(/^# {3}(\S.*)$/gm)].map(([, line = '']) => line);
  const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

  test.skipIf(!hasOpenssl)(
    'fault F3 F4 (a tokens file that works): the commands in compose.yaml make, under umask 077, a file that others can read, and leave no token (needs openssl)',
    async () => {
      await inFolder(async (folder) => {
        mkdirSync(join(folder, 'deploy'));
        mkdirSync(join(folder, 'bin'));
        writeFileSync(join(folder, 'bin/o-copilot'), `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`);
        chmodSync(join(folder, 'bin/o-copilot'), 0o755);
        const { status, stdout } = spawnSync(
          'sh',
          ['-e', '-c', `umask 077; exec 2>.shown; ${commands.join('\n')}`],
          { cwd: folder, encoding: 'utf8', env: { PATH: `${folder}/bin:${process.env.PATH}` } },
        );
        expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
        const token = /^[0-9a-f]{64}$/m.exec(readFileSync(join(folder, '.shown'), 'utf8'))?.[0] ?? 'none';
        const tokens = join(folder, 'deploy/tokens');
        expect(statSync(tokens).mode & 0o777).toBe(0o644);
        expect(readdirSync(folder, { recursive: true }).sort()).toEqual(
          ['.shown', 'bin', 'bin/o-copilot', 'deploy', 'deploy/tokens'].sort(),
        );
        expect(readFileSync(tokens, 'utf8')).not.toContain(token);
        const serving = await startServe(['--source', 'sample', '--tokens', tokens]);
        running.push(serving);
        const status200 = await serving.get('/usage?limit=1', { authorization: `Bearer ${token}` });
        expect([status200.status, (await serving.get('/usage?limit=1')).status]).toEqual([200, 401]);
      });
    },
  );

  test.skipIf(process.getuid?.() !== 0)(
    'fault F3 (a tokens file that works): one that the service may not read says for whom, and what to do (needs root)',
    async () => {
      await inFolder(async (folder) => {
        chmodSync(folder, 0o755);
        const tokens = join(folder, 'tokens');
        writeFileSync(tokens, 'a sha256:00\n', { mode: 0o600 });
        for (const flag of ['--tokens', '--jwt-secret-file']) {
          const child = spawn(
            process.execPath,
            [BIN, 'serve', '--source', 'sample', '--port', '0', flag, tokens],
            {
              uid: 65534,
              gid: 65534,
              cwd: '/',
              env: { PATH: process.env.PATH },
              stdio: ['ignore', 'pipe', 'pipe'],
            },
          );
          const [stderr, [status]] = await Promise.all([text(child.stderr), once(child, 'close')]);
          expect(status).toBe(66);
          expect(stderr).toContain('user 65534');
          expect(stderr).toContain(flag === '--tokens' ? 'chmod 644' : 'for that user alone');
        }
      });
    },
  );

  const SECRETS = [
    '.env',
    '.env.production',
    'token',
    'tokens',
    'deploy/tokens',
    'deploy/.env',
    'deploy/server.key',
    'client.pem',
    'jwt.key',
  ];
  test.each(SECRETS)('fault F4 (secrets stay out of commits and builds): %s is ignored by git', (path) => {
    expect(spawnSync('git', ['check-ignore', '--no-index', '-q', path]).status).toBe(0);
  });

  test.each(SECRETS)('fault F4 (secrets stay out of commits and builds): %s is ignored by docker', (path) => {
    const patterns = readFileSync('.dockerignore', 'utf8')
      .split('\n')
      .filter((line) => /^[^#\s]/.test(line));
    const parts = (pattern: string) =>
      pattern.split('**/').map((part) => part.replaceAll('.', '\\.').replaceAll('*', '[^/]*'));
    const matches = patterns.some((pattern) =>
      new RegExp(`^${parts(pattern).join('(?:.*/)?')}(?:/|$)`).test(path),
    );
    expect(matches).toBe(true);
  });

  test('fault F4 (secrets stay out of commits and builds): nothing that the package needs is ignored', () => {
    const { stdout } = spawnSync('git', ['ls-files', '--cached', '--ignored', '--exclude-standard'], {
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
    expect(resolve('src')).toBe(join(process.cwd(), 'src'));
  });
});

/** Runs a program that may open sockets of the named families only, as systemd's RestrictAddressFamilies has it. */
const SANDBOX = `
import ctypes, os, platform, socket, struct, sys
families = [getattr(socket, name) for name in sys.argv[1].split()]
number = {'x86_64': 41, 'aarch64': 198}[platform.machine()]
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, REFUSE = 0x7fff0000, 0x00050000 | 97
code = [(LOAD, 0, 0, 0), (EQUAL, 0, len(families) + 2, number), (LOAD, 0, 0, 16)]
code += [(EQUAL, len(families) - at, 0, family) for at, family in enumerate(families)]
code += [(RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW)]
filter = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *line) for line in code))
program = ctypes.create_string_buffer(struct.pack('HxxxxxxP', len(code), ctypes.addressof(filter)))
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, program, 0, 0): sys.exit(os.strerror(ctypes.get_errno()))
os.execv(sys.argv[2], sys.argv[2:])
`;
