import { ChunkMessage } from '../../document/plain-message.js';
import type { Message, MessageBytes, ReportId } from '../../document/records.js';
import { type Amount, hundredths } from '../../engine/index.js';
import { copyBytes, isSame, Span, viewOf } from '../../json/spans.js';
import type { MessagePricer } from './message-pricer.js';
import type { UsageItem } from './priced-row.js';
import type { ReportCache } from './reports.js';

/** What rows are priced by. */
export interface RowPricing {
  readonly reports: ReportCache;
  readonly priceByText: MessagePricer;
}

/** By the report where the message names one that exists, else by the text (pricing.md, "Which price applies"). */
function priceRow(message: Message, { reports, priceByText }: RowPricing): UsageItem {
  const report = reports.reportOf(message);
  return { message, report, credits: report === undefined ? priceByText(message) : report.cost };
}

/** A loop of its own: `map` in a generator is never compiled together with what it calls. */
export function priceRows(messages: readonly Message[], pricing: RowPricing): UsageItem[] {
  const items: UsageItem[] = [];
  for (const message of messages) items.push(priceRow(message, pricing));
  return items;
}

/** A batch that waits for reports: its own, or those of the batches before it. */
export interface PendingRows {
  /** Bytes that it holds, about. */
  readonly size: number;
  /** The rows, once the reports have answered. @throws DataError for a row that has no price */
  items(): UsageItem[];
}

/** @param textsUnread nobody will read the texts of the rows, so they need not be held */
export function holdRows(
  messages: readonly Message[],
  pricing: RowPricing,
  textsUnread: boolean,
): PendingRows {
  const packed = textsUnread ? packRows(messages, pricing) : undefined;
  return packed ?? { size: sizeOf(messages), items: () => priceRows(messages, pricing) };
}

/** Of a message's object, about. */
const BYTES_A_MESSAGE = 128;

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
function packRows(messages: readonly Message[], pricing: RowPricing): PendingRows | undefined {
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

function tryPrice(message: Message, { priceByText }: RowPricing): Amount | undefined {
  try {
    return priceByText(message);
  } catch {
    return undefined;
  }
}

/** Timestamps of one length; the prefix that all share is stored once. */
interface PackedTimestamps {
  /** Bytes. */
  readonly size: number;
  /** Bytes of each. */
  readonly width: number;
  /** All of them, one after the other. */
  unpack(): Span;
}

/** Bytes that are compared and copied at a time. */
const STEP = 4;

/** @returns undefined where they differ in length, or a message is not part of a chunk */
function packTimestamps(messages: readonly Message[]): PackedTimestamps | undefined {
  const first = messages[0]?.raw;
  if (first === undefined) return undefined;
  const width = first.timestampEnd - first.timestampStart;
  const places: MessageBytes[] = [];
  let shared = Math.max(width - STEP - (width % STEP), 0);
  for (const { raw } of messages) {
    if (raw === undefined || raw.timestampEnd - raw.timestampStart !== width) return undefined;
    places.push(raw);
    const { view } = raw.span;
    while (shared > 0 && !isSame(first.span.view, first.timestampStart, view, raw.timestampStart, shared)) {
      shared -= STEP;
    }
  }

  const suffix = width - shared;
  const count = places.length;
  const packed = viewOf(new Uint8Array(shared + suffix * count));
  copyBytes(first.span.view, first.timestampStart, packed, 0, shared);
  for (const [row, { span, timestampEnd }] of places.entries()) {
    copyBytes(span.view, timestampEnd - suffix, packed, shared + row * suffix, suffix);
  }

  return {
    size: packed.byteLength,
    width,
    unpack() {
      const unpacked = new Span(Buffer.alloc(width * count));
      for (let row = 0; row < count; row++) {
        copyBytes(packed, 0, unpacked.view, row * width, shared);
        copyBytes(packed, shared + row * suffix, unpacked.view, row * width + shared, suffix);
      }
      return unpacked;
    },
  };
}
