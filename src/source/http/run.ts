import { setMaxListeners } from 'node:events';
import { Fault, showDuration } from './fault.js';

/** Everything an HTTP source needs to know, resolved and checked by the caller. Times are milliseconds. */
export interface HttpSettings {
  /** http or https. User name and password become Basic authorization; the query is sent with every request. */
  readonly base: URL;
  /** Names the messages document: `current-period`. */
  readonly period: string;
  /** Sent as a bearer token to the base's origin only. */
  readonly token?: string;
  /** Where the token was set, for hints: `O_COPILOT_TOKEN`, `.env line 3`. */
  readonly tokenOrigin?: string;
  /** For the name lookup, for each address of the host, for the proxy, and for TLS. */
  readonly connectTimeout: number;
  /** The longest silence between two bytes of an answer. */
  readonly readTimeout: number;
  /** The budget of the whole run, counted from `startedAt`; none without it. */
  readonly deadline?: number;
  /** `performance.now()` when the run began. */
  readonly startedAt: number;
  /** Requests made again for one document, after the first. */
  readonly retries: number;
  /** Reports requested at once. */
  readonly concurrency: number;
  /** The most bytes of the messages document, decompressed. */
  readonly maxBody: number;
  /** Ends the run; its reason is what every call then throws. */
  readonly signal?: AbortSignal;
  /** `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` are read from here, in either case. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly userAgent: string;
}

/** Node fires a timer longer than this at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The run that all requests of a source belong to: it ends for all of them at once. */
export interface Run {
  /** Aborted at the deadline, by the caller's signal, or by `end`; its reason says which. */
  readonly signal: AbortSignal;
  /** Milliseconds until the deadline; undefined where there is none. */
  remaining(): number | undefined;
  /** Ends the run: requests under way and to come throw `reason`. The first reason stays. */
  end(reason: unknown): void;
}

export function startRun({ deadline, startedAt, signal }: HttpSettings): Run {
  const controller = new AbortController();
  // One listener a request, and there are as many as the concurrency allows.
  setMaxListeners(0, controller.signal);
  const remaining = () => (deadline === undefined ? undefined : startedAt + deadline - performance.now());

  const left = remaining() ?? Number.POSITIVE_INFINITY;
  const expire = () => end(deadlineFault(deadline ?? 0));
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

function deadlineFault(deadline: number): Fault {
  return new Fault(`deadline of ${showDuration(deadline)} passed`, { outcome: 'timeout', transient: false });
}
