import { destination, type Logger, pino } from 'pino';

/** Characters written at a time, and milliseconds that a line waits for others: a write each would cost as much as the request. */
const BATCH = 8 * 1024;
const LONGEST_DELAY = 100;

export interface LogOptions {
  readonly level: string;
  readonly format: 'json' | 'pretty';
  /** Of the file that lines go to. */
  readonly descriptor: number;
}

/** A log, and how to write out what it still holds. */
export interface OpenLog {
  readonly log: Logger;
  flush(): void;
}

/** One line an event. Nobody logs headers, queries or texts, so there is nothing to blot out. */
export async function openLog({ level, format, descriptor }: LogOptions): Promise<OpenLog> {
  if (format === 'pretty') {
    const { default: pretty } = await import('pino-pretty');
    // In this process: a worker could not be bundled.
    const stream = pretty({ destination: descriptor, sync: true, colorize: false, ignore: 'pid,hostname' });
    return { log: pino({ level }, stream), flush: () => {} };
  }
  const output = destination({ fd: descriptor, sync: true, minLength: BATCH });
  const log = pino({ level }, output);
  setInterval(() => output.flush(), LONGEST_DELAY).unref();
  return { log, flush: () => output.flushSync() };
}
