import { DataError } from '../../errors.js';
import { createStretches, type Stretch } from '../document/stretch.js';
import { valueEnd } from '../document/value-end.js';
import type { ExportRow } from './export-row.js';
import { createRowReader } from './json-row.js';

/** Bytes of one line. */
const LONGEST_LINE = 64 * 1024 * 1024;
const NEWLINE = 0x0a;

/** The rows of `usage --ndjson`. @throws DataError */
export async function* readNdjsonRows(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<ExportRow[]> {
  const { plain, readValue } = createRowReader(name);
  const stretches = createStretches(name);
  let count = 0;

  function readLine(stretch: Stretch, at: number, end: number): ExportRow | undefined {
    const usual = plain.read(stretch, at);
    if (usual !== undefined && plain.next() === end) {
      count++;
      return usual;
    }
    const line = stretch.bytes.toString('utf8', at, end);
    if (line.trim() === '') return undefined;
    // For its bound on depth alone: the parser behind readValue recurses.
    valueEnd(stretch.bytes.subarray(at, end), 0, `${name}, row ${count + 1}`);
    return readValue(line, count++);
  }

  /** The rows of the lines that end in the stretch, or of all of the last one. */
  function readLines(stretch: Stretch, last: boolean): ExportRow[] {
    const rows: ExportRow[] = [];
    const stop = last ? stretch.bytes.length : stretch.bytes.lastIndexOf(NEWLINE) + 1;
    let at = 0;
    while (at < stop) {
      const newline = stretch.bytes.indexOf(NEWLINE, at);
      const end = newline === -1 ? stop : newline;
      const row = readLine(stretch, at, end);
      if (row !== undefined) rows.push(row);
      at = end + 1;
    }
    if (stretch.bytes.length - stop > LONGEST_LINE) {
      throw new DataError(`${name}, row ${count + 1}`, 'is longer than 64 MiB');
    }
    stretches.advance(stop);
    return rows;
  }

  for await (const chunk of bytes) {
    const stretch = stretches.next(chunk, false);
    if (stretch !== undefined) yield readLines(stretch, false);
  }
  const stretch = stretches.next(Buffer.alloc(0), true);
  if (stretch !== undefined) yield readLines(stretch, true);
}
