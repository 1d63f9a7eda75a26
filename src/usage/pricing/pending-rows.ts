import type { Amount } from '../../engine/index.js';
import { copyBytes, isSame, viewOf } from '../../source/bytes.js';
import { ChunkMessage } from '../../source/document/chunk-message.js';
import { Stretch } from '../../source/document/stretch.js';
import type { Message, Place, ReportId } from '../../source/message.js';
import type { MessagePricer } from './message-pricer.js';
import type { UsageItem } from './priced-row.js';
import type { ReportBook } from './reports.js';

/** A batch that waits for reports: its own, or those of the batches before it. */
export interface WaitingRows {
  /** Bytes that it holds, about. */
  readonly size: number;
  /** The rows, once the reports have answered. @throws DataError for a row that has no price */
  items(): UsageItem[];
}

/** What rows are priced by. */
export interface RowPricing {
  readonly reports: ReportBook;
  readonly priceByText: MessagePricer;
}

/** Of a message's object, about. */
const BYTES_A_MESSAGE = 128;

/** A loop of its own: `map` in a generator is never compiled together with what it calls. */
export function priceRows(messages: readonly Message[], pricing: RowPricing): UsageItem[] {
  const items: UsageItem[] = [];
  for (const message of messages) items.push(priceRow(message, pricing));
  return items;
}

/** By the report where the message names one that exists, else by the text (pricing.md, "Which price applies"). */
function priceRow(message: Message, { reports, priceByText }: RowPricing): UsageItem {
  const report = reports.priceOf(message);
  return { message, report, credits: report === undefined ? priceByText(message) : report.cost };
}

/** Keeps the messages as they are. */
export function holdRows(messages: readonly Message[], pricing: RowPricing): WaitingRows {
  return { size: sizeOf(messages), items: () => priceRows(messages, pricing) };
}

/** A batch shares the bytes of the chunk it arrived in. */
function sizeOf(messages: readonly Message[]): number {
  const [first] = messages;
  const bytes = first?.place?.chunk.bytes.length ?? (first?.text.length ?? 0) * messages.length;
  return bytes + messages.length * BYTES_A_MESSAGE;
}

/** Of a row, beside its timestamp: an id and an amount. */
const BYTES_A_ROW = 12;
/** The highest amount kept, in hundredths of a credit. */
const MOST = 2 ** 31 - 1;
/** Of a row that names a report, beside that: where it is, and a number for the id. */
const BYTES_A_NAMED_ROW = 16;
/** Of an id that is no number, beside its characters, about. */
const BYTES_A_STRING = 24;

/**
 * Prices the texts at once, also of messages with a report since it may be missing, and keeps column by column what
 * a row shows: a sixth of the message, and no longer the chunk that it arrived in.
 *
 * @returns undefined for messages out of the ordinary, and where one has no price: its turn to be refused comes later
 */
export function packRows(messages: readonly Message[], pricing: RowPricing): WaitingRows | undefined {
  const timestamps = packTimestamps(messages);
  if (timestamps === undefined) return undefined;
  const { length } = messages;
  const ids = new Float64Array(length);
  const prices = new Int32Array(length);
  /** The rows that name a report, and in the same order what they name. */
  const named: number[] = [];
  const reportIds: ReportId[] = [];

  for (const [row, message] of messages.entries()) {
    if (typeof message.id !== 'number') return undefined;
    const price = priceOrNone(message, pricing);
    if (typeof price !== 'number' || price > MOST) return undefined;
    ids[row] = message.id;
    prices[row] = price;
    if (message.reportId === undefined) continue;
    named.push(row);
    reportIds.push(message.reportId);
  }

  return {
    size: length * BYTES_A_ROW + timestamps.size + sizeOfIds(reportIds),
    items() {
      const unpacked = timestamps.unpack();
      let next = 0;
      return Array.from(prices, (price, row) => {
        const at = row * timestamps.width;
        const end = at + timestamps.width;
        const reportId = named[next] === row ? reportIds[next++] : undefined;
        const message = new ChunkMessage(ids[row] ?? 0, reportId, unpacked, at, end, false, 0, 0, undefined);
        return priceRow(message, { reports: pricing.reports, priceByText: () => price });
      });
    },
  };
}

/** Whatever is wrong is told when the row's turn comes, after those before it were written. */
function priceOrNone(message: Message, { priceByText }: RowPricing): Amount | undefined {
  try {
    return priceByText(message);
  } catch {
    return undefined;
  }
}

function sizeOfIds(reportIds: readonly ReportId[]): number {
  let bytes = reportIds.length * BYTES_A_NAMED_ROW;
  for (const id of reportIds) if (typeof id !== 'number') bytes += BYTES_A_STRING + String(id).length;
  return bytes;
}

/** Timestamps of one length, of which the beginning that all share is kept once. */
interface PackedTimestamps {
  /** Bytes. */
  readonly size: number;
  /** Bytes of each. */
  readonly width: number;
  /** All of them, one after the other. */
  unpack(): Stretch;
}

/** Bytes that are compared and copied at a time. */
const STEP = 4;

/** @returns undefined where they differ in length, or a message is not to be found in a chunk */
function packTimestamps(messages: readonly Message[]): PackedTimestamps | undefined {
  const first = messages[0]?.place;
  if (first === undefined) return undefined;
  const width = first.timestampEnd - first.timestampStart;
  const places: Place[] = [];
  let shared = Math.max(width - STEP - (width % STEP), 0);
  for (const { place } of messages) {
    if (place === undefined || place.timestampEnd - place.timestampStart !== width) return undefined;
    places.push(place);
    const { view } = place.chunk;
    while (
      shared > 0 &&
      !isSame(first.chunk.view, first.timestampStart, view, place.timestampStart, shared)
    ) {
      shared -= STEP;
    }
  }

  const own = width - shared;
  const count = places.length;
  const kept = viewOf(new Uint8Array(shared + own * count));
  copyBytes(first.chunk.view, first.timestampStart, kept, 0, shared);
  let at = shared;
  for (const { chunk, timestampEnd } of places) {
    copyBytes(chunk.view, timestampEnd - own, kept, at, own);
    at += own;
  }

  return {
    size: shared + own * count,
    width,
    unpack() {
      const unpacked = new Stretch(Buffer.alloc(width * count));
      for (let row = 0; row < count; row++) {
        copyBytes(kept, 0, unpacked.view, row * width, shared);
        copyBytes(kept, shared + row * own, unpacked.view, row * width + shared, own);
      }
      return unpacked;
    },
  };
}
