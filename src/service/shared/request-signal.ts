import type { FastifyRequest } from 'fastify';
import { Refusal } from './problem.js';
import { createController } from './shared-work.js';

/** The longest delay of a timer in Node. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** How long a request is worked for. */
export interface RequestSignal {
  /** Aborted when the client has left, the deadline has passed, or the service ends. */
  readonly signal: AbortSignal;
  /** Call when the answer is there. */
  release(): void;
}

/**
 * @param deadline milliseconds from now
 * @param ending of the service
 */
export function requestSignal(request: FastifyRequest, deadline: number, ending: AbortSignal): RequestSignal {
  const controller = createController();
  const expire = () =>
    controller.abort(
      new Refusal(
        504,
        'upstream_timeout',
        `there was no answer within ${Math.round(deadline)} ms (--deadline)`,
      ),
    );
  const leave = () => controller.abort(new Refusal(499, 'client_left', 'the client has left'));
  const end = () => controller.abort(ending.reason);
  const timer = setTimeout(expire, Math.min(deadline, LONGEST_TIMER));
  if (ending.aborted) end();
  ending.addEventListener('abort', end);
  request.onLeave = leave;
  if (request.socket.destroyed) leave();
  return {
    signal: controller.signal,
    release() {
      clearTimeout(timer);
      ending.removeEventListener('abort', end);
      request.onLeave = undefined;
    },
  };
}
