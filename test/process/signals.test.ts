import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { startUpstream } from '../upstream.js';
import { BILL_CSV, REPORT_PATH, USUAL } from './period.js';
import { BIN, inFolder } from './run.js';

const hasTmux = spawnSync('tmux', ['-V']).status === 0;
const hasNohup = spawnSync('nohup', ['--version']).status === 0;

/** Starts `line` in a shell, where `o-copilot` waits for a report; `release` lets that answer. */
async function whileItWaits(
  shell: readonly string[],
  line: string,
  act: (run: { child: ChildProcess; pid: number; folder: string; release: () => void }) => Promise<void>,
): Promise<void> {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const upstream = await startUpstream({ ...USUAL, script: { [REPORT_PATH]: { until: held } } });
  try {
    await inFolder(async (folder) => {
      const program = `'${process.execPath}' '${BIN}'`;
      const whole = line.replaceAll('o-copilot', `${program} --source ${upstream.url} --output bill.csv`);
      const [command = '', ...args] = shell;
      const child = spawn(command, [...args, whole], {
        cwd: folder,
        env: { PATH: process.env.PATH ?? '', HOME: folder },
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      child.stderr?.resume();
      child.stdout?.resume();
      writeFileSync(join(folder, 'bill.csv'), 'old');
      await vi.waitFor(() => expect(upstream.hits(REPORT_PATH)).toBe(1), { timeout: 20_000 });
      const temporary = readdirSync(folder).find((name) => name.endsWith('.tmp')) ?? '';
      const pid = Number(/-(\d+)-[0-9a-z]+\.tmp$/.exec(temporary)?.[1]);
      try {
        await act({ child, pid, folder, release });
      } finally {
        if (isRunning(pid)) process.kill(pid, 'SIGKILL');
        child.kill('SIGKILL');
      }
    });
  } finally {
    release();
    await upstream.close();
  }
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
    async () => {
      let release = () => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const upstream = await startUpstream({ ...USUAL, script: { [REPORT_PATH]: { until: held } } });
      await inFolder(async (folder) => {
        const tmux = (...args: string[]) => {
          const run = spawnSync('tmux', ['-S', join(folder, 'socket'), ...args], {
            encoding: 'utf8',
            cwd: folder,
          });
          if (run.status !== 0) throw new Error(`tmux ${args[0]}: ${run.stderr}`);
          return run.stdout;
        };
        const screen = () => tmux('capture-pane', '-p', '-J').trim();
        const program = `'${process.execPath}' '${BIN}' --source ${upstream.url} --output`;
        try {
          tmux('-f', '/dev/null', 'new-session', '-d', 'bash --norc --noprofile');
          // What is typed before the prompt is there may be lost.
          await vi.waitFor(() => expect(screen()).toMatch(/[$#]$/), { timeout: 10_000 });
          const trapped = `(trap '' HUP; ${program} trapped.csv; echo $? >status) &`;
          tmux('send-keys', `${trapped} nohup ${program} kept.csv >log 2>&1 & ${program} gone.csv`, 'Enter');
          await vi.waitFor(() => expect(upstream.hits(REPORT_PATH), screen()).toBe(3), { timeout: 20_000 });
          tmux('kill-session');
          await vi.waitFor(
            () => expect(readdirSync(folder).filter((name) => name.startsWith('.gone'))).toEqual([]),
            { timeout: 10_000 },
          );
          expect(existsSync(join(folder, 'kept.csv'))).toBe(false);
          release();
          await vi.waitFor(() => expect(existsSync(join(folder, 'kept.csv'))).toBe(true), {
            timeout: 10_000,
          });
          expect(readFileSync(join(folder, 'kept.csv'), 'utf8')).toBe(BILL_CSV);
          // Its stderr is a terminal that is no more.
          await vi.waitFor(() => expect(readFileSync(join(folder, 'status'), 'utf8')).toBe('0\n'), {
            timeout: 10_000,
          });
          expect(readFileSync(join(folder, 'trapped.csv'), 'utf8')).toBe(BILL_CSV);
          expect(existsSync(join(folder, 'gone.csv'))).toBe(false);
        } finally {
          spawnSync('tmux', ['-S', join(folder, 'socket'), 'kill-server']);
        }
      });
      release();
      await upstream.close();
    },
  );
});
