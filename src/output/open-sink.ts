import type { Writable } from 'node:stream';
import { fileSink } from './file-sink.js';
import type { Sink } from './sink.js';
import { type StdoutSinkOptions, stdoutSink } from './stdout-sink.js';

/** Names of the standard output; written as such, a reader that leaves early is no error here either. */
export const STDOUT_NAMES: readonly string[] = ['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'];

/**
 * The sink for `--output`; undefined means stdout.
 * @throws CannotCreateError
 */
export async function openSink(
  output: string | undefined,
  stdout: Writable,
  options: StdoutSinkOptions = {},
): Promise<Sink> {
  if (output === undefined || STDOUT_NAMES.includes(output)) return stdoutSink(stdout, options);
  return fileSink(output, options);
}
