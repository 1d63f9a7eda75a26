import { compareInstants, instantOf } from '../../calendar/instant.js';
import { readMessages } from '../../document/messages.js';
import type { Message } from '../../document/records.js';
import { compareAmounts, measure } from '../../engine/index.js';
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

interface Entry<Row, Key> {
  readonly row: Row;
  /** Undefined where the row does not have the field. */
  readonly key: Key | undefined;
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
  return SORTERS[field](itemOf, descending, limit);
}

function sorterBy<Key>(keyOf: (item: UsageItem) => Key | undefined, compare: (a: Key, b: Key) => number) {
  return <Row>(itemOf: (row: Row) => UsageItem, descending: boolean, limit: number) => {
    let entries: Entry<Row, Key>[] = [];

    function compareEntries(a: Entry<Row, Key>, b: Entry<Row, Key>): number {
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
        for (const row of rows) entries.push({ row, key: keyOf(itemOf(row)) });
        if (entries.length > 2 * limit + SLACK) sort();
      },
      sorted(): Row[] {
        sort();
        return entries.map(({ row }) => row);
      },
    };
  };
}

const SORTERS = {
  message_id: sorterBy(({ message }) => message.id, compareKeys),
  timestamp: sorterBy(({ message }) => instantOf(message.timestamp), compareInstants),
  report_name: sorterBy(({ report }) => report?.name, compareKeys),
  credits_used: sorterBy(({ credits }) => credits, compareAmounts),
  report_id: sorterBy(({ message }) => message.reportId, compareKeys),
  kind: sorterBy(kindOf, compareKeys),
  characters: sorterBy(({ message }) => measure(message.text).characters, compareKeys),
  text: sorterBy(({ message }) => message.text, compareKeys),
} satisfies Record<SortOrder['field'], unknown>;

/** Numbers by size and before texts; texts by UTF-16 unit, the same in every locale. */
function compareKeys(a: number | bigint | string, b: number | bigint | string): number {
  if (typeof a !== typeof b && (typeof a === 'string' || typeof b === 'string')) {
    return typeof a === 'string' ? 1 : -1;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}
