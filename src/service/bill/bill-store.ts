import { LRUCache } from 'lru-cache';
import { singleFlight } from '../single-flight.js';
import type { Bill } from './bill.js';

/** Bytes of bills kept for the next request of the same query. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Bytes counted for a bill beside its body, so that many empty ones have a bound too. */
const OVERHEAD = 1024;

/** Bills by query, for as long as the messages that they were made of may be served. */
export function createBillStore() {
  const flight = singleFlight<Bill>();
  const bills = new LRUCache<string, Bill>({
    maxSize: MOST_BYTES,
    sizeCalculation: (bill, key) => bill.size + key.length + OVERHEAD,
    // Later, since those who wait for a bill take hold of it before the next turn only.
    dispose: retireLater,
  });

  return {
    /** A bill that is still fresh. */
    find(key: string): Bill | undefined {
      const bill = bills.get(key);
      if (bill === undefined || performance.now() < bill.freshUntil) return bill;
      bills.delete(key);
      return undefined;
    },

    /**
     * Makes a bill, once however many want it at the same time. Whoever gets one that is kept outside of memory
     * takes a lease at once.
     * @throws what `make` throws
     */
    make(key: string, make: () => Promise<Bill>): Promise<Bill> {
      return flight(key, async () => {
        const bill = await make();
        bills.set(key, bill);
        if (!bills.has(key)) retireLater(bill);
        return bill;
      });
    },

    close: () => bills.clear(),
  };
}

export type BillStore = ReturnType<typeof createBillStore>;

function retireLater({ body }: Bill): void {
  if (!Buffer.isBuffer(body)) setImmediate(body.retire);
}
