import { UpstreamError, UpstreamTimeoutError } from '../../errors.js';
import { type Run, type SourceObserver, showDuration } from '../source.js';
import { Fault } from './fault.js';

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
 * Makes attempts until one succeeds, fails for good, or there are no more.
 *
 * ky does the retries. The first attempt is made without it, since its Request objects cost more than a small
 * report does; its own rules are replaced: they cover neither a body that breaks off nor a `Retry-After` of days.
 *
 * @throws UpstreamError for a Fault, UpstreamTimeoutError where time ran out, any other error at once, as it is
 */
export async function withRetries<T>(
  attempt: (number: number) => Promise<T>,
  settings: RetrySettings,
): Promise<T> {
  const { run, url, retries, observer } = settings;
  let attempts = 1;
  let next = () => attempt(attempts);
  let previous: Fault | undefined;
  let delay = 0;

  const shouldRetry = ({ error }: { error: Error }): boolean => {
    if (!isTransient(error)) return false;
    delay = chooseDelay(error, attempts, settings);
    observer.retry?.({ url, reason: error.reason, attempt: attempts, delay });
    next = () => attempt(attempts);
    attempts += 1;
    previous = error;
    return true;
  };
  try {
    try {
      return await next();
    } catch (error) {
      if (!isTransient(error) || retries === 0) throw error;
      next = () => Promise.reject(error);
    }
    const { default: ky } = await import('ky');
    return await new Promise((resolve, reject) => {
      const fetch = async () => {
        resolve(await next());
        return new Response();
      };
      const retry = { limit: retries, shouldRetry, delay: () => delay };
      ky.get(url, { fetch, retry, timeout: false, signal: run.signal }).catch(reject);
    });
  } catch (error) {
    throw error instanceof Fault ? toUpstreamError(error, url, attempts, previous) : error;
  }
}

function isTransient(error: unknown): error is Fault {
  return error instanceof Fault && error.transient;
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
  const demanded = wait.demanded === undefined ? '' : `asks to wait ${showDuration(wait.demanded)}, `;
  const limit =
    remaining === Number.POSITIVE_INFINITY
      ? 'longer than this program waits'
      : 'and the deadline leaves no time to try again';
  throw new UpstreamTimeoutError(
    url,
    `${fault.reason}, ${demanded}${limit}`,
    fault.status,
    attempts,
    inSeconds(wait.demanded),
  );
}

function toUpstreamError(
  fault: Fault,
  url: string,
  attempts: number,
  previous: Fault | undefined,
): UpstreamError {
  const Kind = fault.outcome === 'timeout' ? UpstreamTimeoutError : UpstreamError;
  // At the deadline the last failure says more than the time does.
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
/** The longest `Retry-After` that is honoured when the run has no deadline, in milliseconds. */
const LONGEST_WAIT_UNBOUNDED = 120_000;

export interface RetryMoment {
  /** 1 after the first failed request. */
  readonly attempt: number;
  /** The `Retry-After` header as it came. */
  readonly retryAfter: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Milliseconds until the deadline; infinite where there is none. */
  readonly remaining: number;
  /** 0 ≤ random < 1. */
  readonly random: number;
}

/** Whole milliseconds; or that there is no time left, with the wait that `Retry-After` demands, if it does. */
export type RetryDelay = { readonly delay: number } | { readonly demanded: number | undefined };

/**
 * How long to wait before the next request. A valid `Retry-After` is honoured, with a little jitter on top;
 * without one, exponential backoff with full jitter.
 */
export function retryDelay(moment: RetryMoment): RetryDelay {
  const { remaining } = moment;
  const longest =
    remaining === Number.POSITIVE_INFINITY ? LONGEST_WAIT_UNBOUNDED : Math.max(0, Math.floor(remaining));
  const demanded = parseRetryAfter(moment.retryAfter, moment.now);
  if (demanded === undefined) {
    const delay = backoff(moment.attempt, moment.random);
    return delay > longest ? { demanded } : { delay };
  }
  if (demanded > longest) return { demanded };
  return { delay: Math.min(longest, demanded + Math.floor(moment.random * RETRY_AFTER_JITTER)) };
}

function backoff(attempt: number, random: number): number {
  return Math.floor(random * Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (attempt - 1)));
}

/**
 * `Retry-After` (RFC 9110, 10.2.3) in milliseconds from now. Undefined for anything but whole seconds or an
 * IMF-fixdate that has not passed: a guess would hammer a server that demands a pause.
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header)) return Math.min(Number(header) * 1000, Number.MAX_SAFE_INTEGER);
  const date = Date.parse(header);
  // `toUTCString` writes the IMF-fixdate and nothing else, so only that reads back the same.
  if (Number.isNaN(date) || new Date(date).toUTCString() !== header || date < now) return undefined;
  return Math.min(Math.ceil(date - now), Number.MAX_SAFE_INTEGER);
}
