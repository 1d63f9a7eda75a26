import { constants, fstatSync, write as writeDescriptor } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { isatty } from 'node:tty';
import { promisify } from 'node:util';
import { CannotCreateError, CannotWriteError } from '../errors.js';
import { hasCode, isOsError, reasonOf } from '../os-error.js';
import { spooledWriter } from './spool.js';
import { abandonedError, createWriteBuffer, type Writer, type WriterOptions } from './writer.js';

export interface StdoutOptions extends WriterOptions {
  /** Writes at once, for immediacy: a failed run leaves a part of its result behind. */
  readonly stream?: boolean;
}

/**
 * A writer into the standard output. Held back until commit, unless `stream`. A reader that has gone is no
 * error: the rest is dropped and `closed` is set.
 * @throws CannotWriteError from `write` and `commit`; with `stream`, from `restart` once a byte has left
 */
export function stdoutWriter(stdout: Writable, options: StdoutOptions = {}): Writer {
  const send = senderFor(stdout);
  let closed = false;

  async function write(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    if (closed) return;
    try {
      await send(bytes, signal);
    } catch (error) {
      closed = hasCode(error, 'EPIPE');
      if (closed) return;
      if (!isOsError(error)) throw error;
      throw new CannotWriteError('stdout', reasonOf(error));
    }
  }
  async function copy(pieces: Iterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    for (const piece of pieces) {
      if (closed) return;
      await write(piece, signal);
    }
  }
  return options.stream === true
    ? streamingWriter(write, options, () => closed)
    : spooledWriter(copy, options, () => closed);
}

function streamingWriter(write: SendBytes, options: WriterOptions, isClosed: () => boolean): Writer {
  const stop = new AbortController();
  let started = false;
  const deliver = (bytes: Uint8Array): Promise<void> => {
    started = true;
    return write(bytes, stop.signal);
  };
  const buffer = createWriteBuffer(deliver, options, 1);

  return {
    write: buffer.write,
    digest: buffer.digest,
    get closed() {
      return isClosed();
    },
    async restart() {
      if (started) {
        const reason = 'the document has to be read again, but --stream already wrote part of it';
        throw new CannotWriteError('stdout', reason);
      }
      buffer.restart();
    },
    async commit() {
      await buffer.flush();
    },
    async abandon() {
      stop.abort(abandonedError());
    },
  };
}

/**
 * Node writes a redirected stdout with one call a chunk and does not look how much was taken: on a disk that
 * fills up the end is lost without an error (seen with Node 20.20). So a file gets its bytes from us.
 */
function senderFor(stdout: Writable): SendBytes {
  const descriptor = 'fd' in stdout && typeof stdout.fd === 'number' ? stdout.fd : undefined;
  if (descriptor === undefined || isatty(descriptor)) return sendToStream(stdout);
  const stats = fstatSync(descriptor);
  const isStream = stats.isFIFO() || stats.isSocket();
  return isStream ? sendToStream(stdout) : sendToDescriptor(descriptor);
}

/** Milliseconds between two looks for a FIFO's reader. */
const NO_READER_PAUSE = 20;

/**
 * A device, FIFO or /dev/fd/N: written to at commit, which waits for a FIFO's reader; never replaced.
 * @throws CannotCreateError, CannotWriteError from commit
 */
export function specialFileWriter(path: string, options: WriterOptions): Writer {
  const copy = async (pieces: Iterable<Uint8Array>, signal: AbortSignal): Promise<void> => {
    const handle = await openForWriting(path, signal);
    try {
      const write = sendToDescriptor(handle.fd);
      for (const piece of pieces) await write(piece, signal);
    } catch (error) {
      if (!isOsError(error)) throw error;
      throw new CannotWriteError(path, reasonOf(error));
    } finally {
      await handle.close();
    }
  };
  return spooledWriter(copy, options);
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
      const hasNoReader = hasCode(error, 'ENXIO') && (await stat(path)).isFIFO();
      if (!hasNoReader) throw new CannotCreateError(path, reasonOf(error));
    }
    await sleep(NO_READER_PAUSE, undefined, { signal });
  }
}

/** Milliseconds between two tries to write to a FIFO whose reader is slow. */
const FULL_PIPE_PAUSE = 2;

/** Takes all of `bytes`, or throws the operating system's error, or an AbortError. */
type SendBytes = (bytes: Uint8Array, signal: AbortSignal) => Promise<void>;

/** Waits for each chunk to leave: the callback has the error, and a slow reader is not outrun. */
function sendToStream(stream: Writable): SendBytes {
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
function sendToDescriptor(descriptor: number): SendBytes {
  return async (bytes, signal) => {
    let start = 0;
    while (start < bytes.length) {
      signal.throwIfAborted();
      try {
        // One call may take a part only, which is how a disk fills up.
        start += (await writeOnce(descriptor, bytes.subarray(start))).bytesWritten;
      } catch (error) {
        if (!hasCode(error, 'EAGAIN')) throw error;
        await sleep(FULL_PIPE_PAUSE, undefined, { signal });
      }
    }
  };
}
