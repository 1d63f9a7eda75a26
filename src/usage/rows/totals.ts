import { type Amount, createTotal } from '../../engine/index.js';
import { type Kind, kindOf, type UsageItem } from '../pricing/priced-row.js';

/** Sums of the rows shown. */
export interface Totals {
  readonly count: number;
  /** Credits, exact. */
  readonly credits: Amount;
  readonly byKind: Readonly<Record<Kind, { readonly count: number; readonly credits: Amount }>>;
}

/** Adds up rows as they pass. */
export function createTotals() {
  const kinds = {
    report: { count: 0, credits: createTotal() },
    text: { count: 0, credits: createTotal() },
    'missing-report': { count: 0, credits: createTotal() },
  };

  return {
    add(items: readonly UsageItem[]): void {
      for (const item of items) {
        const kind = kinds[kindOf(item)];
        kind.count++;
        kind.credits.add(item.credits);
      }
    },
    value(): Totals {
      const all = createTotal();
      let count = 0;
      for (const kind of Object.values(kinds)) {
        count += kind.count;
        all.add(kind.credits.value());
      }
      const of = (kind: Kind) => ({ count: kinds[kind].count, credits: kinds[kind].credits.value() });
      return {
        count,
        credits: all.value(),
        byKind: { report: of('report'), text: of('text'), 'missing-report': of('missing-report') },
      };
    },
  };
}
