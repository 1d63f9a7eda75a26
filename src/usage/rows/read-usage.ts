import { compareInstants, type Instant, instantOf } from '../../calendar/instant.js';
import { readMessages } from '../../document/messages.js';
import type { Message } from '../../document/records.js';
import { type Amount, compareAmounts, measure } from '../../engine/index.js';
import { createDuplicateCheck } from '../pricing/ids.js';
import { type PricingRequest, priceMessages } from '../pricing/price-messages.js';
import { type DuplicateRule, kindOf, type UsageItem } from '../pricing/priced-row.js';
import {
  matchesMessage,
  matchesRow,
  narrowsMessages,
  type ReportFilterCheck,
  type RowQuery,
  readsText,
  type SortOrder,
} from './row-query.js';

/** Rows of a sorted result that are handed on at a time. */
const ROWS_A_BATCH = 1000;

export interface UsageRequest extends PricingRequest {
  readonly duplicates: DuplicateRule;
  readonly selection: RowQuery;
  /** Sees every row where the query is for one report. */
  readonly filterCheck?: ReportFilterCheck | undefined;
  /** Reads the document; a messages document unless given. */
  readonly readDocument?: ((bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Message[]>) | undefined;
  /** Called with the number of messages of each batch, before any is left out. */
  readonly onRead?: (messages: number) => void;
}

/**
 * The pipeline from the bytes of a messages document to the priced rows of a query. The document is read to its end
 * whatever the limit, since only a whole document is known to be right.
 *
 * @throws DataError, and whatever the source throws
 */
export async function* readUsage(
  bytes: AsyncIterable<Uint8Array>,
  request: UsageRequest,
): AsyncGenerator<UsageItem[]> {
  const { sort, offset, limit = Number.POSITIVE_INFINITY } = request.selection;
  const textsUnread = request.textsUnread === true && !readsText(sort?.field ?? '');
  const priced = priceMessages(selectMessages(bytes, request), { ...request, textsUnread });
  const selected = selectRows(priced, request);
  if (sort === undefined) {
    yield* page(selected, offset, limit);
    return;
  }
  const sorter = createSorter((item: UsageItem) => item, sort, offset + limit);
  for await (const items of selected) sorter.add(items);
  const sorted = sorter.sorted();
  for (let at = offset; at < Math.min(sorted.length, offset + limit); at += ROWS_A_BATCH) {
    yield sorted.slice(at, Math.min(at + ROWS_A_BATCH, offset + limit));
  }
}

/** The messages of a query, but for what their price decides. @throws DataError, and whatever the source throws */
export async function* selectMessages(
  bytes: AsyncIterable<Uint8Array>,
  { duplicates, selection, onRead, readDocument = readMessages }: UsageRequest,
): AsyncGenerator<Message[]> {
  const counts = createDuplicateCheck(duplicates);
  const narrowed = narrowsMessages(selection);
  const isSelected = narrowed
    ? (message: Message) => counts(message) && matchesMessage(message, selection)
    : counts;
  for await (const messages of readDocument(bytes)) {
    onRead?.(messages.length);
    yield duplicates === 'keep' && !narrowed ? messages : filter(messages, isSelected);
  }
}

/** A loop of its own: `Array.prototype.filter` in a generator is never compiled together with what it calls. */
function filter(messages: readonly Message[], isSelected: (message: Message) => boolean): Message[] {
  const selected: Message[] = [];
  for (const message of messages) if (isSelected(message)) selected.push(message);
  return selected;
}

async function* selectRows(
  batches: AsyncIterable<UsageItem[]>,
  { selection, filterCheck }: UsageRequest,
): AsyncGenerator<UsageItem[]> {
  if (selection.report === undefined && selection.kind === undefined) {
    yield* batches;
    return;
  }
  for await (const items of batches) {
    if (filterCheck !== undefined) for (const item of items) filterCheck.add(item);
    yield items.filter((item) => matchesRow(item, selection));
  }
}

async function* page(
  batches: AsyncIterable<UsageItem[]>,
  offset: number,
  limit: number,
): AsyncGenerator<UsageItem[]> {
  let toSkip = offset;
  let left = limit;
  for await (const items of batches) {
    const rows = toSkip === 0 && left >= items.length ? items : items.slice(toSkip, toSkip + left);
    toSkip = Math.max(0, toSkip - items.length);
    left -= rows.length;
    if (rows.length > 0) yield rows;
  }
}

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
