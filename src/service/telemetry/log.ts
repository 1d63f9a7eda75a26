import { type Logger, pino } from 'pino';
import { openLogOutput } from './log-output.js';

export interface LogOptions {
  readonly level: string;
  readonly format: 'json' | 'pretty';
  /** Of the file that lines go to. */
  readonly descriptor: number;
  /** Added to each line, such as the ids of the current trace. */
  fields?(): object;
}

/** A log, and what its owner may ask of it. */
export interface OpenLog {
  readonly log: Logger;
  /** Lines that could not be written: a full disk, or a reader that left or does not read. */
  dropped(): number;
  /** Writes what waits; takes half a second at the most. */
  close(): Promise<void>;
}

/** One line an event. Nobody logs headers, queries or texts, so there is nothing to redact. */
export async function openLog({ level, format, descriptor, fields }: LogOptions): Promise<OpenLog> {
  let dropped = 0;
  const output = openLogOutput(descriptor, (lines) => {
    dropped += lines;
  });
  const opened = { dropped: () => dropped, close: output.close };
  const options = fields === undefined ? { level } : { level, mixin: fields };
  if (format === 'json') return { log: pino(options, output), ...opened };
  const { default: pretty } = await import('pino-pretty');
  const prettify = pretty.prettyFactory({ colorize: false, ignore: 'pid,hostname' });
  return { log: pino(options, { write: (line) => output.write(prettify(line)) }), ...opened };
}
