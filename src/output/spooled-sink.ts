import { abandonedError } from './abandoned.js';
import { createIntake } from './intake.js';
import type { Sink, SinkOptions } from './sink.js';
import { createSpool } from './spool.js';

/** Where a whole result is copied to in the end. */
export interface Outlet {
  /** Throws OCopilotErrors, or an AbortError. */
  copy(pieces: Iterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  readonly closed: boolean;
}

/**
 * Holds everything back until commit, then copies it in one go: for what cannot be renamed into place.
 * @throws CannotWriteError from any call when the temporary folder cannot take what memory does not
 */
export function spooledSink(outlet: Outlet, options: SinkOptions): Sink {
  const spool = createSpool();
  const intake = createIntake((bytes) => spool.append(bytes), options);
  const stop = new AbortController();

  return {
    digest: intake.digest,
    get closed() {
      return outlet.closed;
    },
    write(chunk) {
      stop.signal.throwIfAborted();
      return intake.write(chunk);
    },
    async restart() {
      intake.restart();
      spool.clear();
    },
    async commit() {
      stop.signal.throwIfAborted();
      await intake.flush();
      try {
        await outlet.copy(untilAborted(spool.pieces(), stop.signal), stop.signal);
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
