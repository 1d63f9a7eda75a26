import { compareInstants, type Instant, instantOf } from '../calendar/instant.js';
import { formatAmount } from '../engine/index.js';
import type { UsageItem } from '../usage/pricing/priced-row.js';
import { createTotals, type Totals } from '../usage/rows/totals.js';
import type { Receipt } from './receipt.js';

/** Sums of the rows of an export, and when the latest message was sent. */
export interface ObservedRows {
  readonly totals: Totals;
  readonly last: Instant | undefined;
}

/** Sums up the rows of an export on their way. */
export function observeRows() {
  let totals = createTotals();
  let last: Instant | undefined;

  return {
    /** The same rows; each call begins anew, as the reading of a document does. */
    async *watch(batches: AsyncIterable<UsageItem[]>): AsyncGenerator<UsageItem[]> {
      totals = createTotals();
      last = undefined;
      for await (const items of batches) {
        totals.add(items);
        for (const { message } of items) {
          const instant = instantOf(message.timestamp);
          if (last === undefined || compareInstants(instant, last) > 0) last = instant;
        }
        yield items;
      }
    },
    value: (): ObservedRows => ({ totals: totals.value(), last }),
  };
}

/** The sums as a receipt writes them. */
export function rowSums(totals: Totals): Receipt['rows'] {
  const sums = (part: Pick<Totals, 'messages' | 'credits'>) => ({
    count: part.messages,
    credits: formatAmount(part.credits),
  });
  return {
    ...sums(totals),
    by_kind: {
      report: sums(totals.byKind.report),
      text: sums(totals.byKind.text),
      'missing-report': sums(totals.byKind['missing-report']),
    },
  };
}
