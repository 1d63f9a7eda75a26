import { readFile } from 'node:fs/promises';
import { DataError, UnreadableError } from '../../errors.js';
import { jsonString } from '../../format/text.js';
import { readDocument } from '../../json/object-reader.js';
import { hasCode, reasonOf } from '../../os-error.js';
import { fileWriter } from '../../output/file.js';
import { acquireLock, lockFileOf } from '../../output/lock.js';
import { CROSSINGS, type Crossing } from '../../usage/forecast/budget.js';

const FORMAT = 'o-copilot-budget/1';

/** What the file of `--once` says: the crossings of one budget that were reported. */
interface Reported {
  /** The budget and its period, to the letter. */
  readonly budget: string;
  readonly crossings: readonly Crossing[];
}

/** Crossings that are reported once a period. */
export interface OnceFile {
  /** Those that were not reported yet. */
  newOf(budget: string, crossings: readonly Crossing[]): readonly Crossing[];
  /** Remembers that they were. @throws CannotCreateError, CannotWriteError */
  report(budget: string, crossings: readonly Crossing[]): Promise<void>;
  /** Lets the next run in. */
  close(): Promise<void>;
}

/**
 * Opens the file of `--once`, under a lock of its own until it is closed: of two runs at once only one reports.
 *
 * @throws LockedError; CannotCreateError; UnreadableError; DataError for a file that holds anything else
 */
export async function openOnce(path: string): Promise<OnceFile> {
  const lock = await acquireLock(lockFileOf(path));
  try {
    const reported = await readReported(path);
    // Found out before any request that it cannot be written.
    const writer = await fileWriter(path);
    const earlier = (budget: string) => (reported?.budget === budget ? reported.crossings : []);
    return {
      newOf: (budget, crossings) => crossings.filter((each) => !earlier(budget).includes(each)),
      async report(budget, crossings) {
        const all = CROSSINGS.filter((each) => crossings.includes(each) || earlier(budget).includes(each));
        await writer.write(`${jsonString({ format: FORMAT, budget, crossings: all })}\n`);
        await writer.commit();
      },
      async close() {
        await writer.abandon();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Undefined where nothing was reported yet. */
async function readReported(path: string): Promise<Reported | undefined> {
  const json = await readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return '';
    throw new UnreadableError(path, reasonOf(error));
  });
  if (json.trim() === '') return undefined;
  try {
    const document = readDocument(json, path);
    document.choice('format', [FORMAT]);
    const names = document.texts('crossings');
    return { budget: document.text('budget'), crossings: CROSSINGS.filter((each) => names.includes(each)) };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new DataError(path, `is no file of --once (${error.problem}); remove it, or name another`);
  }
}
