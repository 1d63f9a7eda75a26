import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { formatAmount } from '../../engine/index.js';
import { LockedError } from '../../errors.js';
import { STDOUT_NAMES, writeFileAtomically } from '../../output/file.js';
import { FileOverlapError } from '../../output/file-overlap.js';
import { acquireLock } from '../../output/lock.js';
import { KINDS } from '../../usage/pricing/priced-row.js';
import type { Totals } from '../../usage/pricing/sums.js';
import type { JobOptions } from '../options/period.js';
import { toFailure } from '../process/failure.js';
import type { Context } from '../process/host.js';
import type { Period } from './period.js';

/** What is known of a job while it runs: `--metrics` reports it even where the job fails. */
export interface JobRecord {
  period?: Pick<Period, 'counts'>;
  totals?: Totals | undefined;
  /** What else it found, as a textfile has it. */
  metrics?: string;
  /** The status of a job that found something and did not fail; 0 unless it is set. */
  exitCode?: number;
}

/**
 * Runs `job` under `--lock` and writes how it ended to `--metrics`.
 *
 * @throws LockedError, with nothing touched, while another run holds the lock; whatever `job` throws
 */
export async function guardJob(
  { lock: lockFile, metrics }: JobOptions,
  context: Context,
  job: (record: JobRecord) => Promise<void>,
): Promise<void> {
  const startedAt = performance.now();
  const lock = lockFile === undefined ? undefined : await acquireLock(lockFile);
  const record: JobRecord = {};
  let exitCode = 0;
  let isOthers = false;
  try {
    await job(record);
    exitCode = record.exitCode ?? 0;
    if (exitCode !== 0) context.host.exitCode = exitCode;
  } catch (error) {
    if (error instanceof Error) reported.add(error);
    exitCode = toFailure(context.signal.aborted ? context.signal.reason : error)?.exitCode ?? 0;
    // The other run's metrics are its own to write.
    isOthers = error instanceof LockedError;
    throw error;
  } finally {
    if (metrics !== undefined && !isOthers) {
      const seconds = (performance.now() - startedAt) / 1000;
      await writeMetrics(metrics, record, exitCode, seconds).catch((error: unknown) => {
        // The job's own failure says more.
        if (exitCode === 0) throw error;
      });
    }
    await lock?.release();
  }
}

/** Errors that `--metrics` has reported. */
const reported = new WeakSet<Error>();

/**
 * Writes `--metrics` after a failure before the job began: an unknown flag or command, a word too many. The flag
 * is read from the words themselves, which may not make sense, so nothing is replaced but a file of metrics.
 *
 * @param command undefined where the words name none that there is
 */
export async function reportFailedStart(
  error: unknown,
  words: readonly string[],
  command: Pick<CommandUnknownOpts, 'options'> | undefined,
  context: Context,
): Promise<void> {
  if (error instanceof FileOverlapError || (error instanceof Error && reported.has(error))) return;
  if (command !== undefined && !command.options.some(({ long }) => long === '--metrics')) return;
  const files = filesIn(words);
  const { metrics } = files;
  if (metrics === undefined || STDOUT_NAMES.includes(metrics) || (await isTaken(metrics, words))) return;
  // The first failure is the one to show.
  await guardJob(files, context, () => Promise.reject(error)).catch(() => {});
}

function filesIn(words: readonly string[]) {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args: [...words], strict: false, options: { metrics: text, lock: text } });
  const named = (value: unknown) => (typeof value === 'string' && !/^(-|$)/.test(value) ? value : undefined);
  return { metrics: named(values.metrics), lock: named(values.lock) };
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

const LAST_SUCCESS = 'o_copilot_last_success_timestamp_seconds';

/**
 * Writes a textfile for the Prometheus node exporter's collector. A failed run retains the time of the last
 * success in the file, so that an alert can say how old the last good export is.
 *
 * @throws CannotCreateError, CannotWriteError
 */
async function writeMetrics(
  path: string,
  record: JobRecord,
  exitCode: number,
  seconds: number,
): Promise<void> {
  const counts = record.period?.counts() ?? { messages: 0, retries: 0 };
  const lastSuccess = exitCode === 0 ? `${Math.floor(Date.now() / 1000)}` : await lastSuccessIn(path);
  const text = [
    gauge('o_copilot_success', 'Whether the last run ended with exit status 0.', exitCode === 0 ? '1' : '0'),
    gauge('o_copilot_exit_status', 'Exit status of the last run.', `${exitCode}`),
    gauge(LAST_SUCCESS, 'When a run last ended with exit status 0, seconds since 1970.', lastSuccess),
    gauge('o_copilot_duration_seconds', 'How long the last run took.', seconds.toFixed(3)),
    gauge('o_copilot_messages', 'Messages that the last run read.', `${counts.messages}`),
    gauge('o_copilot_retries', 'Requests that the last run made again.', `${counts.retries}`),
    creditsByKind(record),
    record.metrics ?? '',
  ];
  await writeFileAtomically(path, text.join(''));
}

/** A metric by its labels, such as `{unit="credits"}`, or without one; nothing where it has no value. */
export function gauge(
  name: string,
  help: string,
  values: string | Readonly<Record<string, string>> | undefined,
): string {
  if (values === undefined) return '';
  const samples = typeof values === 'string' ? [['', values]] : Object.entries(values);
  const lines = samples.map(([label, value]) => `${name}${label} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
}

/** Nothing before the bill is whole: a partial sum would look like a small bill. */
function creditsByKind({ totals }: JobRecord): string {
  const credits =
    totals &&
    Object.fromEntries(
      KINDS.map((kind) => [`{kind="${kind}"}`, formatAmount(totals.byKind[kind].credits)] as const),
    );
  return gauge(
    'o_copilot_credits',
    'Credits of the rows that the last run gave, by what priced them.',
    credits,
  );
}

async function lastSuccessIn(path: string): Promise<string | undefined> {
  const earlier = await readFile(path, 'utf8').catch(() => '');
  return new RegExp(`^${LAST_SUCCESS} (\\d+)$`, 'm').exec(earlier)?.[1];
}
