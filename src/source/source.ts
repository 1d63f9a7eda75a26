import { setMaxListeners } from 'node:events';
import type { ReportId } from '../document/records.js';

/**
 * Where messages and reports come from, as raw bytes: `document/` parses them, so that a snapshot can store them
 * unchanged.
 */
export interface Source {
  /** Shown to people and recorded in receipts: a URL without credentials, a path, `stdin`, `sample`. */
  readonly name: string;

  /**
   * Hands the bytes of the messages document (decompressed) to `consume`. After a transient fault it calls
   * `consume` again with the document from its first byte, so `consume` starts afresh at every call; the
   * result is that of the last call.
   *
   * @param known where upstream says that the document is still this one, `consume` is not called
   */
  messages<T>(
    consume: (bytes: AsyncIterable<Uint8Array>, validators?: Validators) => Promise<T>,
    known?: KnownDocument<T>,
  ): Promise<T>;

  /** The bytes of one report, or undefined when the source says that it does not exist (404, and only 404). */
  report(id: ReportId): Promise<Uint8Array | undefined>;

  /** Ends idle connections and requests under way. Safe to call twice. */
  close(): Promise<void>;
}

/** What identifies a version of a document (RFC 9110, section 8.8); empty where it does not. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

/** A document that was read before, and what it gave. */
export interface KnownDocument<T> {
  readonly validators: Validators;
  readonly result: T;
}

/** Notified while a source works, for `--verbose`, metrics and progress. */
export interface SourceObserver {
  /** A request is made again in `delay` milliseconds because of `reason`. */
  retry?(event: { url: string; reason: string; attempt: number; delay: number }): void;
  /** An HTTP exchange begins: the observer may add headers to it, and is notified of its end. */
  exchange?(event: ExchangeStart): ExchangeObserver | undefined;
}

export interface ExchangeStart {
  readonly document: 'messages' | 'report';
  /** Fit to be shown: without user name, password and query. */
  readonly url: string;
  /** 1 for the first request for this document. */
  readonly attempt: number;
}

interface ExchangeObserver {
  /** Sent with the request, to the source's own origin only. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The document comes: called once, before its first byte is read. */
  answered?(transfer: Transfer): void;
  /** @param outcome a status such as '200', or 'timeout', 'refused', 'reset', 'cut' … */
  end(outcome: string, milliseconds: number): void;
}

/** How much of an answer has come, in bytes as they were sent. */
export interface Transfer {
  /** Undefined where the server does not say. */
  readonly length: number | undefined;
  /** So far. */
  readonly received: number;
}

/** Notifies all of `observers`. */
export function combineObservers(...observers: readonly SourceObserver[]): SourceObserver {
  return {
    retry(event) {
      for (const observer of observers) observer.retry?.(event);
    },
    exchange(event) {
      const exchanges = observers.flatMap((observer) => observer.exchange?.(event) ?? []);
      if (exchanges.length === 0) return undefined;
      return {
        headers: Object.assign({}, ...exchanges.map(({ headers }) => headers)),
        answered(transfer) {
          for (const exchange of exchanges) exchange.answered?.(transfer);
        },
        end(outcome, milliseconds) {
          for (const exchange of exchanges) exchange.end(outcome, milliseconds);
        },
      };
    },
  };
}

/** Node fires a timer longer than this at once. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/** What a source does for one bill: it ends for all its reads and requests at once. */
export interface Run {
  /** Aborted at the deadline, by the caller's signal, or by `end`; its reason says which. */
  readonly signal: AbortSignal;
  /** Milliseconds until the deadline; infinite where there is none. */
  remaining(): number;
  /** Ends the run: whatever is under way or to come throws `reason`. The first reason stays. */
  end(reason: unknown): void;
}

export interface RunLimits {
  /** Milliseconds for the whole run, counted from `startedAt`. */
  readonly deadline?: number;
  /** `performance.now()` when the run began. */
  readonly startedAt: number;
  /** Ends the run; its reason is what every call then throws. */
  readonly signal?: AbortSignal;
}

/** @param expired makes the reason that the run ends with at its deadline */
export function startRun(limits: RunLimits, expired: (problem: string) => Error): Run {
  const { deadline = Number.POSITIVE_INFINITY, startedAt, signal } = limits;
  const controller = new AbortController();
  // One listener a request, and there are as many as the concurrency allows.
  setMaxListeners(0, controller.signal);
  const remaining = () => startedAt + deadline - performance.now();

  const left = remaining();
  const expire = () => end(expired(`deadline of ${showDuration(deadline)} passed`));
  const timer = left > 0 && left <= LONGEST_TIMER ? setTimeout(expire, left).unref() : undefined;
  const interrupt = () => end(signal?.reason);

  function end(reason: unknown): void {
    clearTimeout(timer);
    signal?.removeEventListener('abort', interrupt);
    controller.abort(reason);
  }

  if (signal?.aborted) interrupt();
  if (left <= 0) expire();
  signal?.addEventListener('abort', interrupt);
  return { signal: controller.signal, remaining, end };
}

/** Milliseconds for people: `800 ms`, `1.5 s`. */
export function showDuration(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${milliseconds / 1000} s`;
}

/** Runs tasks, at most `most` at once, the others in the order they came. */
export function limitConcurrency(most: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running < most) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

/** Calls of a source's `report` at a time at the most; how many of them go to a server is `--concurrency`. */
export const MOST_REPORTS_AT_ONCE = 256;

/** Files of reports read at a time: a process may be allowed few, and libuv reads four at a time anyway. */
export const REPORT_FILES_AT_ONCE = 16;

/** Characters; every URL and file system carries that much. */
const LONGEST = 200;

/**
 * What is wrong with the id of a report, or the name of a period, as a part of a URL's path or a file's name;
 * undefined for a good one. Percent-encoding makes a slash safe (`%2F`), but not a step: URL parsers resolve `%2E%2E`
 * as `..`, so another document would be requested.
 */
export function nameProblem(name: string): string | undefined {
  const shown = JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name);
  if (name === '') return 'is empty';
  if (name.length > LONGEST) return `${shown} has more than ${LONGEST} characters`;
  if (/^(\.|%2e){1,2}$/i.test(name)) return `${shown} is a step within a path`;
  if (/\p{Cc}/u.test(name)) return `${shown} holds control characters`;
  if (/\p{Surrogate}/u.test(name)) return `${shown} holds half of a surrogate pair`;
  return undefined;
}
