import { openSink } from '../output/open-sink.js';
import type { Sink } from '../output/sink.js';
import type { Run } from './host.js';

/** Where a result goes. */
export interface Delivery {
  /** Undefined: stdout. */
  readonly output: string | undefined;
  readonly stream?: boolean;
  /** Told the SHA-256 in hex of the result once it is visible, unless its reader went away. */
  readonly onDigest?: ((sha256: string) => void) | undefined;
}

/**
 * Opens the place of a result, lets `produce` write it, and makes it visible only when `produce` is done:
 * whatever goes wrong, nothing is left behind.
 *
 * @throws whatever `produce` throws; CannotCreateError, CannotWriteError
 */
export async function deliver<Result>(
  { output, stream = false, onDigest }: Delivery,
  { host, signal }: Run,
  produce: (sink: Sink) => Promise<Result>,
): Promise<Result> {
  const sink = await openSink(output, host.stdout, { stream, digest: onDigest !== undefined });
  const abandon = () => void sink.abandon();
  signal.addEventListener('abort', abandon, { once: true });
  try {
    const result = await produce(sink);
    signal.throwIfAborted();
    await sink.commit();
    const digest = sink.digest();
    if (digest !== undefined && !sink.closed) onDigest?.(digest);
    return result;
  } finally {
    signal.removeEventListener('abort', abandon);
    await sink.abandon();
  }
}
