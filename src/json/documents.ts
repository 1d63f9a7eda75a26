import { DataError } from '../errors.js';
import { skipSpace, valueEnd } from './scan.js';
import { readSpans, Span } from './spans.js';

/** A document of one JSON value a line. */
export interface LineDocument<Element> {
  /** What an error calls the document. */
  readonly name: string;
  /** What an error calls an element: `message`, `row`. */
  readonly noun: string;
  readonly plain: PlainReader<Element>;
  /** Reads any element with a full parser, from its whole JSON; throws a DataError that says what is wrong. */
  readonly readValue: (json: string, index: number) => Element;
}

/** A JSON document whose one array is read element by element. */
export interface ArrayDocument<Element> extends LineDocument<Element> {
  /** The array's key. */
  readonly key: string;
  /** Called with every other key and its value. */
  readonly note?: (key: string, value: unknown) => void;
  /** Called with the number of elements, once the document is whole. */
  readonly check?: (count: number) => void;
}

/** Reads elements of the usual shape fast; whatever is unusual is for `readValue`. */
export interface PlainReader<Element> {
  /** The element that begins at `at`; undefined where it is unusual or unfinished. */
  read(span: Span, at: number): Element | undefined;
  /** The index after the element that `read` gave last. */
  next(): number;
}

/** Bytes of one element, or of one value beside the array. A reader holds one at a time. */
const LONGEST_VALUE = 64 * 1024 * 1024;

type Expecting =
  | 'document'
  | 'key or end'
  | 'key'
  | 'colon'
  | 'value'
  | 'comma or end'
  | 'element or end'
  | 'element'
  | 'comma or end of array'
  | 'nothing';

/**
 * Reads `{"KEY":[…]}` as it arrives and yields the elements of each chunk, in order. Memory does not grow with
 * their number. Other keys may come before and after, in any order.
 *
 * @throws DataError for anything that is not one whole JSON document of that shape
 */
export async function* readArrayDocument<Element>(
  bytes: AsyncIterable<Uint8Array>,
  document: ArrayDocument<Element>,
): AsyncGenerator<Element[]> {
  const { name, plain, noun } = document;
  let expecting: Expecting = 'document';
  let span = new Span(Buffer.alloc(0));
  let at = 0;
  let key = '';
  let count = 0;
  let seenArray = false;

  for await (const part of readSpans(bytes, name)) {
    span = part.span;
    at = 0;
    const elements = readAll();
    if (span.bytes.length - at > LONGEST_VALUE) {
      throw new DataError(
        expecting.startsWith('element') ? `${document.key}[${count}]` : `${name}, key ${JSON.stringify(key)}`,
        'is longer than 64 MiB, the most this program reads as one value',
      );
    }
    part.done = at;
    if (part.isLast) checkEnd();
    if (elements.length > 0) yield elements;
  }

  function readAll(): Element[] {
    const elements: Element[] = [];
    const { bytes } = span;
    const { length } = bytes;
    while (true) {
      at = skipSpace(bytes, at);
      if (at >= length) break;
      if (!(expecting === 'element' || expecting === 'element or end' ? readElement(elements) : readOther()))
        break;
    }
    return elements;
  }

  /** One element of the array, or its end. False when the chunk ends first. */
  function readElement(elements: Element[]): boolean {
    if (expecting === 'element or end' && span.bytes[at] === 0x5d /* ] */) {
      at++;
      expecting = 'comma or end';
      return true;
    }
    let element = plain.read(span, at);
    if (element !== undefined) {
      at = plain.next();
    } else {
      const end = valueEnd(span.bytes, at, `${document.key}[${count}]`);
      if (end === -1) return false;
      element = document.readValue(span.bytes.toString('utf8', at, end), count);
      at = end;
    }
    elements.push(element);
    count++;
    expecting = 'comma or end of array';
    return true;
  }

  /** One token or value outside the array's elements. False when the chunk ends first. */
  function readOther(): boolean {
    const code = span.bytes[at];
    switch (expecting) {
      case 'document':
        if (code !== 0x7b /* { */) throw unexpected('{');
        expecting = 'key or end';
        break;
      case 'key or end':
      case 'key': {
        if (expecting === 'key or end' && code === 0x7d /* } */) {
          expecting = 'nothing';
          break;
        }
        if (code !== 0x22 /* " */) throw unexpected('a key');
        return readValue((value) => {
          key = String(value);
          expecting = 'colon';
        });
      }
      case 'colon':
        if (code !== 0x3a /* : */) throw unexpected(':');
        expecting = 'value';
        break;
      case 'value':
        if (key !== document.key) {
          return readValue((value) => {
            document.note?.(key, value);
            expecting = 'comma or end';
          });
        }
        if (seenArray) throw new DataError(name, 'occurs twice', key);
        if (code !== 0x5b /* [ */) throw new DataError(name, 'is not an array', key);
        seenArray = true;
        expecting = 'element or end';
        break;
      case 'comma or end':
        if (code !== 0x2c /* , */ && code !== 0x7d /* } */) throw unexpected(', or }');
        expecting = code === 0x2c ? 'key' : 'nothing';
        break;
      case 'comma or end of array':
        if (code !== 0x2c /* , */ && code !== 0x5d /* ] */) throw unexpected(', or ]');
        expecting = code === 0x2c ? 'element' : 'comma or end';
        break;
      default:
        throw new DataError(name, `${shown()} follows the end of the JSON`);
    }
    at++;
    return true;
  }

  function readValue(take: (value: unknown) => void): boolean {
    const end = valueEnd(span.bytes, at, name);
    if (end === -1) return false;
    try {
      take(JSON.parse(span.bytes.toString('utf8', at, end)));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new DataError(name, `${shown()} is not valid JSON`);
    }
    at = end;
    return true;
  }

  function unexpected(wanted: string): DataError {
    const after = count === 0 ? '' : ` after ${noun} ${count}`;
    return new DataError(name, `expected ${wanted}${after}, got ${shown()}`);
  }

  /** The next few characters, quoted and escaped. */
  function shown(): string {
    return JSON.stringify(span.bytes.toString('utf8', at, at + 16));
  }

  function checkEnd(): void {
    if (expecting === 'document') throw new DataError(name, 'is empty');
    if (expecting !== 'nothing') throw new DataError(name, `ends early, after ${count} ${noun}s`);
    if (!seenArray) throw new DataError(name, 'is missing', document.key);
    document.check?.(count);
  }
}

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

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

  /** The elements of the lines before `stop`. */
  function readLines(span: Span, stop: number): Element[] {
    const elements: Element[] = [];
    let at = 0;
    while (at < stop) {
      const newline = span.bytes.indexOf(NEWLINE, at);
      const end = newline === -1 ? stop : newline;
      const element = readLine(span, at, end);
      if (element !== undefined) elements.push(element);
      at = end + 1;
    }
    return elements;
  }

  for await (const part of readSpans(bytes, name)) {
    const { length } = part.span.bytes;
    part.done = part.isLast ? length : part.span.bytes.lastIndexOf(NEWLINE) + 1;
    const elements = readLines(part.span, part.done);
    if (length - part.done > LONGEST_VALUE) {
      throw new DataError(`${name}, ${noun} ${lines + 1}`, 'is longer than 64 MiB');
    }
    if (elements.length > 0) yield elements;
  }
}
