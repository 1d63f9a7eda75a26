/**
 * One class a cause. Each carries its data, a stable `code` for scripts, and the exit status that
 * docs/exit-codes in the README promises. `cli/failure.ts` is the one place that prints them.
 */
export abstract class OCopilotError extends Error {
  /** Stable, lower-case, for scripts: `{"error":{"code":…}}`. */
  abstract readonly code: string;
  /** The process's exit status (sysexits.h where one fits). */
  abstract readonly exitCode: number;

  /** What to do next, where the command line knows it; shown after the message. */
  advice?: string | undefined;

  override get name(): string {
    return this.constructor.name;
  }

  /** What a script may want beside the message: plain JSON values, never a secret. */
  details(): Record<string, string | number | boolean> {
    return {};
  }
}

/** The command line is wrong: an unknown flag, a value that a flag does not take, two formats at once. */
export class CommandLineError extends OCopilotError {
  readonly code = 'command_line';
  readonly exitCode = 64;
}

/** The data is wrong. `where` names the message, report or place in the document; `field` the key. */
export class DataError extends OCopilotError {
  readonly code = 'bad_data';
  readonly exitCode = 65;

  constructor(
    readonly where: string,
    readonly problem: string,
    readonly field?: string,
  ) {
    super(`${where}: ${field === undefined ? '' : `${field}: `}${problem}`);
  }

  override details(): Record<string, string> {
    return this.field === undefined ? { where: this.where } : { where: this.where, field: this.field };
  }
}

/** A file or folder that the user named cannot be read. */
export class UnreadableError extends OCopilotError {
  readonly code = 'unreadable';
  readonly exitCode = 66;

  constructor(
    readonly path: string,
    reason: string,
  ) {
    super(`cannot read ${path}: ${reason}`);
  }

  override details(): Record<string, string> {
    return { path: this.path };
  }
}

/** Upstream failed or refused, after the retries. `url` holds no password, token or query; a local source's is its name. */
export class UpstreamError extends OCopilotError {
  readonly code: string = 'upstream';
  readonly exitCode = 69;

  constructor(
    readonly url: string,
    readonly reason: string,
    readonly status?: number,
    /** Requests made for this document, the first included. */
    readonly attempts = 1,
    /** Seconds after which upstream asked to be asked again. */
    readonly retryAfter?: number,
  ) {
    super(
      `${/^https?:/i.test(url) ? 'GET ' : ''}${url}: ${reason}${attempts > 1 ? ` (after ${attempts} attempts)` : ''}`,
    );
  }

  override details(): Record<string, string | number> {
    const all = { url: this.url, attempts: this.attempts };
    return this.status === undefined ? all : { ...all, status: this.status };
  }
}

/** Upstream was too slow: a connection, a silence between bytes, or the deadline of the whole run. */
export class UpstreamTimeoutError extends UpstreamError {
  override readonly code: string = 'upstream_timeout';
}

/** The output's file cannot be created. */
export class CannotCreateError extends OCopilotError {
  readonly code = 'cannot_create';
  readonly exitCode = 73;

  constructor(
    readonly path: string,
    reason: string,
  ) {
    super(`cannot create ${path}: ${reason}`);
  }

  override details(): Record<string, string> {
    return { path: this.path };
  }
}

/** The output was opened, but writing to it failed (a full disk, a device error). */
export class CannotWriteError extends OCopilotError {
  readonly code = 'cannot_write';
  readonly exitCode = 74;

  constructor(
    readonly path: string,
    reason: string,
  ) {
    super(`cannot write ${path}: ${reason}`);
  }

  override details(): Record<string, string> {
    return { path: this.path };
  }
}

/** The system refused: a port that is in use, or needs more rights. */
export class SystemRefusedError extends OCopilotError {
  readonly code = 'system_refused';
  readonly exitCode = 71;
}

/** Another run holds the lock file. */
export class LockedError extends OCopilotError {
  readonly code = 'locked';
  readonly exitCode = 75;

  constructor(
    readonly path: string,
    readonly holder: string,
  ) {
    super(`another run holds the lock ${path} (${holder}); nothing was done`);
  }

  override details(): Record<string, string> {
    return { path: this.path };
  }
}

/** Upstream answered 401 or 403. `hint` says where the token came from, or how to give one. */
export class UnauthorizedError extends OCopilotError {
  readonly code = 'unauthorized';
  readonly exitCode = 77;

  constructor(
    readonly url: string,
    readonly status: number,
    readonly hint: string,
  ) {
    super(`GET ${url}: upstream answered ${status}; ${hint}`);
  }

  override details(): Record<string, string | number> {
    return { url: this.url, status: this.status };
  }
}

/** A setting or its file is wrong. `origin` names where it was set: `O_COPILOT_RETRIES`, `.env line 3`. */
export class SettingError extends OCopilotError {
  readonly code = 'bad_setting';
  readonly exitCode = 78;

  constructor(
    readonly origin: string,
    problem: string,
  ) {
    super(`${origin}: ${problem}`);
  }

  override details(): Record<string, string> {
    return { origin: this.origin };
  }
}

export type StopSignal = 'SIGHUP' | 'SIGINT' | 'SIGQUIT' | 'SIGTERM';

/** As shells show an end by a signal: 128 and its number. */
const SIGNAL_STATUS = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 } as const;

/** A signal stopped the run; nothing of it was left behind. */
export class InterruptedError extends OCopilotError {
  readonly code = 'interrupted';
  readonly exitCode: number;

  constructor(readonly signal: StopSignal) {
    super(`stopped by ${signal}; nothing was written`);
    this.exitCode = SIGNAL_STATUS[signal];
  }
}
