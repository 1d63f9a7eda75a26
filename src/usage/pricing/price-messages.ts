import { setImmediate } from 'node:timers/promises';
import { ChunkMessage } from '../../document/plain-message.js';
import type { Message, MessageBytes, ReportId } from '../../document/records.js';
import { type Amount, hundredths } from '../../engine/index.js';
import { copyBytes, isSame, Span, viewOf } from '../../json/spans.js';
import type { MessagePricer } from './message-pricer.js';
import type { UsageItem } from './priced-row.js';
import type { ReportCache } from './reports.js';

/**
 * Bytes held behind the first report that has not answered, so that reports are requested as early as the messages
 * arrive, and pricing goes on meanwhile. This bounds memory where reports are slow.
 */
const LOOK_AHEAD = 24 * 1024 * 1024;
/** Of a report that was not requested yet, in the cache and in its queue, about. */
const BYTES_A_REPORT = 128;

/** What rows are priced by. */
export interface PricingRequest {
  readonly reports: ReportCache;
  readonly priceByText: MessagePricer;
  /** Nobody reads the texts of the rows, so those that wait for a report need not hold them. */
  readonly textsUnread?: boolean | undefined;
}

interface QueuedBatch {
  readonly rows: PendingRows;
  ready: boolean;
  readonly answered: Promise<unknown>;
}

/**
 * Prices messages batch by batch, in their order.
 *
 * @throws the first error of the messages or of a report
 */
export async function* priceMessages(
  batches: AsyncIterable<readonly Message[]>,
  request: PricingRequest,
): AsyncGenerator<UsageItem[]> {
  const { reports, textsUnread = false } = request;
  const queue: QueuedBatch[] = [];
  let queuedBytes = 0;

  const isFull = () => queuedBytes + reports.progress().waiting * BYTES_A_REPORT > LOOK_AHEAD;

  function enqueue(messages: readonly Message[], answered: Promise<unknown> | undefined): void {
    const batch: QueuedBatch = {
      rows: (textsUnread ? packRows(messages, request) : undefined) ?? unpackedRows(messages, request),
      ready: answered === undefined,
      answered: Promise.resolve(answered).then(() => {
        batch.ready = true;
      }),
    };
    queue.push(batch);
    queuedBytes += batch.rows.size;
  }

  /** Takes batches off the queue while `isDue` says so of the first. */
  async function* dequeue(isDue: (first: QueuedBatch) => boolean): AsyncGenerator<UsageItem[]> {
    for (let first = queue[0]; first !== undefined && isDue(first); first = queue[0]) {
      await first.answered;
      queue.shift();
      reports.check();
      queuedBytes -= first.rows.size;
      yield first.rows.items();
    }
  }

  for await (const messages of batches) {
    reports.check();
    const answered = reports.request(messages);
    if (answered === undefined && queue.length === 0) {
      yield priceRows(messages, request);
      continue;
    }
    enqueue(messages, answered);
    yield* dequeue(({ ready }) => ready || isFull());
    // Answers come in between: Node reads up to 2 MB from a fast socket before it looks at another.
    if (queue.length > 0) await setImmediate();
  }
  yield* dequeue(() => true);
}

/** By the report where the message names one that exists, else by the text (pricing.md, "Which price applies"). */
function priceRow(message: Message, { reports, priceByText }: PricingRequest): UsageItem {
  const report = reports.reportOf(message);
  return { message, report, credits: report === undefined ? priceByText(message) : report.cost };
}

/** A loop of its own: `map` in a generator is never compiled together with what it calls. */
function priceRows(messages: readonly Message[], pricing: PricingRequest): UsageItem[] {
  const items: UsageItem[] = [];
  for (const message of messages) items.push(priceRow(message, pricing));
  return items;
}

/** A batch that waits for reports: its own, or those of the batches before it. */
interface PendingRows {
  /** Bytes that it holds, about. */
  readonly size: number;
  /** The rows, once the reports have answered. @throws DataError for a row that has no price */
  items(): UsageItem[];
}

/** Of a message's object, about. */
const BYTES_A_MESSAGE = 128;

/** A function of its own: in `enqueue` what waits for the reports would hold the messages of packed rows too. */
function unpackedRows(messages: readonly Message[], pricing: PricingRequest): PendingRows {
  return { size: sizeOf(messages), items: () => priceRows(messages, pricing) };
}

/** A batch shares the bytes of the chunk it arrived in. */
function sizeOf(messages: readonly Message[]): number {
  const [first] = messages;
  const bytes = first?.raw?.span.bytes.length ?? (first?.text.length ?? 0) * messages.length;
  return bytes + messages.length * BYTES_A_MESSAGE;
}

/** Of a packed row, beside its timestamp: an id and an amount. */
const BYTES_A_ROW = 12;
/** The highest amount that is packed, in hundredths of a credit. */
const MAX_AMOUNT = 2 ** 31 - 1;
/** Of a row that names a report, beside that: its index, and a number for the id. */
const BYTES_A_NAMED_ROW = 16;
/** Of an id that is not a number, beside its characters, about. */
const BYTES_A_STRING = 24;

/**
 * Prices the texts at once, also of messages with a report since it may be missing, and stores column by column what
 * a row shows: a sixth of the message, and no longer the chunk that it arrived in.
 *
 * @returns undefined where a message does not fit into the columns, or has no price: `items` throws the error then,
 *   after the rows before it were written
 */
function packRows(messages: readonly Message[], pricing: PricingRequest): PendingRows | undefined {
  const timestamps = packTimestamps(messages);
  if (timestamps === undefined) return undefined;
  const { length } = messages;
  const ids = new Float64Array(length);
  const prices = new Int32Array(length);
  /** The indexes of the rows that name a report, and in the same order the reports' ids. */
  const named: number[] = [];
  const reportIds: ReportId[] = [];
  let size = length * BYTES_A_ROW + timestamps.size;

  for (const [row, message] of messages.entries()) {
    const { id, reportId } = message;
    if (typeof id !== 'number') return undefined;
    const price = tryPrice(message, pricing);
    if (typeof price !== 'number' || price > MAX_AMOUNT) return undefined;
    ids[row] = id;
    prices[row] = price;
    if (reportId === undefined) continue;
    named.push(row);
    reportIds.push(reportId);
    size += BYTES_A_NAMED_ROW;
    if (typeof reportId !== 'number') size += BYTES_A_STRING + String(reportId).length;
  }

  return {
    size,
    items() {
      const unpacked = timestamps.unpack();
      let next = 0;
      return Array.from(prices, (price, row) => {
        const at = row * timestamps.width;
        const end = at + timestamps.width;
        const reportId = named[next] === row ? reportIds[next++] : undefined;
        const message = new ChunkMessage(ids[row] ?? 0, reportId, unpacked, at, end, false, 0, 0, undefined);
        return priceRow(message, { reports: pricing.reports, priceByText: () => hundredths(price) });
      });
    },
  };
}

function tryPrice(message: Message, { priceByText }: PricingRequest): Amount | undefined {
  try {
    return priceByText(message);
  } catch {
    return undefined;
  }
}

/** Bytes that are compared and copied at a time. */
const STEP = 4;

/**
 * Timestamps of one length; the prefix that all share is stored once.
 *
 * @returns undefined where they differ in length, or a message is not part of a chunk
 */
function packTimestamps(messages: readonly Message[]) {
  const first = messages[0]?.raw;
  if (first === undefined) return undefined;
  const width = first.timestampEnd - first.timestampStart;
  const found: MessageBytes[] = [];
  let shared = Math.max(width - STEP - (width % STEP), 0);
  for (const { raw } of messages) {
    if (raw === undefined || raw.timestampEnd - raw.timestampStart !== width) return undefined;
    found.push(raw);
    const { view } = raw.span;
    while (shared > 0 && !isSame(first.span.view, first.timestampStart, view, raw.timestampStart, shared)) {
      shared -= STEP;
    }
  }

  const suffix = width - shared;
  const count = found.length;
  const packed = viewOf(new Uint8Array(shared + suffix * count));
  copyBytes(first.span.view, first.timestampStart, packed, 0, shared);
  for (const [row, { span, timestampEnd }] of found.entries()) {
    copyBytes(span.view, timestampEnd - suffix, packed, shared + row * suffix, suffix);
  }

  return {
    size: packed.byteLength,
    width,
    /** All of them, one after the other. */
    unpack(): Span {
      const unpacked = new Span(Buffer.alloc(width * count));
      for (let row = 0; row < count; row++) {
        copyBytes(packed, 0, unpacked.view, row * width, shared);
        copyBytes(packed, shared + row * suffix, unpacked.view, row * width + shared, suffix);
      }
      return unpacked;
    },
  };
}

/** Items in batches of `size`, each as `convert` makes it. */
export async function* inBatches<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  size: number,
  convert: (item: Item) => Result,
): AsyncGenerator<Result[]> {
  let batch: Result[] = [];
  for await (const item of items) {
    batch.push(convert(item));
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
