import { closeSync, constants, ftruncateSync, openSync, readSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CannotWriteError } from '../errors.js';
import { reasonOf } from '../os-error.js';
import { writeFullySync } from './atomic-file.js';
import { abandonedError, createWriteBuffer, type Writer, type WriterOptions } from './writer.js';

/** Where a whole result is copied to in the end. */
export interface CopyTarget {
  /** Throws OCopilotErrors, or an AbortError. */
  copy(pieces: Iterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  readonly closed: boolean;
}

/**
 * Holds everything back until commit, then copies it in one go: for what cannot be renamed into place.
 * @throws CannotWriteError from any call when the temporary folder cannot take what memory does not
 */
export function spooledWriter(target: CopyTarget, options: WriterOptions): Writer {
  const spool = createSpool();
  const buffer = createWriteBuffer((bytes) => spool.append(bytes), options);
  const stop = new AbortController();

  return {
    digest: buffer.digest,
    get closed() {
      return target.closed;
    },
    write(chunk) {
      stop.signal.throwIfAborted();
      return buffer.write(chunk);
    },
    async restart() {
      buffer.restart();
      spool.clear();
    },
    async commit() {
      stop.signal.throwIfAborted();
      await buffer.flush();
      try {
        await target.copy(untilAborted(spool.pieces(), stop.signal), stop.signal);
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

/** Once abandoned, the spool is closed and must not be read from. */
function* untilAborted(pieces: Iterable<Uint8Array>, signal: AbortSignal): Iterable<Uint8Array> {
  signal.throwIfAborted();
  for (const piece of pieces) {
    yield piece;
    signal.throwIfAborted();
  }
}

const MEMORY = 8 * 1024 * 1024;

/** Bytes read back at a time. */
const PIECE = 256 * 1024;

/**
 * Holds a result back. The file beyond the memory is nameless from the start, so even SIGKILL leaves nothing.
 * Without space in the temporary folder the run fails rather than grow in memory without bounds.
 * Its methods throw CannotWriteError, which names the temporary folder.
 */
export interface Spool {
  /** Holds `bytes` itself, which must not change. */
  append(bytes: Uint8Array): void;
  clear(): void;
  /** Everything, in order. Each piece is its own: a stream may hold it after its write has ended. */
  pieces(): Iterable<Uint8Array>;
  /** Gives up memory and file. Safe twice. */
  close(): void;
}

/** @param mostInMemory bytes held in memory before the rest goes to a temporary file */
export function createSpool(mostInMemory = MEMORY): Spool {
  let memory: Uint8Array[] = [];
  let memorySize = 0;
  let fileSize = 0;
  let file: number | undefined;

  return {
    append(bytes) {
      if (fileSize === 0 && memorySize + bytes.length <= mostInMemory) {
        memory.push(bytes);
        memorySize += bytes.length;
        return;
      }
      file ??= openNameless();
      writeNameless(file, bytes);
      fileSize += bytes.length;
    },
    clear() {
      if (file !== undefined) truncate(file);
      memory = [];
      memorySize = 0;
      fileSize = 0;
    },
    *pieces() {
      yield* memory;
      if (file !== undefined) yield* readPieces(file, fileSize);
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
      memory = [];
      memorySize = 0;
      fileSize = 0;
    },
  };
}

/**
 * A temporary file without a name, opened to append, so that a truncated one is written from its start again.
 * @throws CannotWriteError
 */
export function openNameless(): number {
  const { O_RDWR, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const path = join(tmpdir(), `o-copilot-${process.pid}-${Math.random().toString(36).slice(2, 12)}`);
  return inTemporaryFolder(() => {
    const file = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    unlinkSync(path);
    return file;
  });
}

/** @throws CannotWriteError */
export function writeNameless(file: number, bytes: Uint8Array): void {
  inTemporaryFolder(() => writeFullySync(file, bytes));
}

function truncate(file: number): void {
  inTemporaryFolder(() => ftruncateSync(file, 0));
}

function* readPieces(file: number, size: number): Iterable<Uint8Array> {
  let position = 0;
  while (position < size) {
    const piece = Buffer.allocUnsafe(PIECE);
    const length = inTemporaryFolder(() => readSync(file, piece, 0, PIECE, position));
    if (length === 0) throw new CannotWriteError(tmpdir(), 'a temporary file ended early');
    yield piece.subarray(0, length);
    position += length;
  }
}

function inTemporaryFolder<T>(task: () => T): T {
  try {
    return task();
  } catch (error) {
    const reason = `${reasonOf(error)} (large results are buffered here; TMPDIR names another folder)`;
    throw new CannotWriteError(tmpdir(), reason);
  }
}
