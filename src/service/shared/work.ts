import { setMaxListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import { LONGEST_TIMER, limitConcurrency } from '../../source/source.js';
import { overloaded } from './memory-budget.js';
import { Refusal } from './problem.js';

interface Flight<Result> {
  readonly controller: AbortController;
  readonly result: Promise<Result>;
  waiting: number;
}

/** An AbortController whose signal any number of parts may listen to. */
function createController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/**
 * Lets callers who want the same thing share one piece of work. It ends when the last caller who waits for it has left, and
 * no caller's leaving or deadline ends it for another.
 */
export class SharedWork<Result> {
  private readonly flights = new Map<string, Flight<Result>>();

  /** @param signal of this caller; `work` gets one that is aborted when nobody waits any more */
  run(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    if (signal.aborted) return Promise.reject(signal.reason);
    return this.join(key, this.flights.get(key) ?? this.begin(key, work), signal);
  }

  private begin(key: string, work: (signal: AbortSignal) => Promise<Result>): Flight<Result> {
    const controller = createController();
    const result = work(controller.signal);
    const flight: Flight<Result> = { controller, result, waiting: 0 };
    this.flights.set(key, flight);
    const forget = () => this.forget(key, flight);
    result.then(forget, forget);
    return flight;
  }

  private forget(key: string, flight: Flight<Result>): void {
    if (this.flights.get(key) === flight) this.flights.delete(key);
  }

  private join(key: string, flight: Flight<Result>, signal: AbortSignal): Promise<Result> {
    flight.waiting++;
    return new Promise((resolve, reject) => {
      const leave = () => {
        flight.waiting--;
        if (flight.waiting === 0) {
          // Who comes now must not join what is being stopped.
          this.forget(key, flight);
          flight.controller.abort(signal.reason);
        }
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      const end = () => signal.removeEventListener('abort', leave);
      flight.result.then(resolve, reject).finally(end);
    });
  }
}

/**
 * How long a request is worked for: until its client has left, its deadline has passed, or the service ends.
 *
 * @param deadline milliseconds from now
 * @param ending of the service
 */
export function requestSignal(request: FastifyRequest, deadline: number, ending: AbortSignal) {
  const controller = createController();
  const expire = () => {
    const detail = `there was no answer within ${Math.round(deadline)} ms (--deadline)`;
    controller.abort(new Refusal(504, 'upstream_timeout', detail));
  };
  const leave = () => controller.abort(new Refusal(499, 'client_left', 'the client has left'));
  const end = () => controller.abort(ending.reason);
  const timer = setTimeout(expire, Math.min(deadline, LONGEST_TIMER));
  if (ending.aborted) end();
  ending.addEventListener('abort', end);
  request.onLeave = leave;
  if (request.socket.destroyed) leave();
  return {
    signal: controller.signal,
    /** Call when the answer is there. */
    release(): void {
      clearTimeout(timer);
      ending.removeEventListener('abort', end);
      request.onLeave = undefined;
    },
  };
}

/** Searches, and large answers, worked on at a time: more would not be faster on one thread, and each holds memory. */
const TURNS_AT_ONCE = 2;
/** Rows worked on between two turns of other requests. */
export const ROWS_A_TURN = 4096;

/** Bounds the different answers and documents being computed, and how many of those that take long are worked on at a time. */
export class Jobs {
  private readonly underWay = new Map<string, number>();
  /** Runs a search when it is its turn. Searches do not wait for large answers, which take longer. */
  readonly search = createTurns();
  /** The same for writing an answer. */
  readonly write = createTurns();

  constructor(private readonly most: number) {}

  /**
   * Counts a request for `key` until the function returned is called, once. Requests for the same are one job.
   * @throws Refusal (503) beyond the limit
   */
  enter(key: string): () => void {
    const count = this.underWay.get(key) ?? 0;
    if (count === 0 && this.underWay.size >= this.most) {
      throw overloaded(`${this.most} answers are being computed, as many as --max-jobs allows`);
    }
    this.underWay.set(key, count + 1);
    return () => {
      const left = (this.underWay.get(key) ?? 1) - 1;
      if (left === 0) this.underWay.delete(key);
      else this.underWay.set(key, left);
    };
  }
}

/** The function given runs `task`, which waits for nobody. @throws the signal's reason, and what `task` throws */
function createTurns() {
  const limit = limitConcurrency(TURNS_AT_ONCE);
  return <Result>(signal: AbortSignal, task: () => Promise<Result>): Promise<Result> =>
    limit(async () => {
      signal.throwIfAborted();
      return task();
    });
}

/** Gives other requests their turn. @throws the signal's reason */
export async function takeTurns(signal: AbortSignal): Promise<void> {
  await nextTurn();
  signal.throwIfAborted();
}
