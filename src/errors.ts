/**
 * Every kind of error by its code, with the exit status (sysexits.h where one fits) and its meaning. The help, the man
 * page and the README's table of exit statuses derive from this table or are tested against it.
 */
export const ERRORS = {
  command_line: { exitCode: 64, meaning: 'the command line is wrong' },
  bad_data: {
    exitCode: 65,
    meaning: 'the data is wrong; the message or report and its field are named',
  },
  unreadable: { exitCode: 66, meaning: 'a named file or folder cannot be read' },
  upstream: {
    exitCode: 69,
    meaning: 'upstream failed or refused, after the retries, or the deadline passed',
  },
  upstream_timeout: { exitCode: 69, meaning: 'upstream was too slow' },
  internal: { exitCode: 70, meaning: 'a bug in this program' },
  system_refused: {
    exitCode: 71,
    meaning: "the system refused: serve's port is in use, or needs more rights",
  },
  cannot_create: { exitCode: 73, meaning: 'the output cannot be created' },
  cannot_write: { exitCode: 74, meaning: 'the output cannot be written, to a full disk for example' },
  locked: { exitCode: 75, meaning: 'another run holds the file of --lock, or of budget --once' },
  unauthorized: { exitCode: 77, meaning: 'upstream said 401 or 403' },
  bad_setting: { exitCode: 78, meaning: 'a setting or its file is wrong' },
  interrupted: { exitCode: 130, meaning: 'stopped by a signal' },
} as const;

export type ErrorCode = keyof typeof ERRORS;
type Details = Record<string, string | number | boolean>;

/** One class a cause, with its data. `cli/failure.ts` is the one place that prints them. */
export abstract class OCopilotError extends Error {
  /** Stable, lower-case, for scripts: `{"error":{"code":…}}`. */
  abstract readonly code: ErrorCode;

  /** What to do next, where the command line knows it; shown after the message. */
  advice?: string | undefined;

  readonly #details: Details;

  constructor(message: string, details: Details = {}) {
    super(message);
    this.#details = details;
  }

  override get name(): string {
    return this.constructor.name;
  }

  /** The process's exit status. */
  get exitCode(): number {
    return ERRORS[this.code].exitCode;
  }

  /** What a script may want beside the message: plain JSON values, never a secret. */
  details(): Details {
    return { ...this.#details };
  }
}

/** The command line, or a parameter of the library, is wrong: unknown, not taken, two formats at once. */
export class CommandLineError extends OCopilotError {
  readonly code = 'command_line';
}

/** The data is wrong. `where` names the message, report or position in the document; `field` the key. */
export class DataError extends OCopilotError {
  readonly code = 'bad_data';

  constructor(
    readonly where: string,
    readonly problem: string,
    readonly field?: string,
  ) {
    const shownField = field === undefined ? '' : `${field}: `;
    super(`${where}: ${shownField}${problem}`, field === undefined ? { where } : { where, field });
  }
}

/** A file could not be used. */
abstract class FileError extends OCopilotError {
  constructor(
    verb: string,
    readonly path: string,
    reason: string,
  ) {
    super(`cannot ${verb} ${path}: ${reason}`, { path });
  }
}

/** A file or folder that the user named cannot be read. */
export class UnreadableError extends FileError {
  readonly code = 'unreadable';

  constructor(path: string, reason: string) {
    super('read', path, reason);
  }
}

/** The output's file cannot be created. */
export class CannotCreateError extends FileError {
  readonly code = 'cannot_create';

  constructor(path: string, reason: string) {
    super('create', path, reason);
  }
}

/** The output was opened, but writing to it failed (a full disk, a device error). */
export class CannotWriteError extends FileError {
  readonly code = 'cannot_write';

  constructor(path: string, reason: string) {
    super('write', path, reason);
  }
}

/** Upstream failed or refused, after the retries. `url` holds no password, token or query; a local source's is its name. */
export class UpstreamError extends OCopilotError {
  readonly code: 'upstream' | 'upstream_timeout' = 'upstream';

  constructor(
    readonly url: string,
    readonly reason: string,
    readonly status?: number,
    /** Requests made for this document, the first included. */
    readonly attempts = 1,
    /** Seconds that upstream said to wait before the next request. */
    readonly retryAfter?: number,
  ) {
    const method = /^https?:/i.test(url) ? 'GET ' : '';
    super(
      `${method}${url}: ${reason}${attempts > 1 ? ` (after ${attempts} attempts)` : ''}`,
      status === undefined ? { url, attempts } : { url, attempts, status },
    );
  }
}

/** Upstream was too slow: a connection, a silence between bytes, or the deadline of the whole run. */
export class UpstreamTimeoutError extends UpstreamError {
  override readonly code = 'upstream_timeout';
}

/** Upstream answered 401 or 403. `hint` says where the token came from, or how to give one. */
export class UnauthorizedError extends OCopilotError {
  readonly code = 'unauthorized';

  constructor(
    readonly url: string,
    readonly status: number,
    readonly hint: string,
  ) {
    super(`GET ${url}: upstream answered ${status}; ${hint}`, { url, status });
  }
}

/** The system refused: a port that is in use, or needs more rights. */
export class SystemRefusedError extends OCopilotError {
  readonly code = 'system_refused';
}

/** Another run holds the lock file. */
export class LockedError extends OCopilotError {
  readonly code = 'locked';

  constructor(
    readonly path: string,
    readonly holder: string,
  ) {
    super(`another run holds the lock ${path} (${holder}); nothing was done`, { path });
  }
}

/** A setting or its file is wrong. `origin` names where it was set: `O_COPILOT_RETRIES`, `.env line 3`. */
export class SettingError extends OCopilotError {
  readonly code = 'bad_setting';

  constructor(
    readonly origin: string,
    problem: string,
  ) {
    super(`${origin}: ${problem}`, { origin });
  }
}

/** As shells show an end by a signal: 128 and its number. */
export const SIGNAL_STATUS = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 } as const;

export type StopSignal = keyof typeof SIGNAL_STATUS;

/** A signal stopped the run; nothing of it was left behind. */
export class InterruptedError extends OCopilotError {
  readonly code = 'interrupted';

  constructor(readonly signal: StopSignal) {
    super(`stopped by ${signal}; nothing was written`);
  }

  override get exitCode(): number {
    return SIGNAL_STATUS[this.signal];
  }
}

/** An error nobody foresaw: a bug in this program. */
export class InternalError extends OCopilotError {
  readonly code = 'internal';

  constructor(reason: string) {
    super(`a bug in o-copilot, please report it: ${reason}`);
  }
}
