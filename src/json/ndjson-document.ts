import { DataError } from '../errors.js';
import type { PlainReader } from './array-document.js';
import { valueEnd } from './scan.js';
import { createSpans, type Span } from './spans.js';

/** Bytes of one line. */
const LONGEST_LINE = 64 * 1024 * 1024;
const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** A document of one JSON value a line. */
export interface LineDocument<Element> {
  /** What an error calls the document. */
  readonly name: string;
  /** What an error calls a line: `row`. */
  readonly noun: string;
  readonly plain: PlainReader<Element>;
  /** Reads any value with a full parser; throws a DataError that says what is wrong. `index` counts lines from 0. */
  readonly readValue: (json: string, index: number) => Element;
}

/**
 * Reads a document line by line as it arrives and yields the elements of each chunk, in order. Memory does not
 * grow with their number; blank lines are skipped.
 *
 * @throws DataError
 */
export async function* readNdjsonDocument<Element>(
  bytes: AsyncIterable<Uint8Array>,
  { name, noun, plain, readValue }: LineDocument<Element>,
): AsyncGenerator<Element[]> {
  const spans = createSpans(name);
  let lines = 0;

  function readLine(span: Span, at: number, newline: number): Element | undefined {
    const index = lines++;
    const end = newline > at && span.bytes[newline - 1] === CARRIAGE_RETURN ? newline - 1 : newline;
    const usual = plain.read(span, at);
    if (usual !== undefined && plain.next() === end) return usual;
    const line = span.bytes.toString('utf8', at, end);
    if (line.trim() === '') return undefined;
    // For its bound on depth alone: the parser behind readValue recurses.
    valueEnd(span.bytes.subarray(at, end), 0, `${name}, ${noun} ${index + 1}`);
    return readValue(line, index);
  }

  /** The elements of the lines that end in the span, or of all of the last one. */
  function readLines(span: Span, last: boolean): Element[] {
    const elements: Element[] = [];
    const stop = last ? span.bytes.length : span.bytes.lastIndexOf(NEWLINE) + 1;
    let at = 0;
    while (at < stop) {
      const newline = span.bytes.indexOf(NEWLINE, at);
      const end = newline === -1 ? stop : newline;
      const element = readLine(span, at, end);
      if (element !== undefined) elements.push(element);
      at = end + 1;
    }
    if (span.bytes.length - stop > LONGEST_LINE) {
      throw new DataError(`${name}, ${noun} ${lines + 1}`, 'is longer than 64 MiB');
    }
    spans.advance(stop);
    return elements;
  }

  for await (const chunk of bytes) {
    const span = spans.next(chunk, false);
    if (span === undefined) continue;
    const elements = readLines(span, false);
    if (elements.length > 0) yield elements;
  }
  const span = spans.next(Buffer.alloc(0), true);
  if (span !== undefined) yield readLines(span, true);
}
