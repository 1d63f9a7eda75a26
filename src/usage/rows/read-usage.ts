import { readMessages } from '../../document/messages.js';
import type { Message } from '../../document/records.js';
import { createDuplicateCheck } from '../pricing/ids.js';
import { type PricingRequest, priceMessages } from '../pricing/price-messages.js';
import type { DuplicateRule, UsageItem } from '../pricing/priced-row.js';
import {
  matchesMessage,
  matchesRow,
  narrowsMessages,
  type ReportFilterCheck,
  type RowQuery,
  readsText,
} from './row-query.js';
import { createSorter } from './sort.js';

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
