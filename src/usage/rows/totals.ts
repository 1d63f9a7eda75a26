import { type CreditPrices, NO_COST } from '../../rates/money.js';
import { type Kind, kindOf, type UsageItem } from '../pricing/priced-row.js';
import { addSums, createSum, type Sum } from '../pricing/sums.js';

/** Sums of the rows shown. */
export interface Totals extends Sum {
  readonly byKind: Readonly<Record<Kind, Sum>>;
}

/** Adds up rows as they pass. @param prices where a credit has one */
export function createTotals(prices?: CreditPrices) {
  const none = prices && NO_COST;
  const kinds = { report: createSum(none), text: createSum(none), 'missing-report': createSum(none) };

  return {
    add(items: readonly UsageItem[]): void {
      for (const item of items) kinds[kindOf(item)].add(item.credits, 1, prices?.priceOf(item.message));
    },
    value(): Totals {
      const byKind = {
        report: kinds.report.value(),
        text: kinds.text.value(),
        'missing-report': kinds['missing-report'].value(),
      };
      return { ...addSums(Object.values(byKind)), byKind };
    },
  };
}
