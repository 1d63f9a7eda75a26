import type { Kind } from '../usage/item.js';
import type { BillRow } from './bill.js';

export interface Total {
  readonly count: number;
  /** credits × 10^scale of the bill. */
  readonly units: bigint;
}

export interface Totals extends Total {
  readonly byKind: Readonly<Record<Kind, Total>>;
}

/** Exact totals of `rows`, together and by kind. */
export function addRows(rows: Iterable<BillRow>): Totals {
  const byKind = { report: nothing(), text: nothing(), 'missing-report': nothing() };
  for (const { kind, units } of rows) {
    byKind[kind].count += 1;
    byKind[kind].units += units;
  }
  const all = Object.values(byKind);
  return {
    count: all.reduce((sum, total) => sum + total.count, 0),
    units: all.reduce((sum, total) => sum + total.units, 0n),
    byKind,
  };
}

/** The text price's share: messages without a report and those whose report is missing. */
export function pricedByText({ byKind }: Totals): Total {
  const { text, 'missing-report': missing } = byKind;
  return { count: text.count + missing.count, units: text.units + missing.units };
}

function nothing() {
  return { count: 0, units: 0n };
}
