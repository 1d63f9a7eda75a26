import { setImmediate as nextTurn } from 'node:timers/promises';
import { overloaded } from './memory-budget.js';

/** Searches and large answers worked on at a time: more would not be faster on one thread, and each holds memory. */
const TURNS_AT_ONCE = 2;
/** Rows worked on between two turns of other requests. */
export const ROWS_A_TURN = 4096;

/** Bounds the different answers and documents being computed, and how many of those that take long are worked on at a time. */
export class Jobs {
  private readonly underWay = new Map<string, number>();
  private readonly waiting: (() => void)[] = [];
  private working = 0;

  constructor(private readonly most: number) {}

  /**
   * Counts a request for `key` until the function returned is called. Requests for the same are one job.
   * @throws Refusal (503) beyond the limit
   */
  enter(key: string): () => void {
    const count = this.underWay.get(key) ?? 0;
    if (count === 0 && this.underWay.size >= this.most) {
      throw overloaded(`${this.most} answers are being computed, as many as --max-jobs allows`);
    }
    this.underWay.set(key, count + 1);
    let entered = true;
    return () => {
      if (!entered) return;
      entered = false;
      const left = (this.underWay.get(key) ?? 1) - 1;
      if (left === 0) this.underWay.delete(key);
      else this.underWay.set(key, left);
    };
  }

  /** Runs `task`, which waits for nobody, when it is its turn. @throws the signal's reason, and what `task` throws */
  async inTurn<Result>(signal: AbortSignal, task: () => Promise<Result>): Promise<Result> {
    if (this.working === TURNS_AT_ONCE) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.working++;
    try {
      signal.throwIfAborted();
      return await task();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.working--;
      else next();
    }
  }
}

/** Gives other requests their turn. @throws the signal's reason */
export async function takeTurns(signal: AbortSignal): Promise<void> {
  await nextTurn();
  signal.throwIfAborted();
}
