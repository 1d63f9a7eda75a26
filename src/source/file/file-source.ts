import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { DataError, UnreadableError } from '../../errors.js';
import { hasCode, reasonOf } from '../../os-error.js';
import { nameProblem } from '../document-name.js';
import { limitConcurrency } from '../limit.js';
import type { ReportId } from '../message.js';
import { REPORT_FILES_AT_ONCE } from '../reports-at-once.js';
import type { Source } from '../source.js';
import { openStream } from './open-stream.js';

/** A messages JSON file, with `reports/ID.json` beside it. */
export function fileSource(path: string, signal: AbortSignal): Source {
  return {
    name: path,
    messages: (consume) => consume(readFileChunks(path, signal)),
    report: reportsIn(join(dirname(path), 'reports')),
    close: async () => {},
  };
}

/** The messages document on standard input, with reports in `reports/ID.json` of the working folder. */
export function stdinSource(stdin: Readable, signal: AbortSignal): Source {
  addAbortSignal(signal, stdin);
  return {
    name: 'stdin',
    messages: (consume) => consume(readChunks('stdin', stdin, signal)),
    report: reportsIn('reports'),
    close: async () => {},
  };
}

/** The bytes of a file or FIFO. @throws UnreadableError, the signal's reason */
export async function* readFileChunks(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  yield* readChunks(path, await openStream(path, signal), signal);
}

/** The bytes of a stream that `signal` ends. @throws UnreadableError, the signal's reason */
export async function* readChunks(
  name: string,
  stream: AsyncIterable<Uint8Array | string>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  } catch (error) {
    signal.throwIfAborted();
    throw new UnreadableError(name, reasonOf(error));
  }
}

function reportsIn(folder: string): Source['report'] {
  const limit = limitConcurrency(REPORT_FILES_AT_ONCE);
  return (id) => limit(() => readReportFile(folder, id));
}

/**
 * A report's file. A folder without it says that the report does not exist; no folder at all says nothing, and
 * pricing the text instead would be a guess.
 */
async function readReportFile(folder: string, id: ReportId): Promise<Uint8Array | undefined> {
  const path = join(folder, reportFileName(id));
  try {
    return await readFile(path);
  } catch (error) {
    if (hasCode(error, 'ENAMETOOLONG')) {
      throw new DataError(`report ${String(id)}`, 'its id is too long for the name of a file');
    }
    if (!hasCode(error, 'ENOENT')) throw new UnreadableError(path, reasonOf(error));
  }
  const there = await stat(folder).catch(() => undefined);
  if (there?.isDirectory()) return undefined;
  throw new DataError(
    `report ${String(id)}`,
    `a message names it, but there is no folder ${folder} to look in`,
  );
}

/**
 * `ID.json`, percent-encoded so that no id leads out of the folder.
 *
 * @throws DataError for an id that would lead elsewhere
 */
export function reportFileName(id: ReportId): string {
  const problem = nameProblem(String(id));
  if (problem !== undefined) throw new DataError('reports', problem);
  return `${encodeURIComponent(String(id)).replaceAll('.', '%2E')}.json`;
}
