import type { ReportId } from '../source/message.js';

/**
 * Asks for reports in the order in which they were added, `most` at a time. One that waits for its turn costs a place
 * in an array, so that a bill may name millions.
 *
 * @param ask must not throw
 */
export function createReportQueue(most: number, ask: (id: ReportId) => Promise<void>) {
  const ids: ReportId[] = [];
  let asked = 0;
  let asking = 0;
  /** So many from the first on have all answered. */
  let complete = 0;
  /** Places of those that answered before one ahead of them: fewer than `most`. */
  const early = new Set<number>();
  const waiters: { readonly count: number; readonly promise: Promise<void>; resolve(): void }[] = [];

  async function askOn(): Promise<void> {
    for (let id = ids[asked]; id !== undefined; id = ids[asked]) {
      const place = asked++;
      await ask(id);
      end(place);
    }
    asking--;
  }

  function end(place: number): void {
    early.add(place);
    while (early.delete(complete)) complete++;
    while (waiters[0] !== undefined && waiters[0].count <= complete) waiters.shift()?.resolve();
  }

  return {
    add(id: ReportId): void {
      ids.push(id);
      if (asking === most) return;
      asking++;
      void askOn();
    },

    /** Settles when all added so far have answered: one promise until more are added. */
    answered(): Promise<void> {
      const count = ids.length;
      if (count === complete) return Promise.resolve();
      const last = waiters.at(-1);
      if (last?.count === count) return last.promise;
      let resolve = () => {};
      const promise = new Promise<void>((settle) => {
        resolve = settle;
      });
      waiters.push({ count, promise, resolve });
      return promise;
    },

    /** How many have not answered. */
    waiting: () => ids.length - complete - early.size,
  };
}
