import { setMaxListeners } from 'node:events';

interface Flight<Result> {
  readonly controller: AbortController;
  readonly result: Promise<Result>;
  waiting: number;
}

/** An AbortController whose signal any number of parts may listen to. */
export function createController(): AbortController {
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
      flight.result.then(
        (value) => {
          end();
          resolve(value);
        },
        (error) => {
          end();
          reject(error);
        },
      );
    });
  }
}
