import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { hasCode } from '../os-error.js';
import { failureLine, jsonErrorsAsked, toFailure } from './process/failure.js';
import type { Host } from './process/host.js';
import { listenToSignals } from './process/host.js';
import { createProgram, wordsOf } from './program.js';

/** Milliseconds in which the line on stderr leaves, and connections close. */
const GRACE = 500;

/**
 * Runs the command line of `host` and sets its exit status. It does not call `exit()`, which would cut what is
 * still in a pipe: the process ends when nothing is left to do, or, after a failure, a moment later.
 */
export async function main(host: Host): Promise<void> {
  const interruption = new AbortController();
  const stopListening = listenToSignals(host, interruption);
  // A bug that threw where nobody waits: the run is wound up like any other failure, and its files are gone.
  const crash = (error: unknown) => interruption.abort(error);
  host.on('uncaughtException', crash);
  // A reader that went away ends the output, not the program; what it means is decided where output is written.
  for (const stream of [host.stdout, host.stderr]) {
    stream.on('error', (error) => {
      if (!isClosedPipe(error)) host.exitCode ??= 74;
    });
  }
  // Nothing is left to wait for, and yet the work is not done: a bug, which must not look like success.
  const endUnfinished = () => {
    if (host.exitCode === undefined) fail(new Error('ended before its work was done'));
  };
  host.on('exit', endUnfinished);

  function fail(error: unknown): boolean {
    const failure = toFailure(error);
    if (failure === undefined) return false;
    host.exitCode = failure.exitCode;
    host.stderr.write(failureLine(failure, jsonErrorsAsked(host.argv)));
    return true;
  }

  const words = wordsOf(host.argv);
  const context = { host, signal: interruption.signal };
  let command: CommandUnknownOpts | undefined;
  try {
    const program = await createProgram(context, {
      words,
      onCommand(named) {
        command = named;
      },
    });
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    // A reader of stdout that is stuck, or a FIFO that nobody opens, would hold a failed process for ever.
    if (fail(interruption.signal.aborted ? interruption.signal.reason : error)) {
      if (words.some((word) => /^--metrics(=|$)/.test(word))) {
        const { reportFailedStart } = await import('./run/job.js');
        await reportFailedStart(error, words, command, context);
      }
      setTimeout(() => host.exit(), GRACE).unref();
    }
  } finally {
    host.off('exit', endUnfinished);
    host.off('uncaughtException', crash);
    stopListening();
  }
}

/** A pipe without its reader, or a terminal that is gone (EIO); where a result is written, errors are met there. */
const isClosedPipe = (error: Error) => hasCode(error, 'EPIPE', 'EIO');
