import { closeSync, constants, openSync, readSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CannotWriteError } from '../errors.js';
import { reasonOf } from '../os-error.js';
import { writeFullySync } from './atomic-file.js';
import { abandonedError, createWriteBuffer, type Writer, type WriterOptions } from './writer.js';

/**
 * Holds everything back until commit, then copies it in one go: for what cannot be renamed into place.
 *
 * @param copy throws OCopilotErrors, or an AbortError
 * @param isClosed whether the reader has gone
 * @throws CannotWriteError from any call when the temporary folder cannot take what memory does not
 */
export function spooledWriter(
  copy: (pieces: Iterable<Uint8Array>, signal: AbortSignal) => Promise<void>,
  options: WriterOptions,
  isClosed = () => false,
): Writer {
  const spool = createSpool();
  const buffer = createWriteBuffer((bytes) => spool.append(bytes), options);
  const stop = new AbortController();

  /** Once abandoned, the spool is closed and must not be read from. */
  function* pieces(): Iterable<Uint8Array> {
    stop.signal.throwIfAborted();
    for (const piece of spool.pieces()) {
      yield piece;
      stop.signal.throwIfAborted();
    }
  }

  return {
    digest: buffer.digest,
    get closed() {
      return isClosed();
    },
    write(chunk) {
      stop.signal.throwIfAborted();
      return buffer.write(chunk);
    },
    async restart() {
      buffer.restart();
      spool.close();
    },
    async commit() {
      stop.signal.throwIfAborted();
      await buffer.flush();
      try {
        await copy(pieces(), stop.signal);
      } finally {
        spool.close();
      }
    },
    async abandon() {
      stop.abort(abandonedError());
      spool.close();
    },
  };
}

const MEMORY = 8 * 1024 * 1024;

/** Bytes read back at a time. */
const PIECE = 1024 * 1024;

export type Spool = ReturnType<typeof createSpool>;

/**
 * Bytes that wait for their destination: some in memory, the rest in a temporary file without a name, which the
 * system removes whatever happens to the process.
 *
 * @param mostInMemory bytes held in memory before the rest goes to the file
 */
export function createSpool(mostInMemory = MEMORY) {
  let memory: Uint8Array[] = [];
  let memorySize = 0;
  let file: ReturnType<typeof openNameless> | undefined;

  return {
    /** Holds `bytes` itself, which must not change. @throws CannotWriteError, which names the temporary folder */
    append(bytes: Uint8Array): void {
      if (file === undefined && memorySize + bytes.length <= mostInMemory) {
        memory.push(bytes);
        memorySize += bytes.length;
        return;
      }
      file ??= openNameless();
      file.append(bytes);
    },
    /** Everything, in order. Each piece is its own: a stream may hold it after its write has ended. */
    *pieces(): Iterable<Uint8Array> {
      yield* memory;
      const size = file?.size() ?? 0;
      for (let at = 0; file && at < size; at += PIECE) yield file.read(at, Math.min(PIECE, size - at));
    },
    /** Gives up memory and file, and is empty again. Safe twice. */
    close(): void {
      file?.close();
      file = undefined;
      memory = [];
      memorySize = 0;
    },
  };
}

/** A temporary file without a name. @throws CannotWriteError, also its methods, which names the temporary folder */
export function openNameless() {
  const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const path = join(tmpdir(), `o-copilot-${process.pid}-${Math.random().toString(36).slice(2, 12)}`);
  const file = inTemporaryFolder(() => {
    const descriptor = openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    unlinkSync(path);
    return descriptor;
  });
  let size = 0;

  return {
    /** Bytes appended so far. */
    size: () => size,
    append(bytes: Uint8Array): void {
      inTemporaryFolder(() => writeFullySync(file, bytes));
      size += bytes.length;
    },
    read(position: number, length: number): Buffer {
      const bytes = Buffer.allocUnsafe(length);
      for (let at = 0; at < length; ) {
        const read = inTemporaryFolder(() => readSync(file, bytes, at, length - at, position + at));
        if (read === 0) throw new CannotWriteError(tmpdir(), 'a temporary file ended early');
        at += read;
      }
      return bytes;
    },
    close: () => closeSync(file),
  };
}

function inTemporaryFolder<T>(task: () => T): T {
  try {
    return task();
  } catch (error) {
    const reason = `${reasonOf(error)} (large results are buffered here; TMPDIR names another folder)`;
    throw new CannotWriteError(tmpdir(), reason);
  }
}
