import { destination, type Logger, pino, stdTimeFunctions } from 'pino';

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
  const output = destination({ fd: descriptor, sync: false });
  const log = pino({ level, timestamp: stdTimeFunctions.isoTime }, output);
  return { log, flush: () => output.flushSync() };
}
