import { compareInstants, type Instant, instantOf } from '../../calendar/instant.js';
import { type Amount, compareAmounts, measure } from '../../engine/index.js';
import { kindOf, type UsageItem } from '../pricing/priced-row.js';
import type { SortOrder } from './row-query.js';

type Key = number | bigint | string;
interface Entry<Row, KeyType> {
  readonly row: Row;
  readonly key: KeyType;
}

/** Rows collected beyond `limit` before they are sorted and cut: few enough to stay small, enough to sort seldom. */
const SLACK = 4096;

/**
 * Collects rows and gives them back in order; equal rows stay in upstream's order, and rows without the field
 * come last either way. It holds every row, or about `limit` of them where only the first `limit` are wanted.
 */
export function createSorter<Row>(
  itemOf: (row: Row) => UsageItem,
  { field, descending }: SortOrder,
  limit = Number.POSITIVE_INFINITY,
) {
  if (field === 'credits_used') {
    return sorterBy((row: Row): Amount => itemOf(row).credits, compareAmounts, descending, limit);
  }
  if (field === 'timestamp') {
    const instant = (row: Row): Instant => instantOf(itemOf(row).message.timestamp);
    return sorterBy(instant, compareInstants, descending, limit);
  }
  const keyOf = KEYS[field];
  return sorterBy((row: Row) => keyOf(itemOf(row)), compareKeys, descending, limit);
}

function sorterBy<Row, KeyType>(
  keyOf: (row: Row) => KeyType | undefined,
  compare: (a: KeyType, b: KeyType) => number,
  descending: boolean,
  limit: number,
) {
  let entries: Entry<Row, KeyType | undefined>[] = [];

  function compareEntries(a: Entry<Row, KeyType | undefined>, b: Entry<Row, KeyType | undefined>): number {
    if (a.key === undefined || b.key === undefined) {
      return Number(a.key === undefined) - Number(b.key === undefined);
    }
    return descending ? compare(b.key, a.key) : compare(a.key, b.key);
  }

  function sort(): void {
    entries.sort(compareEntries);
    if (entries.length > limit) entries = entries.slice(0, limit);
  }

  return {
    add(rows: readonly Row[]): void {
      for (const row of rows) entries.push({ row, key: keyOf(row) });
      if (entries.length > 2 * limit + SLACK) sort();
    },
    sorted(): Row[] {
      sort();
      return entries.map(({ row }) => row);
    },
  };
}

const KEYS: Record<
  Exclude<SortOrder['field'], 'credits_used' | 'timestamp'>,
  (item: UsageItem) => Key | undefined
> = {
  message_id: ({ message }) => message.id,
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
