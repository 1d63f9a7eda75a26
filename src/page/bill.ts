import type { PageMeta, PageRow } from './contract.js';
import { fractionDigits, toDigits, toUnits } from './exact.js';

/** A row with what sorting and adding need. */
export interface BillRow extends PageRow {
  /** Its place as received. */
  readonly index: number;
  /** credits × 10^scale of the bill. */
  readonly units: bigint;
}

export interface Bill {
  readonly meta: PageMeta;
  readonly rows: readonly BillRow[];
  /** Decimals carried by every `units`. */
  readonly scale: number;
}

/**
 * The rows, ready to be added. Throws a RangeError when they do not add up to the total and count that the
 * page states: a file that was cut or changed must not look like a bill.
 */
export function readBill(meta: PageMeta, rows: readonly PageRow[]): Bill {
  const scale = rows.reduce(
    (most, row) => Math.max(most, fractionDigits(row.credits)),
    fractionDigits(meta.total),
  );
  const counted = rows.map((row, index) => ({ ...row, index, units: toUnits(row.credits, scale) }));
  const total = counted.reduce((sum, row) => sum + row.units, 0n);
  if (rows.length !== meta.count) {
    throw new RangeError(`it holds ${rows.length} messages of ${meta.count}`);
  }
  if (total !== toUnits(meta.total, scale)) {
    throw new RangeError(`its messages add up to ${toDigits(total, scale)} credits, not ${meta.total}`);
  }
  return { meta, rows: counted, scale };
}
