import type { Receipt } from './receipt.js';

/** Something that is not as the receipt says. */
export interface Difference {
  /** The member of the receipt: `output.sha256`. */
  readonly what: string;
  readonly receipt: string;
  readonly found: string;
}

/**
 * What a bill computed again has otherwise. Who made it, with which flags and data tables and when it was asked is
 * not compared: those are what it was computed again with.
 */
export function compareReceipts(receipt: Receipt, again: Receipt): Difference[] {
  const found = leavesOf(again, '');
  return [...leavesOf(receipt, '')].flatMap(([what, value]) => {
    if (what === 'program' || /^(flags|tables)\b/.test(what)) return [];
    const other = found.get(what) ?? 'nothing';
    return value === other ? [] : [{ what, receipt: value, found: other }];
  });
}

/** Each value in a receipt by its path; a list is one value. */
export function leavesOf(value: unknown, path: string): Map<string, string> {
  if (Array.isArray(value)) return new Map([[path, value.join(' ') || 'none']]);
  if (value === undefined) return new Map();
  if (typeof value !== 'object' || value === null) return new Map([[path, String(value)]]);
  return new Map(
    Object.entries(value).flatMap(([key, member]) => [
      ...leavesOf(member, path === '' ? key : `${path}.${key}`),
    ]),
  );
}
