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
