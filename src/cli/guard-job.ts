import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { LockedError } from '../errors.js';
import { FileOverlapError } from '../output/file-overlap.js';
import { acquireLock, type Lock } from '../output/lock.js';
import type { Totals } from '../usage/rows/totals.js';
import { toFailure } from './failure.js';
import type { Run } from './host.js';
import { writeMetrics } from './job-metrics.js';
import type { Period } from './open-period.js';
import type { RawFlags } from './options/setting-options.js';
import { COMMAND_FILES } from './run-files.js';

/** What a job tells of itself while it runs, for `--metrics`: what is known when it fails is still told. */
export interface JobRecord {
  period?: Pick<Period, 'counts'>;
  totals?: Totals | undefined;
}

/**
 * Runs `job` under `--lock` and tells `--metrics` how it ended.
 *
 * @throws LockedError, with nothing touched, while another run holds the lock; whatever `job` throws
 */
export async function guardJob(
  flags: RawFlags,
  run: Run,
  job: (record: JobRecord) => Promise<void>,
): Promise<void> {
  const startedAt = performance.now();
  const record: JobRecord = {};
  const metrics = typeof flags.metrics === 'string' ? flags.metrics : undefined;
  let lock: Lock | undefined;
  let exitCode = 0;
  try {
    if (typeof flags.lock === 'string') lock = await acquireLock(flags.lock);
    await job(record);
  } catch (error) {
    if (error instanceof Error) reported.add(error);
    exitCode = toFailure(run.signal.aborted ? run.signal.reason : error)?.exitCode ?? 0;
    // The other run's metrics are its own to write.
    if (error instanceof LockedError) exitCode = 0;
    throw error;
  } finally {
    const held = lock !== undefined || typeof flags.lock !== 'string';
    if (metrics !== undefined && held) {
      const milliseconds = performance.now() - startedAt;
      await writeMetrics(metrics, { record, exitCode, milliseconds }).catch((error: unknown) => {
        // The job's own failure says more than that it could not be told.
        if (exitCode === 0) throw error;
      });
    }
    await lock?.release();
  }
}

/** Errors that `--metrics` has been told of. */
const reported = new WeakSet<Error>();

/** The commands with `--metrics`. */
const JOBS: readonly string[] = ['usage', 'snapshot', 'report'];

/**
 * Tells `--metrics` of a failure before the job began: an unknown flag or command, a word too many. The flag
 * is read from the words themselves, which may not make sense, so nothing is replaced but a file of metrics.
 */
export async function reportFailedStart(error: unknown, words: readonly string[], run: Run): Promise<void> {
  const [command = ''] = words;
  if (error instanceof FileOverlapError || (error instanceof Error && reported.has(error))) return;
  if (command in COMMAND_FILES && !JOBS.includes(command)) return;
  const metrics = flagIn('--metrics', words);
  if (metrics === undefined || (await isTaken(metrics, words))) return;
  const flags = { metrics, lock: flagIn('--lock', words) };
  // The first failure is the one to show.
  await guardJob(flags, run, () => Promise.reject(error)).catch(() => {});
}

function flagIn(flag: string, words: readonly string[]): string | undefined {
  const end = words.indexOf('--');
  const values = words.slice(0, end === -1 ? undefined : end).flatMap((word, index, all) => {
    if (word.startsWith(`${flag}=`)) return [word.slice(flag.length + 1)];
    const next = all[index + 1];
    return word === flag && next !== undefined && !next.startsWith('-') ? [next] : [];
  });
  return values.at(-1) || undefined;
}

/** Whether the file is named for something else too, or holds anything but metrics of ours. */
async function isTaken(path: string, words: readonly string[]): Promise<boolean> {
  const names = words.filter((word) => resolve(word.replace(/^--[\w-]+=/, '')) === resolve(path));
  if (names.length > 1) return true;
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return false;
  if (!found.isFile()) return true;
  const content = await readFile(path, 'utf8').catch(() => undefined);
  return content === undefined || (content !== '' && !content.startsWith('# HELP o_copilot_'));
}
