import { compareInstants, type Instant, instantOf } from '../calendar/instant.js';
import { formatAmount } from '../engine/index.js';
import { type CreditPrices, formatCost } from '../rates/money.js';
import type { UsageItem } from '../usage/pricing/priced-row.js';
import { createTotals, type Totals } from '../usage/pricing/sums.js';
import type { Receipt } from './receipt.js';

/** Sums of the rows of an export, and when the latest message was sent. */
export interface ObservedRows {
  readonly totals: Totals;
  /** Of the cost; undefined where a credit has no price. */
  readonly currency: string | undefined;
  readonly last: Instant | undefined;
}

/** Sums up the rows of an export on their way. */
export function observeRows() {
  let totals = createTotals();
  let currency: string | undefined;
  let last: Instant | undefined;

  return {
    /** The same rows; each call begins anew, as the reading of a document does. */
    async *watch(batches: AsyncIterable<UsageItem[]>, prices?: CreditPrices): AsyncGenerator<UsageItem[]> {
      totals = createTotals(prices);
      currency = prices?.currency;
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
    value: (): ObservedRows => ({ totals: totals.value(), currency, last }),
  };
}

/** The sums as a receipt writes them. */
export function rowSums({ totals, currency }: ObservedRows): Receipt['rows'] {
  const sums = (part: Pick<Totals, 'messages' | 'credits'>) => ({
    count: part.messages,
    credits: formatAmount(part.credits),
  });
  return {
    ...sums(totals),
    ...(totals.cost !== undefined && { cost: formatCost(totals.cost), currency }),
    by_kind: {
      report: sums(totals.byKind.report),
      text: sums(totals.byKind.text),
      'missing-report': sums(totals.byKind['missing-report']),
    },
  };
}
