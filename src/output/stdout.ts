import { fstatSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { CannotWriteError } from '../errors.js';
import { hasCode, isOsError, reasonOf } from '../os-error.js';
import { type SendBytes, sendToDescriptor, sendToStream } from './special-file.js';
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
  const output = openStdout(stdout);
  return options.stream === true ? streamingWriter(output, options) : bufferedWriter(output, options);
}

function bufferedWriter(output: Stdout, options: WriterOptions): Writer {
  const target = {
    async copy(pieces: Iterable<Uint8Array>, signal: AbortSignal): Promise<void> {
      for (const piece of pieces) {
        if (output.closed) return;
        await output.write(piece, signal);
      }
    },
    get closed() {
      return output.closed;
    },
  };
  return spooledWriter(target, options);
}

function streamingWriter(output: Stdout, options: WriterOptions): Writer {
  const stop = new AbortController();
  let started = false;
  const deliver = (bytes: Uint8Array): Promise<void> => {
    started = true;
    return output.write(bytes, stop.signal);
  };
  const buffer = createWriteBuffer(deliver, options, 1);

  return {
    write: buffer.write,
    digest: buffer.digest,
    get closed() {
      return output.closed;
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

/** The standard output, whose reader may leave. */
interface Stdout {
  /**
   * Drops the bytes once the reader has gone.
   * @throws CannotWriteError, or an AbortError
   */
  write(bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  /** The reader has gone. */
  readonly closed: boolean;
}

function openStdout(stdout: Writable): Stdout {
  const send = senderFor(stdout);
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
function senderFor(stdout: Writable): SendBytes {
  const descriptor = 'fd' in stdout && typeof stdout.fd === 'number' ? stdout.fd : undefined;
  if (descriptor === undefined || isatty(descriptor)) return sendToStream(stdout);
  const stats = fstatSync(descriptor);
  const isStream = stats.isFIFO() || stats.isSocket();
  return isStream ? sendToStream(stdout) : sendToDescriptor(descriptor);
}
