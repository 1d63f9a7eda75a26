import type { Writable } from 'node:stream';
import { CannotWriteError } from '../errors.js';
import { abandonedError } from './abandoned.js';
import { createIntake } from './intake.js';
import type { Sink, SinkOptions } from './sink.js';
import { spooledSink } from './spooled-sink.js';
import { openStdout, type Stdout } from './stdout.js';

export interface StdoutSinkOptions extends SinkOptions {
  /** Writes at once, for immediacy: a failed run leaves a part of its result behind. */
  readonly stream?: boolean;
}

/**
 * A sink into the standard output. Held back until commit, unless `stream`. A reader that has gone is no
 * error: the rest is dropped and `closed` is set.
 * @throws CannotWriteError from `write` and `commit`; with `stream`, from `restart` once a byte has left
 */
export function stdoutSink(stdout: Writable, options: StdoutSinkOptions = {}): Sink {
  const output = openStdout(stdout);
  return options.stream === true ? streamedSink(output, options) : heldBackSink(output, options);
}

function heldBackSink(output: Stdout, options: SinkOptions): Sink {
  const outlet = {
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
  return spooledSink(outlet, options);
}

function streamedSink(output: Stdout, options: SinkOptions): Sink {
  const stop = new AbortController();
  let started = false;
  const deliver = (bytes: Uint8Array): Promise<void> => {
    started = true;
    return output.write(bytes, stop.signal);
  };
  const intake = createIntake(deliver, options, 1);

  return {
    write: intake.write,
    digest: intake.digest,
    get closed() {
      return output.closed;
    },
    async restart() {
      if (started) {
        const reason = 'the document has to be read again, but --stream already wrote part of it';
        throw new CannotWriteError('stdout', reason);
      }
      intake.restart();
    },
    async commit() {
      await intake.flush();
    },
    async abandon() {
      stop.abort(abandonedError());
    },
  };
}
