import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

export const BIN = resolve(process.env.TEST_BIN ?? 'dist/o-copilot.js');

/** The least, the middle and the most of the figures of all rounds. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[], decimals = 3): Spread {
  const sorted = values.toSorted((a, b) => a - b).map((value) => Number(value.toFixed(decimals)));
  const [min = Number.NaN] = sorted;
  return { min, median: sorted[sorted.length >> 1] ?? min, max: sorted.at(-1) ?? min };
}

/** A piece of work done `units` times by one call of `run`. */
export interface Work {
  readonly units: number;
  readonly run: () => unknown;
}

/** Microseconds for one unit of each work: each runs once a round, in turn, after `warmUp` rounds that do not count. */
export function measureWorks(works: readonly Work[], rounds: number, warmUp: number): Spread[] {
  const times = works.map((): number[] => []);
  for (let round = -warmUp; round < rounds; round++) {
    works.forEach(({ units, run }, index) => {
      const began = performance.now();
      run();
      const microseconds = ((performance.now() - began) * 1000) / units;
      if (round >= 0) times[index]?.push(microseconds);
    });
  }
  return times.map((each) => spreadOf(each, 9));
}

/** One finished process. */
interface Measured {
  readonly milliseconds: number;
  /** Peak resident memory in megabytes (10^6 bytes). */
  readonly peak: number;
}

/** Writes its own peak memory to descriptor 3 when it ends: Node does not tell a parent that of its child. */
const PEAK_REPORTER = `data:text/javascript,${encodeURIComponent(
  "import { writeSync } from 'node:fs'; process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)));",
)}`;

/**
 * Runs node with `args` to its end, stdout thrown away, or through a pipe into `cat`.
 *
 * @throws Error when it fails: a figure of a failed run is no figure
 */
export async function measureNode(args: readonly string[], pipe = false): Promise<Measured> {
  const line = `set -o pipefail; "$0" "$@" ${pipe ? '| cat ' : ''}> /dev/null`;
  const began = performance.now();
  const child = spawn('bash', ['-c', line, process.execPath, '--import', PEAK_REPORTER, ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const report = child.stdio[3];
  if (!(report instanceof Readable)) throw new Error('no descriptor 3');
  const [kilobytes, [status]] = await Promise.all([text(report), once(child, 'close')]);
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`);
  return { milliseconds: performance.now() - began, peak: (Number(kilobytes) * 1024) / 1e6 };
}

/** A program measured against another one, run in turn. */
export interface Row {
  readonly what: string;
  /** Wall time over that of the other program, round by round. */
  readonly ratio: Spread;
  readonly milliseconds: Spread;
  /** Peak memory of the program, megabytes. */
  readonly peak: Spread;
}

/** Runs `measure` and `against` in turn, `rounds` times after one round that does not count. */
export async function sideBySide(
  what: string,
  measure: () => Promise<Measured>,
  against: () => Promise<Measured>,
  rounds = 5,
): Promise<Row> {
  const measured: Measured[] = [];
  const ratios: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const other = await against();
    const ours = await measure();
    if (round < 0) continue;
    measured.push(ours);
    ratios.push(ours.milliseconds / other.milliseconds);
  }
  return {
    what,
    ratio: spreadOf(ratios),
    milliseconds: spreadOf(measured.map(({ milliseconds }) => milliseconds)),
    peak: spreadOf(measured.map(({ peak }) => peak)),
  };
}

/** A program that prints its URL first, in a process of its own. */
export async function startProgram(
  path: string,
  ...args: string[]
): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const child = spawn(process.execPath, ['--import', 'tsx', path, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close').then(() => {
    throw new Error(`${path} ended before it listened`);
  });
  const [url] = await Promise.race([once(child.stdout, 'data'), ended]);
  return { url: String(url).trim(), child };
}
