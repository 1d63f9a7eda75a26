import { hostname } from 'node:os';
import { type Logger, pino } from 'pino';
import { type LogOutput, type LogStream, openLogOutput } from './log-output.js';

export interface LogOptions {
  readonly level: string;
  readonly format: 'json' | 'pretty';
  /** Where lines go. */
  readonly output: LogStream;
  /** Added to each line, such as the ids of the current trace. */
  fields?(): object;
}

/** A request that has ended. But for `visitor` these need no escapes in JSON. */
interface RequestLine {
  readonly reqId: string;
  readonly method: string;
  /** As it was declared. */
  readonly route: string;
  readonly status: number;
  readonly ms: number;
  readonly visitor: string;
  readonly msg: 'answered' | 'the client left';
}

/** A log, and what its owner may ask of it. */
export interface OpenLog {
  readonly log: Logger;
  /** Writes a line of level `info`. */
  logRequest(line: RequestLine): void;
  /** Lines that could not be written: a full disk, or a reader that left or does not read. */
  dropped(): number;
  /** Writes what waits; takes half a second at the most. */
  close(): Promise<void>;
}

/** One line an event. Nobody logs headers, queries or texts, so there is nothing to redact. */
export async function openLog({ level, format, output: stream, fields }: LogOptions): Promise<OpenLog> {
  let dropped = 0;
  const output = openLogOutput(stream, (lines) => {
    dropped += lines;
  });
  const write = format === 'json' ? output.write : await prettyWriter(output);
  const log = pino(fields === undefined ? { level } : { level, mixin: fields }, { write });
  const isWritten = log.isLevelEnabled('info');
  const textOf = createRequestText();
  return {
    log,
    logRequest(line) {
      if (!isWritten) return;
      if (fields === undefined) return write(textOf(line));
      const { msg, ...members } = line;
      log.info(members, msg);
    },
    dropped: () => dropped,
    close: output.close,
  };
}

/**
 * Gives the bytes that pino writes. Every request has a line, and pino, which looks at each member, takes four times as long.
 * What many requests in a row have in common, their millisecond and their visitor, is written in JSON once.
 */
function createRequestText(): (line: RequestLine) => string {
  const owner = `,"pid":${process.pid},"hostname":${JSON.stringify(hostname())}`;
  let time = 0;
  let head = '';
  let latest: string | undefined;
  let tail = '';
  return ({ reqId, method, route, status, ms, visitor, msg }) => {
    const now = Date.now();
    if (now !== time) {
      time = now;
      head = `{"level":30,"time":${now}${owner},"reqId":"`;
    }
    if (visitor !== latest) {
      latest = visitor;
      tail = `,"visitor":${JSON.stringify(visitor)},"msg":"`;
    }
    return `${head}${reqId}","method":"${method}","route":"${route}","status":${status},"ms":${ms}${tail}${msg}"}\n`;
  };
}

async function prettyWriter(output: LogOutput): Promise<(line: string) => void> {
  const { default: pretty } = await import('pino-pretty');
  const prettify = pretty.prettyFactory({ colorize: false, ignore: 'pid,hostname' });
  return (line) => output.write(prettify(line));
}
