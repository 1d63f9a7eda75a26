import type { Readable } from 'node:stream';

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
