import { LRUCache } from 'lru-cache';
import type { PeriodDocument } from '../period/period-document.js';
import type { MemoryBudget } from '../shared/memory-budget.js';
import { SharedWork } from '../shared/shared-work.js';
import type { Answer } from './answer.js';

/** The share of the budget that answers for the next request of the same query may take. */
const SHARE = 1 / 2;
/** Bytes counted for an answer beside its body, so that many empty ones have a bound too. */
const OVERHEAD = 1024;

interface Entry {
  readonly answer: Answer;
  /** The number of the document that it was made of. */
  readonly document: number;
}

/** The latest answer to each query. */
export class AnswerStore {
  private readonly work = new SharedWork<Answer>();
  private readonly entries: LRUCache<string, Entry>;

  constructor(budget: MemoryBudget) {
    this.entries = new LRUCache({
      maxSize: Math.ceil(budget.limit * SHARE),
      sizeCalculation: ({ answer }, query) => answer.size + query.length + OVERHEAD,
      dispose: ({ answer }) => answer.retire(),
    });
    budget.addCache(() => this.entries.pop() !== undefined);
  }

  /** An answer made of this document that was fresh at `time`. */
  find({ number }: PeriodDocument, query: string, time: number): Answer | undefined {
    const entry = this.entries.get(query);
    if (entry === undefined || entry.document !== number || time >= entry.answer.freshUntil) return undefined;
    return entry.answer;
  }

  /**
   * Makes an answer, once however many want it at the same time. Whoever gets one whose body is outside of memory takes a
   * reference at once.
   *
   * @param signal of the request; `make` gets one that is aborted when nobody waits any more
   * @throws what `make` throws, and the signal's reason
   */
  make(
    { number }: PeriodDocument,
    query: string,
    signal: AbortSignal,
    make: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> {
    return this.work.run(`${number} ${query}`, signal, async (workSignal) => {
      const answer = await make(workSignal);
      // Until those who wait for it have references of their own, which they take before the next turn.
      if ('acquire' in answer.body) setImmediate(answer.body.acquire().release);
      const entry = { answer, document: number };
      this.entries.set(query, entry);
      if (this.entries.peek(query) !== entry) answer.retire();
      return answer;
    });
  }

  close(): void {
    this.entries.clear();
  }
}
