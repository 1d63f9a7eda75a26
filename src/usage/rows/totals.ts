import { type Kind, kindOf, type UsageItem } from '../pricing/priced-row.js';
import { addSums, createSum, type Sum } from '../pricing/sums.js';

/** Sums of the rows shown. */
export interface Totals extends Sum {
  readonly byKind: Readonly<Record<Kind, Sum>>;
}

/** Adds up rows as they pass. */
export function createTotals() {
  const kinds = { report: createSum(), text: createSum(), 'missing-report': createSum() };

  return {
    add(items: readonly UsageItem[]): void {
      for (const item of items) kinds[kindOf(item)].add(item.credits);
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
