import { setTimeout as sleep } from 'node:timers/promises';
import { UpstreamError, UpstreamTimeoutError } from '../../errors.js';
import type { SourceObserver } from '../source.js';
import { Fault, showDuration } from './fault.js';
import type { Run } from './http-source.js';

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

const FIRST_BACKOFF = 200;
const LONGEST_BACKOFF = 10_000;
const RETRY_AFTER_JITTER = 250;
/** The longest wait that upstream may ask for when the run has no deadline, in milliseconds. */
const LONGEST_WAIT_UNBOUNDED = 120_000;

export interface RetryMoment {
  /** 1 after the first failed request. */
  readonly attempt: number;
  /** The `Retry-After` header as it came. */
  readonly retryAfter: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Milliseconds until the deadline; undefined where there is none. */
  readonly remaining: number | undefined;
  /** 0 ≤ random < 1. */
  readonly random: number;
}

/** Whole milliseconds; or that there is no time for it, and for the wait that upstream asked for, if it did. */
export type RetryDelay = { readonly delay: number } | { readonly asked: number | undefined };

/**
 * How long to wait before the next request. A valid `Retry-After` is kept to, with a little jitter on top;
 * without one, exponential backoff with full jitter.
 */
export function retryDelay(moment: RetryMoment): RetryDelay {
  const longest = Math.max(0, Math.floor(moment.remaining ?? LONGEST_WAIT_UNBOUNDED));
  const asked = parseRetryAfter(moment.retryAfter, moment.now);
  if (asked === undefined) {
    const delay = backoff(moment.attempt, moment.random);
    return delay > longest ? { asked } : { delay };
  }
  if (asked > longest) return { asked };
  return { delay: Math.min(longest, asked + Math.floor(moment.random * RETRY_AFTER_JITTER)) };
}

function backoff(attempt: number, random: number): number {
  return Math.floor(random * Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (attempt - 1)));
}

/**
 * `Retry-After` (RFC 9110, 10.2.3) in milliseconds from now. Undefined for anything but whole seconds or an
 * IMF-fixdate that has not passed: a guess would hammer a server that asked for rest.
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header)) return Math.min(Number(header) * 1000, Number.MAX_SAFE_INTEGER);
  const date = Date.parse(header);
  // `toUTCString` writes the IMF-fixdate and nothing else, so only that reads back the same.
  if (Number.isNaN(date) || new Date(date).toUTCString() !== header || date < now) return undefined;
  return Math.min(Math.ceil(date - now), Number.MAX_SAFE_INTEGER);
}
