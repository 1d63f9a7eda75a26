import { EventEmitter } from 'node:events';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { type Outcome, type RunOptions, runShell } from './run.js';

export interface MainOptions extends Omit<RunOptions, 'node'> {
  /** Makes stdout a terminal of so many columns. */
  readonly columns?: number;
}

/** A command line that runs in the tests' own process. */
export interface RunningMain {
  readonly stderr: Readable;
  /** As the operating system would. */
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<Outcome>;
}

/**
 * Runs a command line in the tests' own process, with the outcome of `runBin`: for what needs no process of its own.
 * Runs in different folders wait for each other, since a process has one working folder.
 */
export async function runMain(args: readonly string[], options: MainOptions = {}): Promise<Outcome> {
  const leave = await enterFolder(options.cwd ?? tmpdir());
  try {
    return await startMain(args, options).ended;
  } finally {
    leave();
  }
}

/** The same in the working folder of the tests, for what ends at a signal. */
export function startMain(
  args: readonly string[],
  { env, input = '', columns }: MainOptions = {},
): RunningMain {
  const own = Object.keys(env ?? {}).find((name) => OF_A_PROCESS.test(name));
  if (own !== undefined) throw new Error(`${own} is read when a process starts: use runBin`);
  const began = performance.now();
  const shown = new PassThrough();
  const [stdout, stderr] = [new Collected(columns), new Collected(undefined, shown)];
  const host = Object.assign(new EventEmitter(), {
    argv: ['node', 'o-copilot', ...args],
    env: {
      PATH: process.env.PATH ?? '',
      ...(columns !== undefined && { TERM: 'xterm-256color' }),
      ...env,
    },
    // No process has it: there is nobody whose ignored signals are inherited.
    ppid: 0,
    stdin: Readable.from([Buffer.from(input)], { objectMode: false }),
    stdout,
    stderr,
    exitCode: undefined,
    exit: () => {},
  });
  const run = async (): Promise<Outcome> => {
    const { main } = await import('../../src/cli/main.js');
    await main(host);
    return {
      stdout: stdout.text(),
      stderr: stderr.text(),
      status: host.exitCode ?? 0,
      signal: null,
      milliseconds: performance.now() - began,
    };
  };
  return {
    stderr: shown,
    signal: (name) => void host.emit(name, name),
    ended: run().finally(() => shown.end()),
  };
}

/** Variables that Node and not the program reads. */
const OF_A_PROCESS = /^(TZ$|TMPDIR$|LANG$|LC_|NODE_)/;

/** A stream that holds what is written to it. */
class Collected extends Writable {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly #chunks: Buffer[] = [];
  readonly #copy: Writable | undefined;
  /** @param copy gets what is written as it comes */
  constructor(columns?: number, copy?: Writable) {
    super();
    this.#copy = copy;
    this.isTTY = columns !== undefined;
    this.columns = columns ?? 0;
  }
  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    const bytes = Buffer.from(chunk);
    this.#chunks.push(bytes);
    this.#copy?.write(bytes);
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

/** A word that is the same for every shell, quoted or not. */
const WORD = /(?:[\w./:=,@%+-]|"[^"$`\\]*"|'[^']*')+/;
/** Variables, a command of `o-copilot`, `> file`. */
const PLAIN = new RegExp(
  `^((?:[A-Z_]+=${WORD.source} )*)(?:npx )?o-copilot((?: +${WORD.source})*?)(?: +> ?([\\w./]+))?$`,
);

/** The words of a plain command without their quotes. */
const wordsIn = (text: string) =>
  (text.match(new RegExp(WORD, 'g')) ?? []).map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));

/** Runs a shell's command as `runMain` does; undefined, with nothing done, where it is no plain call of `o-copilot`. */
export async function runPlain(command: string, options: MainOptions = {}): Promise<Outcome | undefined> {
  const [whole, variables = '', text = '', file] = PLAIN.exec(command) ?? [];
  const words = wordsIn(text);
  // The run itself would see that stdout is that file.
  if (whole === undefined || (file !== undefined && words.includes(file))) return undefined;
  const env = wordsIn(variables).map((each) => /^(.*?)=(.*)$/s.exec(each)?.slice(1) ?? []);
  const run = await runMain(words, { ...options, env: { ...options.env, ...Object.fromEntries(env) } });
  if (file === undefined) return run;
  writeFileSync(resolve(options.cwd ?? tmpdir(), file), run.stdout);
  return { ...run, stdout: '' };
}

/** Runs a shell line, in the tests' own process where it is a plain call of `o-copilot`. */
export async function runLine(line: string, options: Pick<RunOptions, 'env' | 'cwd'> = {}): Promise<Outcome> {
  return (await runPlain(line, options)) ?? runShell(line, options);
}
