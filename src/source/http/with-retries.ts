import { setTimeout as sleep } from 'node:timers/promises';
import { UpstreamError, UpstreamTimeoutError } from '../../errors.js';
import type { SourceObserver } from '../source.js';
import { showDuration } from './duration.js';
import { Fault } from './fault.js';
import { parseRetryAfter, retryDelay } from './retry-delay.js';
import type { Run } from './run.js';

/** So that a message stays under 300 characters, whatever the host is called. */
const LONGEST_REASON = 150;

export interface RetrySettings {
  readonly run: Run;
  /** Shown to people. */
  readonly url: string;
  readonly retries: number;
  readonly observer: SourceObserver;
}

/**
 * Makes attempts until one succeeds, fails for good, or there are no more. Throws UpstreamError for what a
 * Fault tells, UpstreamTimeoutError where time ran out, and any other error at once, as it is.
 */
export async function withRetries<T>(
  attempt: (number: number) => Promise<T>,
  settings: RetrySettings,
): Promise<T> {
  const { run, url, retries, observer } = settings;
  let previous: Fault | undefined;
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt(attempts);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (!error.transient || attempts > retries) throw toUpstreamError(error, url, attempts, previous);
      const delay = chooseDelay(error, attempts, settings);
      observer.retry?.({ url, reason: error.reason, attempt: attempts, delay });
      await sleep(delay, undefined, { signal: run.signal }).catch(() => {
        const { reason } = run.signal;
        throw reason instanceof Fault ? toUpstreamError(reason, url, attempts, error) : reason;
      });
      previous = error;
    }
  }
}

function chooseDelay(fault: Fault, attempts: number, { run, url }: RetrySettings): number {
  const remaining = run.remaining();
  const { retryAfter } = fault;
  const wait = retryDelay({
    attempt: attempts,
    retryAfter,
    now: Date.now(),
    remaining,
    random: Math.random(),
  });
  if ('delay' in wait) return wait.delay;
  const asked = wait.asked === undefined ? '' : `asks to wait ${showDuration(wait.asked)}, `;
  const limit =
    remaining === undefined
      ? 'longer than this program waits'
      : 'and the deadline leaves no time to try again';
  throw new UpstreamTimeoutError(
    url,
    `${fault.reason}, ${asked}${limit}`,
    fault.status,
    attempts,
    inSeconds(wait.asked),
  );
}

function toUpstreamError(
  fault: Fault,
  url: string,
  attempts: number,
  previous: Fault | undefined,
): UpstreamError {
  const Kind = fault.outcome === 'timeout' ? UpstreamTimeoutError : UpstreamError;
  // At the deadline the last failure tells more than the time does.
  const before = fault.transient || previous === undefined ? '' : `; before that: ${previous.reason}`;
  const retryAfter = inSeconds(parseRetryAfter(fault.retryAfter, Date.now()));
  return new Kind(url, (fault.reason + before).slice(0, LONGEST_REASON), fault.status, attempts, retryAfter);
}

function inSeconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : Math.ceil(milliseconds / 1000);
}
