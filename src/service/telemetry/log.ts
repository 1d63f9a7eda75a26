import { fstatSync, write as writeFile } from 'node:fs';
import { Socket } from 'node:net';
import { hostname } from 'node:os';
import type { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';

export interface LogOptions {
  readonly level: string;
  readonly format: 'json' | 'pretty';
  readonly output: LogStream;
  /** Added to each line, such as the ids of the current trace. */
  fields?(): object;
}

/** A request that has ended. But for `visitor` these need no escapes in JSON. */
interface RequestLine {
  readonly reqId: string;
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly ms: number;
  readonly visitor: string;
  readonly msg: 'answered' | 'the client left';
}

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

async function prettyWriter(output: ReturnType<typeof openLogOutput>): Promise<(line: string) => void> {
  const { default: pretty } = await import('pino-pretty');
  const prettify = pretty.prettyFactory({ colorize: false, ignore: 'pid,hostname' });
  return (line) => output.write(prettify(line));
}

/** Characters written at a time, and milliseconds that a line waits for others: small writes would cost more than the requests. */
const BATCH_CHARACTERS = 64 * 1024;
const LONGEST_DELAY_MS = 100;
/** Characters that wait for a slow reader; lines beyond are dropped. */
const MOST_WAITING_CHARACTERS = 1024 * 1024;
/** Milliseconds that `close` waits for the last lines to leave. */
const LONGEST_CLOSE_MS = 500;

/** A stream of this process, which has a file descriptor unless a test made it. */
type LogStream = Writable & { readonly fd?: number };

/**
 * Opens the log on a stream of this process. Writing never blocks and never fails: lines that cannot be written are
 * counted and dropped.
 *
 * A pipe or socket is written without blocking: a reader that stalls would otherwise hold the event loop, or, in a
 * thread of libuv's pool, the end of the process. Files and terminals are written in that pool.
 *
 * @param onDropped called with the number of lines lost
 */
function openLogOutput(stream: LogStream, onDropped: (lines: number) => void) {
  const { send, cancel } = senderFor(stream);
  let batch: string[] = [];
  let characters = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing = false;
  let onIdle: (() => void) | undefined;

  function startWriting(): void {
    clearTimeout(timer);
    timer = undefined;
    if (writing || batch.length === 0) return;
    const [text, lines] = [batch.join(''), batch.length];
    batch = [];
    characters = 0;
    writing = true;
    send(text, (error) => {
      writing = false;
      if (error) onDropped(lines);
      startWriting();
      if (!writing) onIdle?.();
    });
  }

  return {
    /** @param line with its newline */
    write(line: string): void {
      if (characters + line.length > MOST_WAITING_CHARACTERS) {
        onDropped(1);
        return;
      }
      batch.push(line);
      characters += line.length;
      if (characters >= BATCH_CHARACTERS) startWriting();
      else timer ??= setTimeout(startWriting, LONGEST_DELAY_MS).unref();
    },

    close(): Promise<void> {
      startWriting();
      if (!writing) return Promise.resolve();
      return new Promise((resolve) => {
        const timeout = setTimeout(() => {
          cancel();
          resolve();
        }, LONGEST_CLOSE_MS);
        onIdle = () => {
          clearTimeout(timeout);
          resolve();
        };
      });
    },
  };
}

interface Sender {
  /** Writes a text and calls back once it has left, or with what went wrong. */
  send(text: string, done: (error: Error | null | undefined) => void): void;
  /** Gives up what is being written. */
  cancel(): void;
}

function senderFor(stream: LogStream): Sender {
  const { fd } = stream;
  if (fd === undefined) return { send: (text, done) => stream.write(text, done), cancel: () => {} };
  if (!isPipe(fd)) return fileSender(fd);
  const socket = new Socket({ fd, readable: false, writable: true });
  // Each write's callback gets the error, also once the reader has left; without a listener the event would end the process.
  socket.on('error', () => {});
  // A reader that stalls must not hold up the end of the process.
  socket.unref();
  return { send: (text, done) => socket.write(text, done), cancel: () => socket.destroy() };
}

function fileSender(descriptor: number): Sender {
  return {
    send(text, done) {
      const bytes = Buffer.from(text);
      let written = 0;
      const writeRest = () =>
        writeFile(descriptor, bytes, written, (error, count) => {
          written += count;
          if (error !== null || written === bytes.length) done(error);
          else writeRest();
        });
      writeRest();
    },
    cancel: () => {},
  };
}

function isPipe(descriptor: number): boolean {
  try {
    const stat = fstatSync(descriptor);
    return stat.isFIFO() || stat.isSocket();
  } catch {
    return false;
  }
}
