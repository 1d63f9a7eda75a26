import type { Amount } from '../engine/index.js';
import { ChunkMessage } from '../source/document/chunk-message.js';
import type { Message, ReportId } from '../source/message.js';
import { packTimestamps } from './packed-timestamps.js';
import { priceRow, type RowPricing, type WaitingRows } from './waiting-rows.js';

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
    size: length * BYTES_A_ROW + timestamps.size + sizeOf(reportIds),
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

function sizeOf(reportIds: readonly ReportId[]): number {
  let bytes = reportIds.length * BYTES_A_NAMED_ROW;
  for (const id of reportIds) if (typeof id !== 'number') bytes += BYTES_A_STRING + String(id).length;
  return bytes;
}
