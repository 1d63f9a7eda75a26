/** What a command needs of the process it runs in. */
export interface Host {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** The status the process ends with where no error says otherwise: 1 for a difference that was found. */
  exitCode?: number | string | null | undefined;
  /** SIGHUP makes a service read its files again. */
  on(signal: 'SIGHUP', listener: () => void): unknown;
  off(signal: 'SIGHUP', listener: () => void): unknown;
  /** Ends the process with that status, whatever is still under way. */
  exit(): void;
}

/** What a command runs in: the process, and the signal that SIGINT and SIGTERM raise. */
export interface Context {
  readonly host: Host;
  /** Aborted with an InterruptedError. */
  readonly signal: AbortSignal;
}
