import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { parse as parseDotenv } from 'dotenv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseEnvFile } from '../../src/config/environment.js';
import { startUpstream } from '../upstream.js';
import { USUAL } from './period.js';
import { inFolder } from './run.js';
import { runMain } from './run-main.js';

const bytesOf = (text: string) => Buffer.from(text);

/** What `config` shows with this `.env`, or its error. */
async function configWith(content: string | Uint8Array, args: readonly string[] = []) {
  return inFolder(async (cwd) => {
    writeFileSync(join(cwd, args.length === 0 ? '.env' : 'some.env'), content);
    return runMain(['config', '--json', ...args], { cwd });
  });
}

describe('fault C1 (a line of a settings file is read or refused): wrong lines', () => {
  test.for([
    ['no assignment', 'O_COPILOT_SOURCE sample\n', 1],
    ['no assignment, after others', '# ours\n\nO_COPILOT_RETRIES=1\nO_COPILOT_SOURCE: sample\n', 4],
    ['a name alone', 'O_COPILOT_SOURCE\n', 1],
    ['a value alone', '=sample\n', 1],
    ['a blank in the name', 'O_COPILOT SOURCE=sample\n', 1],
    ['words after export', 'export O_COPILOT_SOURCE\n', 1],
    ['a comment of systemd alone', '; comment\n', 1],
    ['an open quote', 'O_COPILOT_RETRIES=1\r\nO_COPILOT_SOURCE="sample\r\nA=b\r\n', 2],
    ['text after a quote', "O_COPILOT_SOURCE='a'b\n", 1],
    ['a quote closed by the next line', 'O_COPILOT_TOKEN="abc\nO_COPILOT_SOURCE="sample"\n', 1],
    ['invalid UTF-8', Buffer.from([0x41, 0x3d, 0x31, 0x0a, 0x42, 0x3d, 0xe9, 0x0a]), 2],
    ['UTF-16 without a mark', Buffer.from('A=1\n', 'utf16le'), 1],
  ] as const)('%s', async ([, content, line]) => {
    for (const [args, file] of [
      [[], '.env'],
      [['--env-file=some.env'], 'some.env'],
    ] as const) {
      const run = await configWith(content, args);
      expect(run).toMatchObject({ stdout: '', status: 78 });
      expect(run.stderr).toContain(`${file} line ${line}`);
    }
  });

  test.for(['utf16le', 'utf16be'] as const)('%s is refused', async (encoding) => {
    const little = Buffer.from('\ufeffO_COPILOT_SOURCE=sample\n', 'utf16le');
    const run = await configWith(encoding === 'utf16le' ? little : Buffer.from(little).swap16());
    expect(run).toMatchObject({ stdout: '', status: 78 });
    expect(run.stderr).toContain('.env: is UTF-16; save it as UTF-8');
  });

  test('what is right: a byte order mark, CRLF, export, blanks, comments, quotes, a later line wins', async () => {
    const content =
      '\ufeff# ours\r\n\r\n  export O_COPILOT_PERIOD = april  \r\nO_COPILOT_RETRIES="5" # five\r\n' +
      "O_COPILOT_DEADLINE=1m\nO_COPILOT_DEADLINE='2m'\nO_COPILOT_TIMEZONE=\n" +
      'KEY="-----BEGIN\nA=b\n-----END"\nOTHER=x # theirs\nLAST=1';
    const run = await configWith(content);
    expect(run).toMatchObject({ stderr: '', status: 0 });
    const shown: Record<string, string>[] = JSON.parse(run.stdout).settings;
    expect(shown.filter(({ origin }) => origin?.startsWith('.env'))).toEqual([
      expect.objectContaining({ name: 'period', value: 'april', origin: '.env line 3 (O_COPILOT_PERIOD)' }),
      expect.objectContaining({ name: 'retries', value: '5', origin: '.env line 4 (O_COPILOT_RETRIES)' }),
      expect.objectContaining({ name: 'deadline', value: '2m', origin: '.env line 6 (O_COPILOT_DEADLINE)' }),
    ]);
  });
});

describe('fault C2 (a value is sent whole or refused): tokens', () => {
  test.for([
    ['abc#def', 'abc#def'],
    ['"abc#def"', 'abc#def'],
    ["'abc #'", undefined],
    ['abc\\def', 'abc\\def'],
    ["'abc\\'", 'abc\\'],
    ['abc"def"', 'abc"def"'],
    ['abc=def==', 'abc=def=='],
    ['$abc$(d)', '$abc$(d)'],
    ['abc #def', undefined],
    ['#abc', undefined],
    ['`abc`', undefined],
    ['"abc\\"def"', undefined],
    ['"abc\\ndef"', undefined],
    ['abc\\', undefined],
    ['"abc"def', undefined],
    ['abc def', undefined],
  ] as const)('O_COPILOT_TOKEN=%s sends %s', async ([written, sent]) => {
    const upstream = await startUpstream(USUAL);
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, '.env'), `O_COPILOT_TOKEN=${written}\nO_COPILOT_SOURCE=${upstream.url}\n`);
      const run = await runMain(['--json'], { cwd });
      expect(run.status).toBe(sent === undefined ? 78 : 0);
      if (sent === undefined) {
        expect(run.stderr).toContain('.env line 1 (O_COPILOT_TOKEN)');
        expect(run.stderr).not.toContain('abc');
      }
      expect(new Set(upstream.requests.map(({ headers }) => headers.authorization))).toEqual(
        new Set(sent === undefined ? [] : [`Bearer ${sent}`]),
      );
    });
    await upstream.close();
  });
});

type Reader = (content: string) => Promise<ReadonlyMap<string, string>>;

const GENERATOR = '/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator';
const hasSystemd = existsSync(GENERATOR);
const hasDocker = isThere('docker');

function isThere(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const byDotenv: Reader = async (content) => new Map(Object.entries(parseDotenv(content)));

/** systemd's own parser, in the generator that reads `environment.d`; it prints values as a shell quotes them. */
const bySystemd: Reader = async (content) => {
  const folder = mkdtempSync(join(tmpdir(), 'o-copilot-test-'));
  mkdirSync(join(folder, 'environment.d'));
  writeFileSync(join(folder, 'environment.d', 'x.conf'), content);
  const shown = execFileSync(GENERATOR, {
    env: { XDG_CONFIG_HOME: folder, HOME: folder },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  rmSync(folder, { recursive: true });
  return new Map(
    shown.split('\n').flatMap((line) => {
      const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) return [];
      const shownAs = value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
      return [[name, shownAs]];
    }),
  );
};

/** What the docker client sends for `--env-file`, to a daemon of ours. An error of its is an empty map. */
const byDocker: Reader = async (content) => {
  let env: readonly string[] = [];
  const daemon = createServer(async (request, response) => {
    response.setHeader('api-version', '1.41');
    if (request.url?.endsWith('/containers/create')) {
      const body: unknown = await json(request);
      if (typeof body === 'object' && body !== null && 'Env' in body && Array.isArray(body.Env)) {
        env = body.Env.map(String);
      }
      response.statusCode = 201;
      return void response.end('{"Id":"0123456789ab","Warnings":[]}');
    }
    response.end('OK');
  });
  daemon.listen(0, '127.0.0.1');
  await once(daemon, 'listening');
  const address = daemon.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const folder = mkdtempSync(join(tmpdir(), 'o-copilot-test-'));
  writeFileSync(join(folder, 'x.env'), content);
  const args = [
    '-H',
    `tcp://127.0.0.1:${address.port}`,
    'create',
    '--env-file',
    join(folder, 'x.env'),
    'image',
  ];
  await once(
    spawn('docker', args, { stdio: 'ignore', env: { PATH: process.env.PATH, HOME: folder } }),
    'close',
  );
  rmSync(folder, { recursive: true });
  daemon.close();
  return new Map(env.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
};

/** Values as they are written after `NAME=`, one of each kind that readers may see differently. */
const WRITTEN = [
  ...[
    'sample',
    'a b',
    'a=b',
    'a#b',
    'a #b',
    '#b',
    '# b',
    '"a b"',
    "'a b'",
    '"a" # c',
    '"a"b',
    'a"b"',
    "a'b'",
  ],
  ...['"a#b"', "'a #b'", 'a;b', ';b', 'a\\b', "'a\\b'", '"a\\b"', '"a\\"b"', '"a\\nb"', '`a`', 'a`b', '$A'],
  ...['"$A"', 'a  ', '\ta\t', '', '""', "''", 'é✓', 'https://u:p@h/p?q=1&r=%20#f', 'a,b|c', '~/x', '!x'],
];

describe('faults C1, C2: where docker, systemd and dotenv read the same, so does o-copilot', () => {
  test.skipIf(!hasSystemd || !hasDocker)('each way to write a value (needs docker and systemd)', async () => {
    const name = (index: number) => `O_COPILOT_V${index}`;
    const content = WRITTEN.map((written, index) => `${name(index)}=${written}\n`).join('');
    const readers = await Promise.all([byDotenv(content), bySystemd(content), byDocker(content)]);
    let agreed = 0;
    for (const [index, written] of WRITTEN.entries()) {
      const [first, ...others] = readers.map((values) => values.get(name(index)) ?? '');
      if (first === undefined || others.some((value) => value !== first)) continue;
      agreed++;
      const ours = parseEnvFile(bytesOf(`${name(index)}=${written}\n`), '.env');
      expect([written, ours.get(name(index))?.value]).toEqual([written, first]);
    }
    expect(agreed).toBeGreaterThan(12);
  });

  test('random values of plain characters are read as dotenv reads them; any value is whole or refused', () => {
    const plain = fc.string({ unit: fc.constantFrom(...'aZ09_-+=/.:,;@%&?é✓$') });
    const lines = fc.array(fc.record({ name: fc.constantFrom('A', 'O_COPILOT_B', 'C'), value: plain }));
    fc.assert(
      fc.property(lines, fc.constantFrom('\n', '\r\n'), (set, newline) => {
        const content = set.map(({ name, value }) => `${name}=${value}`).join(newline);
        const ours = [...parseEnvFile(bytesOf(content), '.env')].map(([name, { value }]) => [name, value]);
        expect(Object.fromEntries(ours)).toEqual(parseDotenv(content));
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab#"\'`\\ =$') }), (written) => {
        let value: string | undefined;
        try {
          value = parseEnvFile(bytesOf(`O_COPILOT_TOKEN=${written}`), '.env').get('O_COPILOT_TOKEN')?.value;
        } catch {
          return;
        }
        const whole = written.trim();
        const unquoted = /^(["'])(.*?)\1(\s+#.*)?$/.exec(whole)?.[2] ?? whole;
        expect(value).toBe(unquoted);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('fault C3 (variables of other makers are known): a Kubernetes Service named o-copilot', () => {
  const LINKS = {
    O_COPILOT_SERVICE_HOST: '10.0.0.5',
    O_COPILOT_SERVICE_PORT: '8080',
    O_COPILOT_SERVICE_PORT_HTTP: '8080',
    O_COPILOT_PORT: 'tcp://10.0.0.5:8080',
    O_COPILOT_PORT_8080_TCP: 'tcp://10.0.0.5:8080',
    O_COPILOT_PORT_8080_TCP_PROTO: 'tcp',
    O_COPILOT_PORT_8080_TCP_PORT: '8080',
    O_COPILOT_PORT_8080_TCP_ADDR: '10.0.0.5',
    O_COPILOT_PORT_53_UDP: 'udp://[fd00::5]:53',
    O_COPILOT_PORT_53_UDP_ADDR: 'fd00::5',
    O_COPILOT_PORT_9_SCTP: 'sctp://10.0.0.5:9',
    O_COPILOT_REDIS_SERVICE_HOST: '10.0.0.6',
    O_COPILOT_REDIS_PORT: 'tcp://10.0.0.6:6379',
    O_COPILOT_REDIS_PORT_6379_TCP_PROTO: 'tcp',
  };

  test('is ignored by every command, and the port is the default one', async () => {
    expect(await runMain(['--source', 'sample', '--json'], { env: LINKS })).toMatchObject({
      status: 0,
      stderr: '',
    });
    const config = await runMain(['config', '--json'], { env: LINKS });
    expect(config.stdout).toContain('"name":"port","value":"8080","origin":"default"');
  });

  test('a port that is a setting is one', async () => {
    const env = { ...LINKS, O_COPILOT_PORT: '9090' };
    const config = await runMain(['config', '--json'], { env });
    expect(config.stdout).toContain('"name":"port","value":"9090","origin":"O_COPILOT_PORT"');
  });

  test.for([
    ['O_COPILOT_SERVICE_PROT', '8080'],
    ['O_COPILOT_SERVICE_HOST', 'not an address'],
    ['O_COPILOT_PORTS', 'tcp://10.0.0.5:8080'],
    ['O_COPILOT_PORT_8080_TCP', '8080'],
    ['O_COPILOT_PORT_8080_TCP_ADRR', '10.0.0.5'],
    ['O_COPILOT_SOURC', 'sample'],
  ] as const)('%s=%s is a wrong setting', async ([name, value]) => {
    const run = await runMain(['--source', 'sample'], { env: { ...LINKS, [name]: value } });
    expect(run).toMatchObject({ stdout: '', status: 78 });
    expect(run.stderr).toContain(`${name}: `);
  });
});
