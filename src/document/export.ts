import { DataError } from '../errors.js';
import { readArrayDocument } from '../json/documents.js';
import type { DelimitedFormat } from './delimited-rows.js';
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
export async function peek(
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

/** The formats that are read back. */
export const READABLE_FORMATS = ['json', 'ndjson', 'csv', 'tsv'] as const;

export type ExportFormat = { readonly kind: 'json' } | { readonly kind: 'ndjson' } | DelimitedFormat;

const NEEDED = ['message_id', 'credits_used'];
/** Fields that a line of NDJSON may begin with, beside those of `--fields`. */
const FIELD_LIKE =
  /^(message_id|timestamp|report_name|credits_used|report_id|kind|date|characters|text|cost|currency)$/;

/**
 * Recognises which format of `usage` a file has, by how it begins.
 *
 * @param head its first line at least, or all of it
 * @throws DataError when it is none that can be read back
 */
export function exportFormat(name: string, head: string): ExportFormat {
  const text = head.replace(/^\uFEFF/, '').trimStart();
  if (text === '') {
    // The NDJSON of an empty period is an empty file; of any other format it is an accident.
    if (/\.(ndjson|jsonl)$/i.test(name)) return { kind: 'ndjson' };
    throw new DataError(name, 'is empty');
  }
  if (text.startsWith('{')) {
    const firstKey = /^\{\s*"([^"\\]*)"/.exec(text)?.[1] ?? '';
    return { kind: FIELD_LIKE.test(firstKey) ? 'ndjson' : 'json' };
  }
  const [line = ''] = text.split(/[\r\n]/, 1);
  const header = line.replaceAll('"', '');
  const delimiter = /[^a-z_]/.exec(header)?.[0];
  const columns = delimiter === undefined ? [header] : header.split(delimiter);
  if (delimiter !== undefined && NEEDED.every((column) => columns.includes(column))) {
    const twice = columns.find((column, index) => columns.indexOf(column) !== index);
    if (twice !== undefined) throw new DataError(name, `the column ${twice} occurs twice`);
    // Both may have tabs between their cells, but only CSV ends its lines with CRLF.
    const kind = delimiter === '\t' && text[line.length] === '\n' ? 'tsv' : 'csv';
    // CSV without the guard has its text columns' names in quotes; a program that quotes every name says nothing.
    const guarded = !/"(report_name|report_id|text)"/.test(line) || line.includes('"message_id"');
    return { kind, delimiter, columns, guarded };
  }
  if (/^Message +Timestamp|^[A-Z][a-z]+( ID)?( {2,}[A-Z][a-z]+( ID)?)+ *$/.test(line)) {
    throw new DataError(
      name,
      `is a table, which is for people; export with ${READABLE_FORMATS.map((each) => `--${each}`).join(' or ')}`,
    );
  }
  throw new DataError(
    name,
    `is no export of o-copilot: ${READABLE_FORMATS.join(', ')} with message_id and credits_used`,
  );
}
