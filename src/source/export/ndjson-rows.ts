import { readNdjsonDocument } from '../document/ndjson-document.js';
import type { ExportRow } from './export-row.js';
import { createRowReader } from './json-row.js';

/** The rows of `usage --ndjson`. @throws DataError */
export function readNdjsonRows(name: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ExportRow[]> {
  return readNdjsonDocument(bytes, { name, noun: 'row', ...createRowReader(name) });
}
