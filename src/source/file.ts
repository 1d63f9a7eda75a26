import { constants, createReadStream, openSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import type { ReportId } from '../document/records.js';
import { DataError, UnreadableError } from '../errors.js';
import { readRecord } from '../json/object-reader.js';
import { jsonValues } from '../json/scan.js';
import { hasCode, reasonOf, unreadable } from '../os-error.js';
import { limitConcurrency, nameProblem, REPORT_FILES_AT_ONCE, type Source } from './source.js';

/** The messages document in a file or on stdin, with `reports/ID.json` in a folder. */
export function fileSource({ name, bytes }: InputFile, folder: string): Source {
  const limit = limitConcurrency(REPORT_FILES_AT_ONCE);
  const reports = join(folder, 'reports');
  return {
    name,
    messages: (consume) => consume(bytes()),
    report: (id) => limit(() => readReportFile(reports, id)),
    close: async () => {},
  };
}

/** The bytes of a file or FIFO. @throws UnreadableError, the signal's reason */
export async function* readFileChunks(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  yield* readChunks(path, await openStream(path, signal), signal);
}

/** All bytes of a file or FIFO. @throws UnreadableError, the signal's reason */
export async function readWholeFile(path: string, signal: AbortSignal): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readFileChunks(path, signal)) chunks.push(chunk);
  return Buffer.concat(chunks);
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

/** A file, pipe or standard input named on the command line. */
export interface InputFile {
  /** A path, or `stdin`. */
  readonly name: string;
  /** Whether `bytes` may be called more than once: not for a pipe. */
  readonly rereadable: boolean;
  /** @throws UnreadableError */
  bytes(): AsyncIterable<Uint8Array>;
}

/**
 * Opens `path`, or on `stdin` for `-`.
 *
 * @throws UnreadableError
 */
export async function openInput(path: string, stdin: Readable, signal: AbortSignal): Promise<InputFile> {
  if (path === '-') {
    return pipedInput('stdin', () => readChunks('stdin', addAbortSignal(signal, stdin), signal));
  }
  const stats = await stat(path).catch(unreadable(path));
  if (stats.isDirectory()) throw new UnreadableError(path, 'is a directory');
  const bytes = () => readFileChunks(path, signal);
  if (!stats.isFile()) return pipedInput(path, bytes);
  return { name: path, rereadable: true, bytes };
}

function pipedInput(name: string, bytes: () => AsyncIterable<Uint8Array>): InputFile {
  let begun = false;
  return {
    name,
    rereadable: false,
    bytes() {
      if (begun) throw new UnreadableError(name, 'it is a pipe, but had to be read a second time');
      begun = true;
      return bytes();
    },
  };
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

/** Bytes read at a time. */
const CHUNK = 256 * 1024;

/**
 * A file's bytes, or those of a FIFO such as `<(command)`. A FIFO is read as a socket is: a read that blocks for want of a
 * writer could not be given up, and Node would wait for it when the process ends.
 *
 * @throws UnreadableError
 */
async function openStream(path: string, signal: AbortSignal): Promise<Readable> {
  try {
    if (!(await stat(path)).isFIFO()) return createReadStream(path, { highWaterMark: CHUNK, signal });
    // Does not wait for a writer; the socket closes the descriptor.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const socket = new Socket({ fd, readable: true, writable: false });
    return addAbortSignal(signal, socket);
  } catch (error) {
    throw new UnreadableError(path, reasonOf(error));
  }
}

/**
 * All reports in one file: a JSON array, or one report after another (NDJSON). A report that is not in it does
 * not exist.
 *
 * @throws UnreadableError, the signal's reason; DataError for what is no report, or a duplicate id
 */
export async function openReportsFile(path: string, signal: AbortSignal): Promise<Pick<Source, 'report'>> {
  const bytes = await readWholeFile(path, signal);
  const reports = new Map<string, Uint8Array>();
  let count = 0;
  for (const report of jsonValues(bytes, path)) {
    const where = `${path}, report ${++count}`;
    const id = String(readRecord(report.toString(), where, ['id']).id('id'));
    if (reports.has(id)) throw new DataError(where, `${JSON.stringify(id)} occurs twice`, 'id');
    reports.set(id, report);
  }
  // It would price every message by its text. A byte order mark is white space to `trim`.
  if (count === 0 && bytes.toString().trim() === '') {
    throw new DataError(path, 'is empty; a file of no reports holds []');
  }
  return { report: async (id) => reports.get(String(id)) };
}
