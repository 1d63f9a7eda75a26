import { readMessages } from '../../document/messages.js';
import type { Message } from '../../document/records.js';
import { createDuplicateCheck } from '../pricing/duplicates.js';
import { type PricingRequest, priceMessages } from '../pricing/price-messages.js';
import type { DuplicateRule, UsageItem } from '../pricing/priced-row.js';
import type { ReportFilterCheck } from './row-query.js';
import { matchesMessage, matchesRow, narrowsMessages, type RowQuery, readsText } from './row-query.js';
import { createSorter } from './sort.js';

/** Rows that a sorted result is given back by. */
const ROWS_A_BATCH = 1000;

export interface UsageRequest extends PricingRequest {
  readonly duplicates: DuplicateRule;
  readonly selection: RowQuery;
  /** Told of every row where the selection is of a report. */
  readonly filterCheck?: ReportFilterCheck | undefined;
  /** Reads the document; a messages document unless said. */
  readonly readDocument?: (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Message[]>;
  /** Told how many messages a batch brought, before any is left out. */
  readonly onRead?: (messages: number) => void;
}

/**
 * The road: the bytes of a messages document become priced rows, in upstream's order unless sorting was asked
 * for. The document is read to its end whatever the limit, since only a whole document is known to be right.
 *
 * @throws DataError, and whatever the source throws
 */
export async function* readUsage(
  bytes: AsyncIterable<Uint8Array>,
  request: UsageRequest,
): AsyncGenerator<UsageItem[]> {
  const { selection } = request;
  const textsUnread = request.textsUnread === true && !readsText(selection.sort?.field ?? '');
  const priced = priceMessages(countedMessages(bytes, request), { ...request, textsUnread });
  const wanted = selectRows(priced, request);
  if (selection.sort === undefined) {
    yield* page(wanted, selection);
    return;
  }
  const sorter = createSorter(
    selection.sort,
    selection.offset + (selection.limit ?? Number.POSITIVE_INFINITY),
  );
  for await (const items of wanted) sorter.add(items);
  yield* page(inBatches(sorter.sorted()), selection);
}

async function* countedMessages(
  bytes: AsyncIterable<Uint8Array>,
  { duplicates, selection, onRead, readDocument = readMessages }: UsageRequest,
): AsyncGenerator<Message[]> {
  const counts = createDuplicateCheck(duplicates);
  const narrows = narrowsMessages(selection);
  const keep = narrows ? (message: Message) => counts(message) && matchesMessage(message, selection) : counts;
  for await (const messages of readDocument(bytes)) {
    onRead?.(messages.length);
    yield duplicates === 'keep' && !narrows ? messages : keptOf(messages, keep);
  }
}

/** A loop of its own: `filter` in a generator is never compiled together with what it calls. */
function keptOf(messages: readonly Message[], keep: (message: Message) => boolean): Message[] {
  const kept: Message[] = [];
  for (const message of messages) if (keep(message)) kept.push(message);
  return kept;
}

async function* selectRows(
  batches: AsyncIterable<UsageItem[]>,
  { selection, filterCheck: reportWatch }: UsageRequest,
): AsyncGenerator<UsageItem[]> {
  if (selection.report === undefined && selection.kind === undefined) {
    yield* batches;
    return;
  }
  for await (const items of batches) {
    if (reportWatch !== undefined) for (const item of items) reportWatch.add(item);
    yield items.filter((item) => matchesRow(item, selection));
  }
}

async function* page(
  batches: AsyncIterable<UsageItem[]> | Iterable<UsageItem[]>,
  { offset, limit }: RowQuery,
): AsyncGenerator<UsageItem[]> {
  let toSkip = offset;
  let left = limit ?? Number.POSITIVE_INFINITY;
  for await (const items of batches) {
    const rows = toSkip === 0 && left >= items.length ? items : items.slice(toSkip, toSkip + left);
    toSkip = Math.max(0, toSkip - items.length);
    left -= rows.length;
    if (rows.length > 0) yield rows;
  }
}

function* inBatches(items: readonly UsageItem[]): Generator<UsageItem[]> {
  for (let first = 0; first < items.length; first += ROWS_A_BATCH) {
    yield items.slice(first, first + ROWS_A_BATCH);
  }
}
