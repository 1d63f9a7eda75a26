import { UpstreamTimeoutError } from '../errors.js';
import { showDuration } from '../source/http/duration.js';
import type { SourceOptions } from './open-source.js';

/**
 * `signal`, and the deadline too, for a source that keeps none itself: a pipe that nobody closes must not hang a job.
 *
 * @param name of the source, for the UpstreamTimeoutError that is the reason
 * @param deadline milliseconds, or Infinity
 */
export function untilDeadline(
  name: string,
  deadline: number,
  { startedAt }: Pick<SourceOptions, 'startedAt'>,
  signal: AbortSignal,
): AbortSignal {
  const controller = new AbortController();
  const expire = () =>
    controller.abort(new UpstreamTimeoutError(name, `deadline of ${showDuration(deadline)} passed`));
  if (Number.isFinite(deadline)) {
    setTimeout(expire, Math.max(0, startedAt + deadline - performance.now())).unref();
  }
  if (signal.aborted) controller.abort(signal.reason);
  signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
  return controller.signal;
}
