import { fstatSync, write as writeFile } from 'node:fs';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';

/** Characters written at a time, and milliseconds that a line waits for others: small writes would cost more than the requests. */
const BATCH_CHARACTERS = 64 * 1024;
const LONGEST_DELAY_MS = 100;
/** Characters that wait for a slow reader; lines beyond are dropped. */
const MOST_WAITING_CHARACTERS = 1024 * 1024;
/** Milliseconds that `close` waits for the last lines to leave. */
const LONGEST_CLOSE_MS = 500;

/** Where log lines go. Writing never blocks and never fails: lines that cannot be written are counted and dropped. */
export interface LogOutput {
  /** @param line with its newline */
  write(line: string): void;
  /** Writes what waits, for half a second at the most. */
  close(): Promise<void>;
}

/** A stream of this process, which has a file descriptor unless a test made it. */
export type LogStream = Writable & { readonly fd?: number };

/**
 * Opens the log on a stream of this process.
 *
 * A pipe or socket is written without blocking: a reader that stalls would otherwise hold the event loop, or, in a
 * thread of libuv's pool, the end of the process. Files and terminals are written in that pool.
 *
 * @param onDropped called with the number of lines lost
 */
export function openLogOutput(stream: LogStream, onDropped: (lines: number) => void): LogOutput {
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
    write(line) {
      if (characters + line.length > MOST_WAITING_CHARACTERS) {
        onDropped(1);
        return;
      }
      batch.push(line);
      characters += line.length;
      if (characters >= BATCH_CHARACTERS) startWriting();
      else timer ??= setTimeout(startWriting, LONGEST_DELAY_MS).unref();
    },

    close() {
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
  const descriptor = stream.fd;
  if (descriptor === undefined) return { send: (text, done) => stream.write(text, done), cancel: () => {} };
  return isStream(descriptor) ? socketSender(descriptor) : fileSender(descriptor);
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

function isStream(descriptor: number): boolean {
  try {
    const stat = fstatSync(descriptor);
    return stat.isFIFO() || stat.isSocket();
  } catch {
    return false;
  }
}

function socketSender(descriptor: number): Sender {
  const socket = new Socket({ fd: descriptor, readable: false, writable: true });
  // Each write's callback gets the error; without a listener the event would end the process.
  socket.on('error', () => {});
  // A reader that stalls must not hold up the end of the process.
  socket.unref();
  return {
    send(text, done) {
      if (socket.destroyed) done(new Error('the reader of the log has left'));
      else socket.write(text, done);
    },
    cancel: () => socket.destroy(),
  };
}
