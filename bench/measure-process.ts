import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

export const BIN = resolve('dist/o-copilot.js');

/** One finished process. */
export interface Measured {
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
