import type { Amount } from '../engine/index.js';
import { ChunkMessage } from '../source/document/chunk-message.js';
import type { Message, ReportId } from '../source/message.js';
import { packTimestamps } from './packed-timestamps.js';
import { createTextColumn } from './text-column.js';
import { priceRow, type RowPricing, type WaitingRows } from './waiting-rows.js';

/** Of a row, beside its timestamp: an id and an amount. */
const BYTES_A_ROW = 12;
/** The highest amount kept, in hundredths of a credit. */
const MOST = 2 ** 31 - 1;
/** Instead of an amount, in a row that names a report. */
const BY_REPORT = -1;
/** Bytes that the texts of a batch begin with. */
const TEXTS = 1024;

/**
 * Prices what the texts price at once and keeps column by column what a row shows, which is a fifth of the message
 * and no longer the chunk that it arrived in. Only the texts of messages with a report are kept: it may be missing.
 *
 * @returns undefined for messages out of the ordinary, and where one has no price: its turn to be refused comes later
 */
export function packRows(messages: readonly Message[], pricing: RowPricing): WaitingRows | undefined {
  const timestamps = packTimestamps(messages);
  if (timestamps === undefined) return undefined;
  const { length } = messages;
  const ids = new Float64Array(length);
  const prices = new Int32Array(length);
  const reportIds: ReportId[] = [];
  const texts = createTextColumn(TEXTS);

  for (const [row, message] of messages.entries()) {
    if (typeof message.id !== 'number') return undefined;
    ids[row] = message.id;
    if (message.reportId === undefined) {
      const price = priceOrNone(message, pricing);
      if (typeof price !== 'number' || price > MOST) return undefined;
      prices[row] = price;
    } else {
      prices[row] = BY_REPORT;
      reportIds.push(message.reportId);
      texts.add(message.text);
    }
  }

  return {
    size: length * BYTES_A_ROW + timestamps.size + texts.size(),
    items() {
      const unpacked = timestamps.unpack();
      const messageAt = (row: number, reportId: ReportId | undefined, text: string | undefined) => {
        const at = row * timestamps.width;
        const end = at + timestamps.width;
        return new ChunkMessage(ids[row] ?? 0, reportId, unpacked, at, end, false, 0, 0, text);
      };
      let named = 0;
      return Array.from(prices, (credits, row) => {
        if (credits !== BY_REPORT) {
          return { message: messageAt(row, undefined, undefined), report: undefined, credits };
        }
        const text = texts.get(named) ?? '';
        return priceRow(messageAt(row, reportIds[named++], text), pricing);
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
