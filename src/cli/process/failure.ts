import { CommanderError } from 'commander';
import { CommandLineError, InternalError, OCopilotError } from '../../errors.js';
import { jsonString, visible } from '../../format/text.js';

/** Longer than any message of ours; what upstream puts into one must not fill a log. */
const LONGEST_MESSAGE = 1000;

/** The failure that `error` is; undefined where it only says that help or the version was shown. */
export function toFailure(error: unknown): OCopilotError | undefined {
  if (error instanceof OCopilotError) return error;
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return undefined;
    return new CommandLineError(error.message.replace(/^error: /, '').replace(/\n\(/, ' ('));
  }
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new InternalError(reason);
}

/** One line for stderr: prose, or JSON for scripts. Nothing in it steers a terminal. */
export function failureLine(failure: OCopilotError, asJson: boolean): string {
  const advice = failure.advice === undefined ? '' : `; ${failure.advice}`;
  const message = visible(failure.message + advice).slice(0, LONGEST_MESSAGE);
  if (!asJson) return `o-copilot: ${message}\n`;
  const { code, exitCode } = failure;
  return `${jsonString({ error: { code, message, exit_code: exitCode, ...failure.details() } })}\n`;
}

/**
 * Whether errors are to be JSON. Read from the words themselves, since an error may be that they
 * could not be parsed.
 */
export function jsonErrorsAsked(argv: readonly string[]): boolean {
  return argv.some((word, index) => {
    if (word === '--json' || word === '--ndjson') return true;
    const format = word === '--format' ? argv[index + 1] : /^--format=(.*)$/.exec(word)?.[1];
    return format === 'json' || format === 'ndjson';
  });
}
