import type { Readable, Writable } from 'node:stream';
import type { StopSignal } from '../../errors.js';

/** A stream for text, which may be a terminal. */
export interface Output extends Writable {
  readonly isTTY?: boolean;
  /** Of the terminal, where it says. */
  readonly columns?: number;
  /** Absent in a test's own process. */
  readonly fd?: number;
}

/** What the program needs of the process it runs in, which tests may fake. */
export interface Host {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly ppid: number;
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
  /** The status the process ends with where no error says otherwise: 1 for a difference that was found. */
  exitCode?: number | string | null | undefined;
  on(event: StopSignal, listener: (signal: NodeJS.Signals) => void): unknown;
  on(event: 'uncaughtException', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: () => void): unknown;
  off(event: StopSignal, listener: (signal: NodeJS.Signals) => void): unknown;
  off(event: 'uncaughtException', listener: (error: Error) => void): unknown;
  off(event: 'exit', listener: () => void): unknown;
  listenerCount(event: StopSignal): number;
  /** Ends the process, with that status or `exitCode`, whatever is still under way. */
  exit(status?: number): void;
}

/** What a command runs in: the process, and the signal that SIGINT and SIGTERM raise. */
export interface Context {
  readonly host: Host;
  /** Aborted with an InterruptedError. */
  readonly signal: AbortSignal;
}
