import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Transfer } from '../source.js';

/**
 * A Node stream as a web stream, chunk by chunk, nothing copied. `Readable.toWeb` would lose the cause of an
 * error. `explain` turns an error into the one that the reader gets.
 */
export function toWebStream(
  body: Readable,
  explain: (error: unknown) => unknown,
): ReadableStream<Uint8Array> {
  // Node may already have an event under way when the reader cancels, and the controller then throws.
  let cancelled = false;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      body.pause();
      body.on('data', (chunk: Uint8Array) => {
        if (cancelled) return;
        controller.enqueue(chunk);
        if ((controller.desiredSize ?? 0) <= 0) body.pause();
      });
      body.on('end', () => {
        if (!cancelled) controller.close();
      });
      body.on('error', (error) => controller.error(explain(error)));
    },
    pull() {
      body.resume();
    },
    cancel() {
      cancelled = true;
      body.destroy();
    },
  });
}

const transfers = new WeakMap<ReadableStream, Transfer>();

/** Counts what comes of `incoming` for `transferOf(stream)`: before it is decoded, as its length is meant. */
export function countTransfer(stream: ReadableStream, incoming: IncomingMessage): void {
  const length = incoming.headers['content-length'];
  const transfer = { length: length === undefined ? undefined : Number(length), received: 0 };
  // It listens beside the reader, which alone decides when the stream flows.
  incoming.on('data', (chunk: Uint8Array) => {
    transfer.received += chunk.length;
  });
  transfers.set(stream, transfer);
}

/** Undefined for a body that no request brought. */
export function transferOf(stream: ReadableStream): Transfer | undefined {
  return transfers.get(stream);
}
