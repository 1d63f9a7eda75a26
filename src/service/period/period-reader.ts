import type { Source } from '../../source/source.js';
import type { DuplicateRule } from '../../usage/duplicate-rules.js';
import type { UsageItem } from '../../usage/item.js';
import type { MessagePricer } from '../../usage/message-pricer.js';
import { readUsage } from '../../usage/read-usage.js';
import { createReportBook } from '../../usage/report-book.js';
import type { Selection } from '../../usage/selection.js';
import type { MessagesStore } from './messages-store.js';
import type { ReportCache } from './report-cache.js';

export interface PeriodReaderOptions {
  readonly messages: MessagesStore;
  readonly reports: ReportCache;
  readonly priceByText: MessagePricer;
  readonly duplicates: DuplicateRule;
  /** Ends all reading. */
  readonly signal: AbortSignal;
  openSource(): Promise<Source>;
  onRead(messages: number): void;
}

/** The road of the command line, with the caches at its beginning. */
export function createPeriodReader(options: PeriodReaderOptions) {
  const { messages, reports, priceByText, duplicates, signal } = options;
  return {
    signal,
    duplicates,
    /**
     * Hands the rows that `selection` chooses to `use`, with the time until which they hold, and how many messages
     * the period has: ask after the last batch.
     * @throws what the source throws, DataError, and what `use` throws
     */
    read<Result>(
      selection: Selection,
      use: (
        batches: AsyncIterable<UsageItem[]>,
        freshUntil: number,
        messages: () => number,
      ) => Promise<Result>,
    ): Promise<Result> {
      return messages.read(async ({ bytes, freshUntil }) => {
        const source = await options.openSource();
        try {
          const book = createReportBook(reports.before(source));
          let count = 0;
          const onRead = (more: number) => {
            count += more;
            options.onRead(more);
          };
          const rows = readUsage(bytes(), {
            reports: book,
            priceByText,
            duplicates,
            selection,
            // Only an explanation, which is of one message, reads its text.
            textsUnread: selection.message === undefined,
            onRead,
          });
          return await use(rows, freshUntil, () => count);
        } finally {
          await source.close();
        }
      });
    },
  };
}

export type PeriodReader = ReturnType<typeof createPeriodReader>;
