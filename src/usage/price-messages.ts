import type { Message } from '../source/message.js';
import type { UsageItem } from './item.js';
import type { MessagePricer } from './message-pricer.js';
import type { ReportBook } from './report-book.js';

/**
 * Bytes of messages read ahead of the first report that has not answered, so that reports are asked
 * for as early as the messages arrive. This bounds memory where reports are slow.
 */
const LOOK_AHEAD = 8 * 1024 * 1024;

interface Waiting {
  readonly messages: readonly Message[];
  readonly size: number;
  ready: boolean;
  readonly answered: Promise<unknown>;
}

/**
 * Prices messages batch by batch, in their order: by the report where the message names one that exists, else
 * by the text (pricing.md, "Which price applies").
 *
 * @throws whatever the messages or a report met
 */
export async function* priceMessages(
  batches: AsyncIterable<readonly Message[]>,
  reports: ReportBook,
  priceByText: MessagePricer,
): AsyncGenerator<UsageItem[]> {
  const queue: Waiting[] = [];
  let queued = 0;

  function priceFirst(): UsageItem[] {
    const first = queue.shift();
    reports.check();
    if (first === undefined) return [];
    queued -= first.size;
    return priceBatch(first.messages, reports, priceByText);
  }

  for await (const messages of batches) {
    reports.check();
    const answered = reports.request(messages);
    if (answered === undefined && queue.length === 0) {
      yield priceBatch(messages, reports, priceByText);
      continue;
    }
    const waiting = enter(messages, answered);
    queue.push(waiting);
    queued += waiting.size;
    while (queue[0] !== undefined && (queue[0].ready || queued > LOOK_AHEAD)) {
      await queue[0].answered;
      yield priceFirst();
    }
  }
  while (queue[0] !== undefined) {
    await queue[0].answered;
    yield priceFirst();
  }
}

function enter(messages: readonly Message[], answered: Promise<unknown> | undefined): Waiting {
  const waiting: Waiting = {
    messages,
    size: sizeOf(messages),
    ready: answered === undefined,
    answered: Promise.resolve(answered).then(() => {
      waiting.ready = true;
    }),
  };
  return waiting;
}

/** A batch shares the bytes of the chunk it arrived in. */
function sizeOf(messages: readonly Message[]): number {
  const [first] = messages;
  return messages.length + (first?.place?.chunk.bytes.length ?? first?.text.length ?? 0);
}

function priceBatch(
  messages: readonly Message[],
  reports: ReportBook,
  priceByText: MessagePricer,
): UsageItem[] {
  return messages.map((message) => {
    const report = reports.priceOf(message);
    return { message, report, credits: report === undefined ? priceByText(message) : report.cost };
  });
}
