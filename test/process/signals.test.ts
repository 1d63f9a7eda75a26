import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { openRates } from '../../src/cli/options/settings.js';
import { openReportsFile, readWholeFile } from '../../src/source/file.js';
import { startUpstream, type Upstream } from '../upstream.js';
import { BILL_CSV, REPORT_PATH, USUAL } from './period.js';
import { BIN, inFolder, outcomeOf, startBin } from './run.js';

const hasTmux = spawnSync('tmux', ['-V']).status === 0;
const hasNohup = spawnSync('nohup', ['--version']).status === 0;

/** Far longer than a busy machine needs. */
const SOON = { timeout: 60_000 };

/** An upstream whose report is answered only once `release` is called. */
async function withHeldReport(
  use: (upstream: Upstream, release: () => void, folder: string) => Promise<void>,
): Promise<void> {
  let release = () => {};
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  const upstream = await startUpstream({ ...USUAL, script: { [REPORT_PATH]: { until } } });
  try {
    await inFolder((folder) => use(upstream, release, folder));
  } finally {
    release();
    await upstream.close();
  }
}

const programFor = ({ url }: Upstream) => `'${process.execPath}' '${BIN}' --source ${url} --output`;

/** Starts `line` in a shell, where `o-copilot` waits for a report; `release` lets that answer. */
function whileItWaits(
  shell: readonly string[],
  line: string,
  act: (run: { child: ChildProcess; pid: number; folder: string; release: () => void }) => Promise<void>,
): Promise<void> {
  return withHeldReport(async (upstream, release, folder) => {
    writeFileSync(join(folder, 'bill.csv'), 'old');
    const whole = line.replaceAll('o-copilot', `${programFor(upstream)} bill.csv`);
    const [command = '', ...args] = shell;
    const child = spawn(command, [...args, whole], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', HOME: folder },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stderr?.resume();
    child.stdout?.resume();
    await vi.waitFor(() => expect(upstream.hits(REPORT_PATH)).toBe(1), SOON);
    const temporary = readdirSync(folder).find((name) => name.endsWith('.tmp')) ?? '';
    const pid = Number(/-(\d+)-[0-9a-z]+\.tmp$/.exec(temporary)?.[1]);
    try {
      await act({ child, pid, folder, release });
    } finally {
      if (isRunning(pid)) process.kill(pid, 'SIGKILL');
      child.kill('SIGKILL');
    }
  });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe.concurrent('fault B5 (a signal that the parent ignores stays ignored)', () => {
  test.for([
    ['nohup', ['bash', '-c'], 'nohup o-copilot', 'SIGHUP'],
    ['a script after trap "" HUP', ['sh', '-c'], 'trap "" HUP; o-copilot; exit $?', 'SIGHUP'],
    ['a script under nohup', ['bash', '-c'], 'nohup sh -c "o-copilot; exit \\$?"', 'SIGHUP'],
    ['a script after trap "" INT', ['bash', '-c'], 'trap "" INT; o-copilot; exit $?', 'SIGINT'],
  ] as const)('%s', async ([name, shell, line, signal], { skip }) => {
    if (process.platform !== 'linux' || (name.includes('nohup') && !hasNohup)) skip();
    await whileItWaits(shell, line, async ({ child, pid, folder, release }) => {
      const closed = once(child, 'close');
      process.kill(pid, signal);
      process.kill(pid, signal);
      // Another signal shows that the first was taken and the run still waits.
      expect(isRunning(pid)).toBe(true);
      release();
      expect(await closed).toEqual([0, null]);
      expect(readFileSync(join(folder, 'bill.csv'), 'utf8')).toBe(BILL_CSV);
    });
  });

  test.for([
    ['bash', '-c'],
    ['sh', '-c'],
  ])('SIGHUP without nohup ends it with 129 and nothing left: %s', async (shell) => {
    await whileItWaits(shell, 'o-copilot; exit $?', async ({ child, pid, folder }) => {
      const closed = once(child, 'close');
      process.kill(pid, 'SIGHUP');
      // A terminal that closes sends it twice.
      process.kill(pid, 'SIGHUP');
      expect(await closed).toEqual([129, null]);
      expect(readdirSync(folder)).toEqual(['bill.csv']);
      expect(readFileSync(join(folder, 'bill.csv'), 'utf8')).toBe('old');
    });
  });

  test('SIGTERM twice, which ends it at once, leaves nothing either', async () => {
    await whileItWaits(['bash', '-c'], 'o-copilot; exit $?', async ({ child, pid, folder }) => {
      const closed = once(child, 'close');
      process.kill(pid, 'SIGTERM');
      process.kill(pid, 'SIGTERM');
      expect(await closed).toEqual([143, null]);
      expect(readdirSync(folder)).toEqual(['bill.csv']);
    });
  });

  test.skipIf(!hasTmux || !hasNohup)(
    'a terminal that closes (needs tmux): nohup goes on, the other ends',
    () =>
      withHeldReport(async (upstream, release, folder) => {
        const tmux = (...args: string[]) => {
          const run = spawnSync('tmux', ['-S', join(folder, 'socket'), ...args], {
            encoding: 'utf8',
            cwd: folder,
          });
          if (run.status !== 0) throw new Error(`tmux ${args[0]}: ${run.stderr}`);
          return run.stdout;
        };
        const screen = () => tmux('capture-pane', '-p', '-J').trim();
        const contentOf = (name: string) => readFileSync(join(folder, name), 'utf8');
        const program = programFor(upstream);
        try {
          tmux('-f', '/dev/null', 'new-session', '-d', 'bash --norc --noprofile');
          // Else it ends with its last session, and may not answer the command that ended that.
          tmux('set-option', '-s', 'exit-empty', 'off');
          // What is typed before the prompt is there may be lost.
          await vi.waitFor(() => expect(screen()).toMatch(/[$#]$/), SOON);
          const trapped = `(trap '' HUP; ${program} trapped.csv; echo $? >status) &`;
          tmux('send-keys', `${trapped} nohup ${program} kept.csv >log 2>&1 & ${program} gone.csv`, 'Enter');
          await vi.waitFor(() => expect(upstream.hits(REPORT_PATH), screen()).toBe(3), SOON);
          tmux('kill-session');
          await vi.waitFor(
            () => expect(readdirSync(folder).filter((name) => name.startsWith('.gone'))).toEqual([]),
            SOON,
          );
          expect(existsSync(join(folder, 'kept.csv'))).toBe(false);
          release();
          await vi.waitFor(() => expect(contentOf('kept.csv')).toBe(BILL_CSV), SOON);
          // Its stderr is a terminal that is no more.
          await vi.waitFor(() => expect(contentOf('status')).toBe('0\n'), SOON);
          expect(contentOf('trapped.csv')).toBe(BILL_CSV);
          expect(existsSync(join(folder, 'gone.csv'))).toBe(false);
        } finally {
          spawnSync('tmux', ['-S', join(folder, 'socket'), 'kill-server']);
        }
      }),
  );
});

test(
  'a pipe that nobody writes to is no reason to ignore a signal: reports, a receipt, rates',
  SOON,
  async () => {
    await inFolder(async (folder) => {
      const pipe = join(folder, 'pipe');
      expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
      const readRates = (rates: string, signal: AbortSignal) => openRates({ rates }, 'published', signal);
      for (const read of [openReportsFile, readWholeFile, readRates]) {
        const stop = new AbortController();
        const reading = read(pipe, stop.signal);
        setImmediate(() => stop.abort(new Error('stopped')));
        await expect(reading).rejects.toThrow('stopped');
      }
    });
  },
);

test.each([
  ['usage --rates', ['usage', '--source', 'sample', '--rates', 'pipe']],
  ['budget --once', ['budget', '5', '--source', 'sample', '--once', 'pipe']],
])('SIGTERM ends a program that reads from a pipe whose writer is silent: %s', SOON, async (_, args) => {
  await inFolder(async (cwd) => {
    const pipe = join(cwd, 'pipe');
    expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
    const child = startBin(args, { cwd });
    // Opens only once the program reads.
    const { O_WRONLY, O_NONBLOCK } = constants;
    const writer = await vi.waitFor(() => openSync(pipe, O_WRONLY | O_NONBLOCK), SOON);
    try {
      child.kill('SIGTERM');
      expect(await outcomeOf(child)).toMatchObject({ status: 143, stdout: '' });
    } finally {
      closeSync(writer);
      child.kill('SIGKILL');
    }
  });
});
