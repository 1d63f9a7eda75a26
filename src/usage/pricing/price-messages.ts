import { setImmediate } from 'node:timers/promises';
import type { Message } from '../../document/records.js';
import { holdRows, type PendingRows, priceRows, type RowPricing } from './pending-rows.js';
import type { UsageItem } from './priced-row.js';

/**
 * Bytes held behind the first report that has not answered, so that reports are requested as early as the messages
 * arrive, and pricing goes on meanwhile. This bounds memory where reports are slow.
 */
const LOOK_AHEAD = 24 * 1024 * 1024;
/** Of a report that was not requested yet, in the cache and in its queue, about. */
const BYTES_A_REPORT = 128;

export interface PricingRequest extends RowPricing {
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
      rows: holdRows(messages, request, textsUnread),
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
