import { setImmediate } from 'node:timers/promises';
import type { Message } from '../../source/message.js';
import { holdRows, packRows, priceRows, type RowPricing, type WaitingRows } from './pending-rows.js';
import type { UsageItem } from './priced-row.js';

/**
 * Bytes kept behind the first report that has not answered, so that reports are asked for as early as the messages
 * arrive, and the work goes on meanwhile. This bounds memory where reports are slow.
 */
const LOOK_AHEAD = 24 * 1024 * 1024;
/** Of a report that waits for its turn to be asked for, in the book and in the queue, about. */
const BYTES_A_REPORT = 128;

export interface PricingRequest extends RowPricing {
  /** Nobody reads the texts of the rows given out, so those that wait for a report need not keep them. */
  readonly textsUnread?: boolean;
}

interface Waiting {
  readonly rows: WaitingRows;
  ready: boolean;
  readonly answered: Promise<unknown>;
}

/**
 * Prices messages batch by batch, in their order.
 *
 * @throws whatever the messages or a report met
 */
export async function* priceMessages(
  batches: AsyncIterable<readonly Message[]>,
  request: PricingRequest,
): AsyncGenerator<UsageItem[]> {
  const { reports } = request;
  const queue: Waiting[] = [];
  let queued = 0;

  const isFull = () => queued + reports.progress().waiting * BYTES_A_REPORT > LOOK_AHEAD;

  function priceFirst(): UsageItem[] {
    const first = queue.shift();
    reports.check();
    if (first === undefined) return [];
    queued -= first.rows.size;
    return first.rows.items();
  }

  for await (const messages of batches) {
    reports.check();
    const answered = reports.request(messages);
    if (answered === undefined && queue.length === 0) {
      yield priceRows(messages, request);
      continue;
    }
    const waiting = enter(messages, answered, request);
    queue.push(waiting);
    queued += waiting.rows.size;
    while (queue[0] !== undefined && (queue[0].ready || isFull())) {
      await queue[0].answered;
      yield priceFirst();
    }
    // Answers come in between: Node reads up to 2 MB from a fast socket before it looks at another.
    if (queue.length > 0) await setImmediate();
  }
  while (queue[0] !== undefined) {
    await queue[0].answered;
    yield priceFirst();
  }
}

function enter(
  messages: readonly Message[],
  answered: Promise<unknown> | undefined,
  request: PricingRequest,
): Waiting {
  const packed = request.textsUnread ? packRows(messages, request) : undefined;
  const waiting: Waiting = {
    rows: packed ?? holdRows(messages, request),
    ready: answered === undefined,
    answered: Promise.resolve(answered).then(() => {
      waiting.ready = true;
    }),
  };
  return waiting;
}
