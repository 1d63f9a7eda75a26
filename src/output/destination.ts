import { write as writeDescriptor } from 'node:fs';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { hasCode } from '../os-error.js';

/** Milliseconds between two tries to write to a FIFO whose reader is slow. */
const FULL_PIPE_PAUSE = 2;

/** Takes all of `bytes`, or throws the operating system's error, or an AbortError. */
export type Destination = (bytes: Uint8Array, signal: AbortSignal) => Promise<void>;

/** Waits for each chunk to leave: the callback has the error, and a slow reader is not outrun. */
export function streamDestination(stream: Writable): Destination {
  // A failed write is also emitted, which would end the process before its callback's error was handled.
  if (!stream.listeners('error').includes(ignoreEmittedError)) stream.on('error', ignoreEmittedError);
  return (bytes, signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const stop = (): void => reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      stream.write(bytes, (error) => {
        signal.removeEventListener('abort', stop);
        if (error) reject(error);
        else resolve();
      });
    });
}

function ignoreEmittedError(): void {}

const writeOnce = promisify(writeDescriptor);

/** A file, device or FIFO by its descriptor, which stays open. */
export function descriptorDestination(descriptor: number): Destination {
  return async (bytes, signal) => {
    let start = 0;
    while (start < bytes.length) {
      signal.throwIfAborted();
      start += await writePart(descriptor, bytes.subarray(start), signal);
    }
  };
}

/** The number of bytes written: one call may take a part only, which is how a disk fills up. */
async function writePart(descriptor: number, bytes: Uint8Array, signal: AbortSignal): Promise<number> {
  try {
    const { bytesWritten } = await writeOnce(descriptor, bytes);
    return bytesWritten;
  } catch (error) {
    if (!hasCode(error, 'EAGAIN')) throw error;
    await sleep(FULL_PIPE_PAUSE, undefined, { signal });
    return 0;
  }
}
