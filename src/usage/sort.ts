import { type Amount, compareAmounts, measure } from '../engine/index.js';
import { instantOf } from '../source/timestamp.js';
import { kindOf, type UsageItem } from './item.js';
import type { Sorting } from './selection.js';

type Key = number | bigint | string;
interface Entry<KeyType> {
  readonly item: UsageItem;
  readonly key: KeyType;
}

/** Rows sorted at a time into the ones kept, beyond those kept: few enough to stay small, enough to sort seldom. */
const SLACK = 4096;

/**
 * Collects rows and gives them back in order; equal rows stay in upstream's order, and rows without the field
 * come last either way. It holds every row, or about `keep` of them where only the first `keep` are wanted.
 */
export function createSorter(sorting: Sorting, keep = Number.POSITIVE_INFINITY) {
  return sorting.field === 'credits_used'
    ? sorterBy<Amount>(({ credits }) => credits, compareAmounts, sorting.descending, keep)
    : sorterBy<Key>(KEYS[sorting.field], compareKeys, sorting.descending, keep);
}

function sorterBy<KeyType>(
  keyOf: (item: UsageItem) => KeyType | undefined,
  compare: (a: KeyType, b: KeyType) => number,
  descending: boolean,
  keep: number,
) {
  let entries: Entry<KeyType | undefined>[] = [];

  function order(a: Entry<KeyType | undefined>, b: Entry<KeyType | undefined>): number {
    if (a.key === undefined || b.key === undefined) {
      return Number(a.key === undefined) - Number(b.key === undefined);
    }
    return descending ? compare(b.key, a.key) : compare(a.key, b.key);
  }

  function sort(): void {
    entries.sort(order);
    if (entries.length > keep) entries = entries.slice(0, keep);
  }

  return {
    add(items: readonly UsageItem[]): void {
      for (const item of items) entries.push({ item, key: keyOf(item) });
      if (entries.length > 2 * keep + SLACK) sort();
    },
    sorted(): UsageItem[] {
      sort();
      return entries.map(({ item }) => item);
    },
  };
}

const KEYS: Record<Exclude<Sorting['field'], 'credits_used'>, (item: UsageItem) => Key | undefined> = {
  message_id: ({ message }) => message.id,
  timestamp: ({ message }) => instantOf(message.timestamp),
  report_name: ({ report }) => report?.name,
  report_id: ({ message }) => message.reportId,
  kind: kindOf,
  characters: ({ message }) => measure(message.text).characters,
  text: ({ message }) => message.text,
};

/** Numbers by size and before texts; texts by UTF-16 unit, the same in every locale. */
function compareKeys(a: Key, b: Key): number {
  if (typeof a !== typeof b && (typeof a === 'string' || typeof b === 'string')) {
    return typeof a === 'string' ? 1 : -1;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}
