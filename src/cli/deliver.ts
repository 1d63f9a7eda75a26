import { openSink } from '../output/open-sink.js';
import type { Sink } from '../output/sink.js';
import type { Run } from './host.js';

/** Where a result goes. */
export interface Delivery {
  /** Undefined: stdout. */
  readonly output: string | undefined;
  readonly stream?: boolean;
}

/**
 * Opens the place of a result, lets `produce` write it, and makes it visible only when `produce` is done:
 * whatever goes wrong, nothing is left behind.
 *
 * @throws whatever `produce` throws; CannotCreateError, CannotWriteError
 */
export async function deliver<Result>(
  { output, stream = false }: Delivery,
  { host, signal }: Run,
  produce: (sink: Sink) => Promise<Result>,
): Promise<Result> {
  const sink = await openSink(output, host.stdout, { stream });
  const abandon = () => void sink.abandon();
  signal.addEventListener('abort', abandon, { once: true });
  try {
    const result = await produce(sink);
    signal.throwIfAborted();
    await sink.commit();
    return result;
  } finally {
    signal.removeEventListener('abort', abandon);
    await sink.abandon();
  }
}
