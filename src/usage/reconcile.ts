import {
  type Amount,
  addAmounts,
  compareAmounts,
  createTotal,
  parseAmount,
  subtractAmounts,
  toDecimal,
} from '../engine/index.js';
import type { ExportRow } from '../source/export/export-row.js';
import type { Cause } from './causes/cause.js';
import { createCopyCause } from './causes/copies.js';
import { createMissingReportsCause } from './causes/missing-reports.js';
import { createOtherMonthsCause } from './causes/other-months.js';
import type { TimeZone } from './time-zone.js';

/** A bill held against the amount of an invoice. */
export interface Reconciliation {
  readonly invoice: Amount;
  readonly messages: number;
  /** Credits, exact. */
  readonly total: Amount;
  /** Invoice minus total. */
  readonly difference: Amount;
  /** What could explain a difference, whether there is one or not. */
  readonly causes: readonly Cause[];
  /** The fewest causes that together make the difference exactly; undefined where none do. */
  readonly closedBy: readonly Cause[] | undefined;
}

/**
 * Adds up a bill and what about it is a matter of rules.
 *
 * @param countCopies whether messages whose id stands twice are in the total with each copy
 */
export function createReconciliation(zone: TimeZone, countCopies: boolean) {
  const copies = createCopyCause(countCopies);
  const others = [createMissingReportsCause(), createOtherMonthsCause(zone)];
  const total = createTotal();
  let messages = 0;

  return {
    add(rows: readonly ExportRow[]): void {
      for (const row of rows) {
        const isCopy = copies.add(row);
        if (isCopy && !countCopies) continue;
        messages++;
        total.add(row.credits);
        for (const cause of others) cause.add(row);
      }
    },
    value(invoice: Amount): Reconciliation {
      const sum = total.value();
      const difference = subtractAmounts(invoice, sum);
      const causes = [copies, ...others].flatMap((cause) => cause.value() ?? []);
      const rounding = roundingOf(sum, invoice, difference);
      const all = rounding === undefined ? causes : [rounding, ...causes];
      const closedBy = compareAmounts(difference, 0) === 0 ? undefined : fewestClosing(all, difference);
      return { invoice, messages, total: sum, difference, causes: all, closedBy };
    },
  };
}

/** An invoice that is the total with fewer decimals, however it was rounded. */
function roundingOf(total: Amount, invoice: Amount, difference: Amount): Cause | undefined {
  if (compareAmounts(difference, 0) === 0) return undefined;
  const decimals = Math.max(2, toDecimal(invoice).decimalPlaces());
  const unit = parseAmount(`1e-${decimals}`) ?? 0;
  const apart = compareAmounts(difference, 0) < 0 ? subtractAmounts(0, difference) : difference;
  const finer = toDecimal(total).decimalPlaces() > decimals;
  return finer && compareAmounts(apart, unit) < 0
    ? { cause: 'rounding', messages: 0, credits: 0, effect: difference, decimals }
    : undefined;
}

function fewestClosing(causes: readonly Cause[], difference: Amount): readonly Cause[] | undefined {
  const subsets: Cause[][] = [[]];
  for (const cause of causes) subsets.push(...subsets.map((subset) => [...subset, cause]));
  return subsets
    .filter((subset) => {
      const effect = subset.reduce<Amount>((sum, cause) => addAmounts(sum, cause.effect), 0);
      return subset.length > 0 && compareAmounts(effect, difference) === 0;
    })
    .sort((a, b) => a.length - b.length)[0];
}
