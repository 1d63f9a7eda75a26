import { LockedError } from '../errors.js';
import { acquireLock, type Lock } from '../output/lock.js';
import type { Totals } from '../usage/totals.js';
import { toFailure } from './failure.js';
import type { Run } from './host.js';
import { writeMetrics } from './job-metrics.js';
import type { Period } from './open-period.js';
import type { RawFlags } from './options/setting-options.js';

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
