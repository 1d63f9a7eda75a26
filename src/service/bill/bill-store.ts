import { LRUCache } from 'lru-cache';
import type { PeriodDocument } from '../period/period-document.js';
import type { MemoryBudget } from '../work/memory-budget.js';
import { SharedWork } from '../work/shared-work.js';
import type { Bill } from './bill.js';

/** The share of the budget that bills kept for the next request of the same query may take. */
const SHARE = 1 / 2;
/** Bytes counted for a bill beside its body, so that many empty ones have a bound too. */
const OVERHEAD = 1024;

/** Bills by query and by the document that they were made of. */
export class BillStore {
  private readonly work = new SharedWork<Bill>();
  private readonly bills: LRUCache<string, Bill>;

  constructor(budget: MemoryBudget) {
    this.bills = new LRUCache({
      maxSize: Math.ceil(budget.limit * SHARE),
      sizeCalculation: (bill, key) => bill.size + key.length + OVERHEAD,
      dispose: (bill) => bill.retire(),
    });
    budget.addCache(() => this.bills.pop() !== undefined);
  }

  /** A bill that is still fresh. */
  find(document: PeriodDocument, query: string): Bill | undefined {
    const key = keyOf(document, query);
    const bill = this.bills.get(key);
    if (bill === undefined || performance.now() < bill.freshUntil) return bill;
    this.bills.delete(key);
    return undefined;
  }

  /**
   * Makes a bill, once however many want it at the same time. Whoever gets one that is kept outside of memory
   * takes a reference at once.
   *
   * @param signal of the request; `make` gets one that is aborted when nobody waits any more
   * @throws what `make` throws, and the signal's reason
   */
  make(
    document: PeriodDocument,
    query: string,
    signal: AbortSignal,
    make: (signal: AbortSignal) => Promise<Bill>,
  ): Promise<Bill> {
    const key = keyOf(document, query);
    return this.work.run(key, signal, async (workSignal) => {
      const bill = await make(workSignal);
      // Until those who wait for it have leases of their own, which they take before the next turn.
      if ('acquire' in bill.body) setImmediate(bill.body.acquire().release);
      this.bills.set(key, bill);
      if (this.bills.peek(key) !== bill) bill.retire();
      return bill;
    });
  }

  close(): void {
    this.bills.clear();
  }
}

function keyOf({ number }: PeriodDocument, query: string): string {
  return `${number} ${query}`;
}
