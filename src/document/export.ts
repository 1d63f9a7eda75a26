import { readArrayDocument } from '../json/array-document.js';
import { exportFormat } from './export-format.js';
import { createRowReader, readNdjsonRows } from './export-rows.js';
import type { ExportRow } from './records.js';

/** Bytes within which the first line must end; no header of ours comes near. */
const LONGEST_HEAD = 64 * 1024;

/**
 * The rows of a usage export in any of its formats, as they arrive: memory does not grow with their number.
 *
 * @param name what an error calls the export
 * @throws DataError for what is no whole export, and whatever `bytes` throws
 */
export async function* readExport(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<ExportRow[]> {
  const { head, all } = await peek(bytes);
  const format = exportFormat(name, head);
  if (format.kind === 'json') {
    const { plain, readValue } = createRowReader(name);
    yield* readArrayDocument(all, { name, key: 'usage', noun: 'row', plain, readValue });
  } else if (format.kind === 'ndjson') {
    yield* readNdjsonRows(name, all);
  } else {
    const { readDelimitedRows } = await import('./delimited-rows.js');
    yield* readDelimitedRows(name, all, format);
  }
}

/** The first line, and all the bytes from the first on. */
async function peek(
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ head: string; all: AsyncIterable<Uint8Array> }> {
  const iterator = bytes[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < LONGEST_HEAD && !head.toString('latin1').trimStart().includes('\n')) {
    const { done, value } = await iterator.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield head;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return { head: head.toString('utf8'), all: all() };
}
