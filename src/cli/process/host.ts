import type { EventEmitter } from 'node:events';
import { closeSync, fstatSync, readFileSync, readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { InterruptedError, type StopSignal } from '../../errors.js';
import { isOsError } from '../../os-error.js';

/** A stream for text, which may be a terminal. */
export interface Output extends Writable {
  readonly isTTY?: boolean;
  /** Of the terminal, where it says. */
  readonly columns?: number;
  /** Absent in a test's own process. */
  readonly fd?: number;
}

/** What the program needs of the process it runs in, which tests may fake. */
export interface Host extends Pick<EventEmitter, 'on' | 'off' | 'listenerCount'> {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly ppid: number;
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
  /** The status the process ends with where no error says otherwise: 1 for a difference that was found. */
  exitCode?: number | string | null | undefined;
  /** Ends the process, with that status or `exitCode`, whatever is still under way. */
  exit(status?: number): void;
}

/** What a command runs in: the process, and the signal that SIGINT and SIGTERM raise. */
export interface Context {
  readonly host: Host;
  /** Aborted with an InterruptedError. */
  readonly signal: AbortSignal;
}

const STOP_SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

/**
 * Aborts `interruption` at the first signal that ends a run; a second SIGINT or SIGTERM ends it at once.
 * A signal that whoever started the run wants ignored stays ignored.
 *
 * @returns takes the listeners off
 */
export function listenToSignals(host: Host, interruption: AbortController): () => void {
  const ignored = ignoredByParent(host.ppid);
  // The name that a shell leaves of the command it started, which nohup became.
  if (/(^|\/)nohup$/.test(host.env._ ?? '')) ignored.push('SIGHUP');
  const stop = (signal: NodeJS.Signals) => {
    const known = STOP_SIGNALS.find((each) => each === signal);
    if (known === 'SIGHUP') host.on('exit', closeTerminal);
    if (known === undefined || ignored.includes(known)) return;
    if (known === 'SIGHUP' && (isReloaded(host) || hasStreamsOfNohup())) return;
    const interrupted = new InterruptedError(known);
    if (!interruption.signal.aborted) interruption.abort(interrupted);
    // A terminal that closes may send SIGHUP twice, which is nobody's impatience.
    else if (known !== 'SIGHUP') host.exit(interrupted.exitCode);
  };
  // Not `once`: ora's exit hook ends the process at a signal that nobody else listens to, before files are gone.
  for (const signal of STOP_SIGNALS) host.on(signal, stop);
  return () => {
    // Without a listener an ignored signal would end the process after all.
    for (const signal of STOP_SIGNALS) if (!ignored.includes(signal)) host.off(signal, stop);
  };
}

/** Node aborts at its exit where a terminal that it restores is gone (`ResetStdio` in its src/node.cc). */
function closeTerminal(): void {
  for (const descriptor of [0, 1, 2]) {
    try {
      if (fstatSync(descriptor).isCharacterDevice()) closeSync(descriptor);
    } catch (error) {
      if (!isOsError(error)) throw error;
    }
  }
}

/** Whether SIGHUP is for a service that listens to it too, to read its files again. (A spinner listens to all signals.) */
function isReloaded(host: Host): boolean {
  return host.argv[2] === 'serve' && host.listenerCount('SIGHUP') > 1;
}

/*
 * Node sets every ignored signal back to its default before any of our code runs (`ResetSignalHandlers` in its
 * src/node.cc), so what was inherited can only be seen from outside.
 */

/**
 * The signals that the parent ignores itself: a script after `trap '' HUP`, or under nohup. Read at the start, since a
 * parent may end first. Not SIGTERM and SIGQUIT, which every interactive shell ignores, but not for its children.
 */
function ignoredByParent(parent: number): StopSignal[] {
  const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(
    ifThere(() => readFileSync(`/proc/${parent}/status`, 'latin1')),
  )?.[1];
  const bits = BigInt(`0x${mask ?? '0'}`);
  const isIgnored = (signal: StopSignal) => ((bits >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n;
  return (['SIGHUP', 'SIGINT'] as const).filter(isIgnored);
}

/** Whether the streams are as nohup leaves them, where no shell said its name. */
function hasStreamsOfNohup(): boolean {
  const flags =
    /^flags:\s*([0-7]+)$/m.exec(ifThere(() => readFileSync('/proc/self/fdinfo/0', 'latin1')))?.[1] ?? '0';
  // GNU nohup puts a /dev/null that cannot be read in place of a terminal; others write to nohup.out.
  const unreadable =
    (Number.parseInt(flags, 8) & 3) === 1 && ifThere(() => readlinkSync('/proc/self/fd/0')) === '/dev/null';
  return unreadable || /\/nohup\.out$/.test(ifThere(() => readlinkSync('/proc/self/fd/1')));
}

/** What Linux says of a process; empty elsewhere. */
function ifThere(read: () => string): string {
  try {
    return read();
  } catch (error) {
    if (isOsError(error)) return '';
    throw error;
  }
}
