import { addAmounts, formatAmount, parseAmount } from '../engine/index.js';
import type { Receipt, RowSums } from './receipt.js';

/** Something that is not as the receipt says. */
export interface Difference {
  /** The member of the receipt: `output.sha256`. */
  readonly what: string;
  readonly receipt: string;
  readonly found: string;
}

/**
 * What a bill computed again has otherwise. Who made it, with which flags and when it was asked is not compared:
 * those are what it was computed again with.
 */
export function compareReceipts(receipt: Receipt, again: Receipt): Difference[] {
  const found = leavesOf(again, '');
  return [...leavesOf(receipt, '')].flatMap(([what, value]) => {
    if (what === 'program' || what.startsWith('flags.')) return [];
    const other = found.get(what) ?? 'nothing';
    return value === other ? [] : [{ what, receipt: value, found: other }];
  });
}

/** Where a receipt contradicts itself: its sums by kind are not its sums. */
export function contradictions({ rows }: Receipt): Difference[] {
  const kinds = Object.values(rows.by_kind);
  const count = kinds.reduce((sum, kind) => sum + kind.count, 0);
  const credits = kinds.reduce((sum, kind) => addAmounts(sum, amountOf(kind)), amountOf(NOTHING));
  return [
    { what: 'rows.count', receipt: `${rows.count}`, found: `${count}` },
    { what: 'rows.credits', receipt: rows.credits, found: formatAmount(credits) },
  ].filter(({ receipt, found }) => receipt !== found);
}

const NOTHING: RowSums = { count: 0, credits: '0' };

const amountOf = ({ credits }: RowSums) => parseAmount(credits) ?? 0;

function leavesOf(value: unknown, path: string): Map<string, string> {
  if (Array.isArray(value)) return new Map([[path, value.join(' ') || 'none']]);
  if (typeof value !== 'object' || value === null) return new Map([[path, String(value)]]);
  return new Map(
    Object.entries(value).flatMap(([key, member]) => [
      ...leavesOf(member, path === '' ? key : `${path}.${key}`),
    ]),
  );
}
