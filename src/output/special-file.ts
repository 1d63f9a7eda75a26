import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { CannotCreateError, CannotWriteError } from '../errors.js';
import { hasCode, isOsError, reasonOf } from '../os-error.js';
import { descriptorDestination } from './destination.js';
import type { Sink, SinkOptions } from './sink.js';
import { spooledSink } from './spooled-sink.js';

/** Milliseconds between two looks for a FIFO's reader. */
const NO_READER_PAUSE = 20;

/**
 * A device, FIFO or /dev/fd/N: written to at commit, which waits for a FIFO's reader; never replaced.
 * @throws CannotCreateError, CannotWriteError from commit
 */
export function specialFileSink(path: string, options: SinkOptions): Sink {
  const copy = async (pieces: Iterable<Uint8Array>, signal: AbortSignal): Promise<void> => {
    const handle = await openForWriting(path, signal);
    try {
      const write = descriptorDestination(handle.fd);
      for (const piece of pieces) await write(piece, signal);
    } catch (error) {
      if (!isOsError(error)) throw error;
      throw new CannotWriteError(path, reasonOf(error));
    } finally {
      await handle.close();
    }
  };
  return spooledSink({ copy, closed: false }, options);
}

/**
 * Does not block, so that the wait for a reader can be abandoned. Appends, because a descriptor may be that
 * of a file which others have written to.
 */
async function openForWriting(path: string, signal: AbortSignal): Promise<FileHandle> {
  const { O_WRONLY, O_APPEND, O_NONBLOCK, O_NOCTTY } = constants;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await open(path, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY);
    } catch (error) {
      if (!(await isFifoWithoutReader(path, error))) throw new CannotCreateError(path, reasonOf(error));
    }
    await sleep(NO_READER_PAUSE, undefined, { signal });
  }
}

async function isFifoWithoutReader(path: string, error: unknown): Promise<boolean> {
  return hasCode(error, 'ENXIO') && (await stat(path)).isFIFO();
}
