import type { Message } from '../source/message.js';
import type { UsageItem } from './item.js';
import type { MessagePricer } from './message-pricer.js';
import type { ReportBook } from './report-book.js';

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
export function priceRow(message: Message, { reports, priceByText }: RowPricing): UsageItem {
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
