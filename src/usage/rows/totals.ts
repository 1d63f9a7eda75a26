import { type Amount, createTotal } from '../../engine/index.js';
import { type Kind, kindOf, type UsageItem } from '../pricing/priced-row.js';

interface Subtotal {
  readonly count: number;
  /** Credits, exact. */
  readonly credits: Amount;
}

/** Sums of the rows shown. */
export interface Totals extends Subtotal {
  readonly byKind: Readonly<Record<Kind, Subtotal>>;
}

/** Adds up rows as they pass. */
export function createTotals() {
  const kinds = { report: createSubtotal(), text: createSubtotal(), 'missing-report': createSubtotal() };

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
      const all = createTotal();
      let count = 0;
      for (const kind of Object.values(byKind)) {
        count += kind.count;
        all.add(kind.credits);
      }
      return { count, credits: all.value(), byKind };
    },
  };
}

function createSubtotal() {
  const credits = createTotal();
  let count = 0;
  return {
    add(amount: Amount): void {
      count++;
      credits.add(amount);
    },
    value: (): Subtotal => ({ count, credits: credits.value() }),
  };
}
