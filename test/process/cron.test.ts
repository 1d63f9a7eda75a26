import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startUpstream, type Upstream } from '../upstream.js';
import { BILL, BILL_CSV, REPORT_PATH, USUAL } from './period.js';
import { BIN, inFolder, runBin, runShell } from './run.js';
import { runMain } from './run-main.js';

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream(USUAL);
});
afterAll(() => upstream.close());
const env = () => ({ SOURCE: upstream.url });
const PROGRAM = `'${process.execPath}' '${BIN}' usage --json --source "$SOURCE"`;
const CLEAN = `env -i`;

describe.concurrent('an odd surrounding gives the same bytes', () => {
  test.for([
    [
      'C080 an empty environment, cwd /, stdin closed',
      `cd /; S=$SOURCE; ${CLEAN} ${PROGRAM.replace('$SOURCE', '$S')} <&-`,
    ],
    ['C081 HOME not set', `unset HOME; ${PROGRAM}`],
    ['C081 HOME empty', `HOME= ${PROGRAM}`],
    ['C081 HOME that is not there', `HOME=/nonexistent ${PROGRAM}`],
    ['C081 HOME that cannot be written', `HOME=/proc ${PROGRAM}`],
    ['no TERM, no TTY', `unset TERM; setsid ${PROGRAM}`],
    ['TERM that nobody knows', `TERM=nonsense ${PROGRAM}`],
    ['a cwd that is read-only', `cd /proc; ${PROGRAM}`],
    ['a cwd that is gone', `mkdir gone && cd gone && rmdir ../gone; ${PROGRAM}`],
    ['TMPDIR that is not there', `TMPDIR=/nonexistent ${PROGRAM}`],
    ['umask 077', `umask 077; ${PROGRAM}`],
    ['C106 stdin is a pipe that never closes', `mkfifo pipe; exec 3<> pipe; rm pipe; ${PROGRAM} <&3`],
    ['C106 stdin is /dev/null', `${PROGRAM} < /dev/null`],
    ['C106 stdin closed', `${PROGRAM} <&-`],
    ...(
      [
        ['UTC', 'de_DE.UTF-8'],
        ['Asia/Kolkata', 'fr_FR.UTF-8'],
        ['America/St_Johns', 'tr_TR.UTF-8'],
        ['Pacific/Kiritimati', 'C'],
        ['Pacific/Marquesas', 'POSIX'],
        ['Mars/Olympus', 'nonsense'],
        ['', ''],
      ] as const
    ).map(
      ([zone, locale]) =>
        [
          `C006 C057 C062 C063 TZ=${zone} LC_ALL=${locale}`,
          `TZ=${zone} LANG=${locale} LC_ALL=${locale} LC_NUMERIC=${locale} ${PROGRAM}`,
        ] as const,
    ),
    ['C001 C043 verbose logging of Node and others', `DEBUG='*' NODE_OPTIONS=--trace-warnings ${PROGRAM}`],
    ['C028 CI=true', `CI=true ${PROGRAM}`],
  ] as const)('%s', async ([, line]) => {
    await inFolder(async (folder) => {
      const run = await runShell(line, { cwd: folder, env: env() });
      expect(run).toMatchObject({ stdout: BILL, stderr: '', status: 0 });
      expect(readdirSync(folder)).toEqual([]);
    });
  });

  test.for(['csv', 'table'])('C006 C062 C063 %s is the same in every zone and locale', async (format) => {
    const at = (more: Record<string, string>) =>
      runBin(['--format', format, '--source', upstream.url], { env: more });
    const [plain, ...others] = await Promise.all([
      runMain(['--format', format, '--source', upstream.url]),
      at({ TZ: 'Pacific/Kiritimati', LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE.UTF-8' }),
      at({ TZ: 'Pacific/Marquesas', LC_ALL: 'fr_FR.UTF-8', COLUMNS: '40', TERM: 'xterm-256color' }),
    ]);
    for (const other of others) expect(other).toMatchObject({ stdout: plain.stdout, stderr: '', status: 0 });
  });
});

test('C106 stdin is left for the command that follows', async () => {
  const run = await runShell(`printf rest | { ${PROGRAM} > /dev/null; cat; }`, { env: env() });
  expect(run).toMatchObject({ stdout: 'rest', status: 0 });
});

test('--env-file that is not there is 66', async () => {
  // `--`: Node 20 looks at this flag itself, wherever it stands, and ends with 9 (docs/known-limits.md).
  const run = await runBin(['--source', 'sample', '--env-file', '/no/job.env'], { node: ['--'] });
  expect(run).toMatchObject({ status: 66, stdout: '' });
  expect(run.stderr).toBe('o-copilot: cannot read /no/job.env: no such file or directory\n');
});

test('C124 without a token nothing is asked of a person', async () => {
  const locked = await startUpstream({ ...USUAL, script: { '/messages/current-period': { status: 401 } } });
  const run = await runShell(`setsid ${PROGRAM.replace('$SOURCE', locked.url)}`, { env: {} });
  await locked.close();
  expect(run).toMatchObject({ stdout: '', status: 77 });
  expect(run.stderr).toContain('set O_COPILOT_TOKEN');
});

describe('--quiet', () => {
  test('says nothing but errors', async () => {
    const shaky = await startUpstream({ ...USUAL, script: { [REPORT_PATH]: [{ status: 503 }, {}] } });
    const run = await runMain(['--quiet', '--csv', '--source', shaky.url]);
    expect(run).toMatchObject({ stdout: BILL_CSV, stderr: '', status: 0 });
    await shaky.close();
    const failed = await runMain(['--quiet', '--csv', '--source', 'http://127.0.0.1:9', '--retries', '0']);
    expect(failed).toMatchObject({ stdout: '', status: 69 });
    expect(failed.stderr).toContain('connection refused');
  });

  test('C001 --verbose says what is retried, on stderr only', async () => {
    const shaky = await startUpstream({ ...USUAL, script: { [REPORT_PATH]: [{ status: 503 }, {}] } });
    const run = await runMain(['--verbose', '--json', '--source', shaky.url]);
    expect(run).toMatchObject({ stdout: BILL, status: 0 });
    expect(run.stderr).toMatch(
      /^o-copilot: attempt 1 of GET http.*\/reports\/5392: .*status 503; again in \d+ ms\n$/,
    );
    await shaky.close();
  });
});

describe('fault D11 (every failure is told to --metrics, where the flag can be read)', () => {
  test.for([
    ['an unknown flag', ['--nonsense'], 64],
    ['an unknown command', ['usgae'], 64],
    ['a wrong value', ['--retries', 'many'], 64],
    ['a word too many', ['usage', 'more'], 64],
    ['a missing argument', ['report'], 64],
    ['a flag as a value', ['--output', '--json'], 64],
    ['a value that is missing', ['--json', '--since'], 64],
    ['a wrong setting', ['--env-file=bad.env'], 78],
    ['a file that is not there', ['--source', 'none.json'], 66],
  ] as const)('%s', async ([, args, status]) => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, 'bad.env'), 'no assignment\n');
      writeFileSync(join(cwd, 'old.prom'), '# HELP o_copilot_success x\no_copilot_success 1\n');
      for (const metrics of [['--metrics', 'new.prom'], ['--metrics=old.prom']]) {
        const words = args[0].startsWith('-')
          ? [...metrics, ...args]
          : [args[0], ...metrics, ...args.slice(1)];
        expect(await runMain(words, { cwd })).toMatchObject({ stdout: '', status });
        const file = join(cwd, metrics.join('=').slice('--metrics='.length));
        expect(readFileSync(file, 'utf8')).toContain(`\no_copilot_exit_status ${status}\n`);
      }
    });
  });

  test('nothing else is replaced, and nothing is written where help was asked for', async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, 'bill.csv'), 'message_id\r\n');
      for (const args of [
        ['--metrics', 'bill.csv', '--nonsense'],
        ['--metrics', 'x', '--output', './x', '--nonsense'],
        ['merge', '--metrics', 'y'],
        ['--metrics', 'y', '--help'],
        ['--metrics', '--json'],
      ]) {
        await runMain(args, { cwd });
      }
      expect(readFileSync(join(cwd, 'bill.csv'), 'utf8')).toBe('message_id\r\n');
      expect(readdirSync(cwd)).toEqual(['bill.csv']);
    });
  });
});

describe('--metrics', () => {
  const gauges = (path: string) =>
    Object.fromEntries(
      readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => line.split(/ (?=\S+$)/)),
    );

  test('tells success, then failure with the last success kept, then success again', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'o.prom');
      const before = Math.floor(Date.now() / 1000);
      const shaky = await startUpstream({ ...USUAL, script: { [REPORT_PATH]: [{ status: 503 }, {}] } });
      const good = await runMain(['--csv', '--source', shaky.url, '--metrics', path]);
      await shaky.close();
      expect(good).toMatchObject({ status: 0, stdout: BILL_CSV, stderr: '' });
      const first = gauges(path);
      expect(first).toMatchObject({
        o_copilot_success: '1',
        o_copilot_exit_status: '0',
        o_copilot_messages: '4',
        o_copilot_retries: '1',
        'o_copilot_credits{kind="report"}': '79',
        'o_copilot_credits{kind="text"}': '7.2',
        'o_copilot_credits{kind="missing-report"}': '8.8',
      });
      expect(Number(first.o_copilot_duration_seconds)).toBeGreaterThan(0);
      expect(Number(first.o_copilot_last_success_timestamp_seconds)).toBeGreaterThanOrEqual(before);

      const bad = await runMain(['--source', shaky.url, '--retries', '0', '--metrics', path]);
      expect(bad.status).toBe(69);
      const second = gauges(path);
      expect(second).toMatchObject({ o_copilot_success: '0', o_copilot_exit_status: '69' });
      expect(second.o_copilot_last_success_timestamp_seconds).toBe(
        first.o_copilot_last_success_timestamp_seconds,
      );
      expect(Object.keys(second).filter((name) => name.includes('credits'))).toEqual([]);
      expect(readdirSync(folder)).toEqual(['o.prom']);
      expect(statSync(path).mode & 0o777).toBe(0o644);
    });
  });

  test('a failure before any success has no last success', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'o.prom');
      expect((await runMain(['--source', '/no/such.json', '--metrics', path])).status).toBe(66);
      expect(gauges(path).o_copilot_exit_status).toBe('66');
      expect(Object.keys(gauges(path))).not.toContain('o_copilot_last_success_timestamp_seconds');
    });
  });

  test('each line is of the text format that Prometheus reads', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'o.prom');
      await runMain(['--source', upstream.url, '--metrics', path]);
      const text = readFileSync(path, 'utf8');
      expect(text.endsWith('\n')).toBe(true);
      for (const line of text.slice(0, -1).split('\n')) {
        expect(line).toMatch(
          /^(# (HELP|TYPE) o_copilot_\w+ .+|o_copilot_\w+(\{kind="[\w-]+"\})? \d+(\.\d+)?)$/,
        );
      }
    });
  });
});

describe('the lines of the README work as written', () => {
  const readme = readFileSync('README.md', 'utf8');

  /** Runs a line with `o-copilot` on the PATH and `/var/lib` in a folder of its own. */
  async function runLine(line: string, folder: string) {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    mkdirSync(join(folder, 'billing'));
    mkdirSync(join(folder, 'node_exporter'));
    writeFileSync(join(bin, 'o-copilot'), `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`);
    chmodSync(join(bin, 'o-copilot'), 0o755);
    const moved = line.replaceAll('/var/lib', folder).replaceAll('/usr/local/bin', bin);
    const child = spawnSync(
      'env',
      ['-i', `PATH=${bin}:/usr/bin:/bin`, `O_COPILOT_SOURCE=sample`, '/bin/sh', '-c', moved],
      {
        cwd: '/',
        encoding: 'utf8',
      },
    );
    return { status: child.status, stdout: child.stdout, stderr: child.stderr };
  }

  test('crontab', async () => {
    const line = /^\d+ \d+ \* \* \* +(o-copilot .*)$/m.exec(readme)?.[1];
    expect(line).toBeDefined();
    // cron takes a bare % for a line break.
    expect(line).not.toContain('%');
    await inFolder(async (folder) => {
      expect(await runLine(line ?? '', folder)).toEqual({ status: 0, stdout: '', stderr: '' });
      expect(readFileSync(join(folder, 'billing', 'usage.csv'), 'utf8')).toMatch(/^message_id,/);
      expect(existsSync(join(folder, 'node_exporter', 'o_copilot.prom'))).toBe(true);
    });
  });

  test('systemd: ExecStart', async () => {
    const line = /^ExecStart=(.*)$/m.exec(readme)?.[1];
    expect(line).toBeDefined();
    await inFolder(async (folder) => {
      expect(await runLine(line ?? '', folder)).toEqual({ status: 0, stdout: '', stderr: '' });
      expect(readFileSync(join(folder, 'billing', 'usage.csv'), 'utf8')).toMatch(/^message_id,/);
    });
  });

  const canVerify = spawnSync('systemd-analyze', ['--version']).status === 0;
  test.skipIf(!canVerify)('systemd: the units pass systemd-analyze verify', async () => {
    const [service, timer] = [...readme.matchAll(/```ini\n(.*?)```/gs)].map(([, unit]) => unit ?? '');
    await inFolder(async (folder) => {
      const program = `ExecStart=${resolve(process.execPath)}`;
      writeFileSync(join(folder, 'o-copilot.service'), (service ?? '').replace(/^ExecStart=\S+/m, program));
      writeFileSync(join(folder, 'o-copilot.timer'), timer ?? '');
      const units = ['o-copilot.service', 'o-copilot.timer'].map((unit) => join(folder, unit));
      const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...units], {
        encoding: 'utf8',
      });
      const complaints = (stdout + stderr).split('\n').filter((line) => line.includes('o-copilot'));
      expect(complaints).toEqual([]);
      expect(status).toBe(0);
    });
  });
});
