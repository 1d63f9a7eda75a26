import { setMaxListeners } from 'node:events';
import { showDuration } from './duration.js';
import { Fault } from './fault.js';
import type { HttpSettings } from './settings.js';

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
  // One listener a request, and there are as many as the concurrency asks for.
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
