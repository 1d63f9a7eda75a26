/** Where a result goes: all or nothing. One caller at a time; whoever gets a promise waits for it. */
export interface Sink {
  /** Appends, text as UTF-8; bytes are the sink's from now on. A promise asks the caller to wait (back-pressure, or a failure to report). */
  write(chunk: string | Uint8Array): Promise<void> | void;

  /** Forgets everything written so far: the messages document is being read again. */
  restart(): Promise<void>;

  /**
   * Makes the result visible: renames the file, or copies what was held back to its destination.
   * Rejects with an AbortError when abandoned meanwhile.
   */
  commit(): Promise<void>;

  /** Leaves nothing behind and ends a commit that waits for a reader. Safe after commit, and twice. */
  abandon(): Promise<void>;

  /** SHA-256 in hex of the bytes written; undefined unless `SinkOptions.digest`. Ask after `commit`. */
  digest(): string | undefined;

  /** The reader of stdout has gone (`| head`): stop quietly with exit 0. Never true of a file. */
  readonly closed: boolean;
}

export interface SinkOptions {
  /** Computes `Sink.digest`. */
  readonly digest?: boolean;
}
