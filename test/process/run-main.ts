import { EventEmitter } from 'node:events';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { type Outcome, type RunOptions, runShell } from './run.js';

export interface MainOptions extends Omit<RunOptions, 'node'> {
  /** Makes stdout a terminal of so many columns. */
  readonly columns?: number;
}

/**
 * Runs a command line in the tests' own process, with the outcome of `runBin`: for what needs no process of its own.
 * Runs in different folders wait for each other, since a process has one working folder.
 */
export async function runMain(
  args: readonly string[],
  { env, cwd, input = '', columns }: MainOptions = {},
): Promise<Outcome> {
  const own = Object.keys(env ?? {}).find((name) => OF_A_PROCESS.test(name));
  if (own !== undefined) throw new Error(`${own} is read when a process starts: use runBin`);
  const began = performance.now();
  const { main } = await import('../../src/cli/main.js');
  const leave = await enterFolder(cwd ?? tmpdir());
  const [stdout, stderr] = [new Collected(columns), new Collected()];
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

/** Variables that Node and not the program reads. */
const OF_A_PROCESS = /^(TZ$|TMPDIR$|LANG$|LC_|NODE_)/;

/** A stream that holds what is written to it. */
class Collected extends Writable {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly #chunks: Buffer[] = [];
  constructor(columns?: number) {
    super();
    this.isTTY = columns !== undefined;
    this.columns = columns ?? 0;
  }
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

/** A command of `o-copilot` that says the same to every shell: variables, then words, quoted or not, and `> file`. */
const WORD = /(?:[\w./:=,@%+-]|"[^"$`\\]*"|'[^']*')+/;
const PLAIN = new RegExp(
  `^((?:[A-Z_]+=${WORD.source} )*)(?:npx )?o-copilot((?: ${WORD.source})*?)(?: > ?([\\w./]+))?$`,
);

/** The words of a plain command without their quotes. */
const wordsIn = (text: string) =>
  (text.match(new RegExp(WORD, 'g')) ?? []).map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));

/**
 * Runs a shell line, `o-copilot` in the tests' own process where the line is plain: commands one after the other,
 * without pipes, loops and expansions.
 */
export async function runLine(line: string, options: Pick<RunOptions, 'env' | 'cwd'> = {}): Promise<Outcome> {
  const steps = line.split('; ');
  const isPlain = (step: string) => {
    const [, , words = '', file] = PLAIN.exec(step) ?? [];
    return PLAIN.test(step) && !(file !== undefined && wordsIn(words).includes(file));
  };
  if (steps.some((step) => step.includes('o-copilot') && !isPlain(step))) return runShell(line, options);
  const runs: Outcome[] = [];
  for (const step of steps) {
    const [, variables = '', words = '', file] = PLAIN.exec(step) ?? [];
    if (!PLAIN.test(step)) {
      runs.push(await runShell(step, options));
      continue;
    }
    const env = Object.fromEntries(
      wordsIn(variables).map((each) => [each.replace(/=.*/s, ''), each.replace(/^.*?=/s, '')]),
    );
    const run = await runMain(wordsIn(words), { ...options, env: { ...options.env, ...env } });
    if (file !== undefined) writeFileSync(resolve(options.cwd ?? tmpdir(), file), run.stdout);
    runs.push(file === undefined ? run : { ...run, stdout: '' });
  }
  const all = (part: 'stdout' | 'stderr') => runs.map((run) => run[part]).join('');
  return {
    status: 0,
    signal: null,
    milliseconds: 0,
    ...runs.at(-1),
    stdout: all('stdout'),
    stderr: all('stderr'),
  };
}
