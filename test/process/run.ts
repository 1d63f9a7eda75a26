import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

/** The built program; `TEST_BIN` names another build of it. */
export const BIN = resolve(process.env.TEST_BIN ?? 'dist/o-copilot.js');

export interface RunOptions {
  /** Added to a small, fixed environment: nothing of the tester's own settings reaches the program. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Written to stdin, which is then closed; without it stdin is empty. */
  readonly input?: string | Uint8Array;
  /** Flags for node itself. */
  readonly node?: readonly string[];
}

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  /** The exit status; null when a signal ended the process. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly milliseconds: number;
}

/** Runs the built program to its end, with stdout, stderr and status apart. */
export async function runBin(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const child = startBin(args, options);
  child.stdin?.on('error', () => {});
  child.stdin?.end(options.input ?? '');
  return outcomeOf(child);
}

/** What a child that was just started writes until it ends, and how it ends. */
export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const began = performance.now();
  const [stdout, stderr, [status, signal]] = await Promise.all([
    child.stdout === null ? '' : text(child.stdout),
    child.stderr === null ? '' : text(child.stderr),
    once(child, 'close'),
  ]);
  return { stdout, stderr, status, signal, milliseconds: performance.now() - began };
}

/** Starts the built program, for tests that act while it runs. */
export function startBin(
  args: readonly string[],
  { env, cwd, node = [] }: RunOptions = {},
  stdio: SpawnOptions['stdio'] = 'pipe',
): ChildProcess {
  return spawn(process.execPath, [...node, BIN, ...args], {
    cwd: cwd ?? tmpdir(),
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio,
  });
}

/** Runs a shell line in which `o-copilot` is the built program. */
export async function runShell(line: string, { env, cwd }: RunOptions = {}): Promise<Outcome> {
  const script = `set -o pipefail; o-copilot() { '${process.execPath}' '${BIN}' "$@"; }; ${line}`;
  return outcomeOf(
    spawn('bash', ['-c', script], {
      cwd: cwd ?? tmpdir(),
      env: { PATH: process.env.PATH ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}

/** A folder of its own for each test, gone when `use` ends. */
export async function inFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'o-copilot-test-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
