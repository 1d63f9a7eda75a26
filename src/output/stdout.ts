import { fstatSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { CannotWriteError } from '../errors.js';
import { hasCode, isOsError, reasonOf } from '../os-error.js';
import { type Destination, descriptorDestination, streamDestination } from './destination.js';

/** The standard output, whose reader may leave. */
export interface Stdout {
  /**
   * Drops the bytes once the reader has gone.
   * @throws CannotWriteError, or an AbortError
   */
  write(bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  /** The reader has gone. */
  readonly closed: boolean;
}

export function openStdout(stdout: Writable): Stdout {
  const send = destinationOf(stdout);
  let closed = false;
  return {
    get closed() {
      return closed;
    },
    async write(bytes, signal) {
      if (closed) return;
      try {
        await send(bytes, signal);
      } catch (error) {
        closed = hasCode(error, 'EPIPE');
        if (closed) return;
        if (!isOsError(error)) throw error;
        throw new CannotWriteError('stdout', reasonOf(error));
      }
    },
  };
}

/**
 * Node writes a redirected stdout with one call a chunk and does not look how much was taken: on a disk that
 * fills up the end is lost without an error (seen with Node 20.20). So a file gets its bytes from us.
 */
function destinationOf(stdout: Writable): Destination {
  const descriptor = 'fd' in stdout && typeof stdout.fd === 'number' ? stdout.fd : undefined;
  if (descriptor === undefined || isatty(descriptor)) return streamDestination(stdout);
  const stats = fstatSync(descriptor);
  const isStream = stats.isFIFO() || stats.isSocket();
  return isStream ? streamDestination(stdout) : descriptorDestination(descriptor);
}
