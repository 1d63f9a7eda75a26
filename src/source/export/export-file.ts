import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { UnreadableError } from '../../errors.js';
import { reasonOf } from '../../os-error.js';
import { readChunks, readFileChunks } from '../file/file-source.js';
import type { ExportRow } from './export-row.js';
import { readExport } from './read-export.js';

/** A usage export that can be read. */
export interface ExportFile {
  /** A path, or `stdin`. */
  readonly name: string;
  /** Whether `rows` may be called more than once: not for a pipe. */
  readonly rereadable: boolean;
  /** @throws DataError, UnreadableError */
  rows(): AsyncGenerator<ExportRow[]>;
}

/**
 * Opens the export at `path`, or on `stdin` for `-`.
 *
 * @throws UnreadableError
 */
export async function openExport(path: string, stdin: Readable, signal: AbortSignal): Promise<ExportFile> {
  if (path === '-') return pipedExport('stdin', () => readChunks('stdin', stdin, signal));
  const stats = await stat(path).catch((error: unknown) => {
    throw new UnreadableError(path, reasonOf(error));
  });
  if (stats.isDirectory()) throw new UnreadableError(path, 'is a directory');
  const bytes = () => readFileChunks(path, signal);
  if (!stats.isFile()) return pipedExport(path, bytes);
  return { name: path, rereadable: true, rows: () => readExport(path, bytes()) };
}

function pipedExport(name: string, bytes: () => AsyncIterable<Uint8Array>): ExportFile {
  let begun = false;
  return {
    name,
    rereadable: false,
    rows() {
      if (begun) throw new UnreadableError(name, 'it is a pipe, but had to be read a second time');
      begun = true;
      return readExport(name, bytes());
    },
  };
}
