import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** The built program; `O_COPILOT_BIN` names another build of it. */
export const BIN = resolve(process.env.O_COPILOT_BIN ?? 'dist/o-copilot.js');

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
  const began = performance.now();
  const child = startBin(args, options);
  child.stdin?.on('error', () => {});
  child.stdin?.end(options.input ?? '');
  const [stdout, stderr, [status, signal]] = await Promise.all([
    child.stdout === null ? '' : text(child.stdout),
    child.stderr === null ? '' : text(child.stderr),
    once(child, 'close'),
  ]);
  return { stdout, stderr, status, signal, milliseconds: performance.now() - began };
}

/**
 * Runs a command line in the tests' own process, with the outcome of `runBin`: for what needs no process of its own.
 * Runs in different folders wait for each other, since a process has one working folder.
 */
export async function runMain(
  args: readonly string[],
  { env, cwd, input = '' }: Omit<RunOptions, 'node'> = {},
): Promise<Outcome> {
  const began = performance.now();
  const { main } = await import('../../src/cli/main.js');
  const leave = await enterFolder(cwd ?? tmpdir());
  const [stdout, stderr] = [new Collected(), new Collected()];
  const host = Object.assign(new EventEmitter(), {
    argv: ['node', 'o-copilot', ...args],
    env: { PATH: process.env.PATH ?? '', ...env },
    // No process has it: there is nobody whose ignored signals are inherited.
    ppid: 0,
    stdin: Readable.from([Buffer.from(input)], { objectMode: false }),
    stdout,
    stderr,
    exitCode: undefined,
    exit: () => {},
  });
  try {
    await main(host);
  } finally {
    leave();
  }
  return {
    stdout: stdout.text(),
    stderr: stderr.text(),
    status: host.exitCode ?? 0,
    signal: null,
    milliseconds: performance.now() - began,
  };
}

/** A stream that holds what is written to it. */
class Collected extends Writable {
  readonly #chunks: Buffer[] = [];
  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.#chunks.push(Buffer.from(chunk));
    done();
  }
  text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}

/** The working folder of runs that are under way. */
interface Entered {
  readonly folder: string;
  readonly home: string;
  runs: number;
  readonly left: Promise<void>;
  goBack(): void;
}

let entered: Entered | undefined;

/** Makes `folder` the working folder, once no run is in another one. @returns goes back after the last run in it */
async function enterFolder(folder: string): Promise<() => void> {
  while (entered !== undefined && entered.folder !== folder) await entered.left;
  let goBack = () => {};
  if (entered === undefined) {
    const left = new Promise<void>((resolve) => {
      goBack = resolve;
    });
    entered = { folder, home: process.cwd(), runs: 0, left, goBack };
    process.chdir(folder);
  }
  const own = entered;
  own.runs++;
  return () => {
    own.runs--;
    if (own.runs > 0) return;
    process.chdir(own.home);
    entered = undefined;
    own.goBack();
  };
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
  const began = performance.now();
  const script = `set -o pipefail; o-copilot() { '${process.execPath}' '${BIN}' "$@"; }; ${line}`;
  const child = spawn('bash', ['-c', script], {
    cwd: cwd ?? tmpdir(),
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [status, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { stdout, stderr, status, signal, milliseconds: performance.now() - began };
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
