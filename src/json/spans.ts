import { isAscii, isUtf8 } from 'node:buffer';
import { DataError } from '../errors.js';

/** A span of a document: whole UTF-8 characters, some of which the last span had not finished with. */
export class Span {
  /** The same bytes, for reading four at a time. */
  readonly view: DataView;
  private characters: string | undefined;

  constructor(readonly bytes: Buffer) {
    this.view = viewOf(bytes);
  }

  /** The same bytes as characters U+0000 to U+00FF, at the same indexes: what is ASCII can be read here. */
  get latin1(): string {
    this.characters ??= this.bytes.toString('latin1');
    return this.characters;
  }
}

/** Up to here an unfinished value is looked at again with every chunk; beyond it, when it has doubled. */
const SMALL = 64 * 1024;

const NOTHING = Buffer.alloc(0);

/** A span with its reader's place in it. */
interface Part {
  readonly span: Span;
  /** Nothing of the document follows. */
  readonly isLast: boolean;
  /** Bytes that the reader is done with, as it says: the next span begins there. */
  done: number;
}

/**
 * Cuts a document that arrives in chunks into spans, each beginning where its reader had stopped.
 *
 * @param document what an error calls the document
 * @throws DataError at bytes that are not UTF-8
 */
export async function* readSpans(
  bytes: AsyncIterable<Uint8Array>,
  document: string,
): AsyncGenerator<Part, void, undefined> {
  let rest: Buffer = NOTHING;
  let waiting: Buffer[] = [];
  let waitingLength = 0;
  /** Where in the document `rest` begins. */
  let offset = 0;
  let begun = false;

  for await (const chunk of bytes) {
    const part = partWith(chunk, false);
    if (part === undefined) continue;
    yield part;
    offset += part.done;
    rest = part.done === rest.length ? NOTHING : Buffer.from(rest.subarray(part.done));
  }
  const last = partWith(NOTHING, true);
  if (last !== undefined) yield last;

  /** The span that `chunk` makes up with what was left; undefined while more is needed. */
  function partWith(chunk: Uint8Array, isLast: boolean): Part | undefined {
    waiting.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    waitingLength += chunk.byteLength;
    // A long unfinished value would be copied and searched at every chunk: quadratic. Doubling makes it linear.
    if (!isLast && rest.length > SMALL && waitingLength < rest.length) {
      // A copy, since a source may use its buffer again.
      waiting.push(Buffer.from(waiting.pop() ?? NOTHING));
      return undefined;
    }
    const [only] = waiting;
    rest = rest.length === 0 && waiting.length === 1 && only ? only : Buffer.concat([rest, ...waiting]);
    waiting = [];
    waitingLength = 0;
    if (!begun) {
      if (rest.length < 3 && !isLast) {
        rest = Buffer.from(rest);
        return undefined;
      }
      begun = true;
      offset = byteOrderMark(rest);
      rest = rest.subarray(offset);
    }
    const whole = isLast ? rest : rest.subarray(0, wholeCharacters(rest));
    checkUtf8(whole, document, offset);
    return { span: new Span(whole), isLast, done: 0 };
  }
}

/** How many leading bytes hold whole characters: a sequence that the end of `bytes` cuts is left out. */
function wholeCharacters(bytes: Uint8Array): number {
  const end = bytes.length;
  for (let back = 1; back <= Math.min(3, end); back++) {
    const byte = bytes[end - back] ?? 0;
    if (byte < 0x80) return end;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? end - back : end;
    }
  }
  return end;
}

/**
 * @param document what an error calls the document
 * @param offset where in the document `bytes` begin
 * @throws DataError where `bytes` are not UTF-8, naming the first bad byte
 */
export function checkUtf8(bytes: Uint8Array, document: string, offset: number): void {
  if (isAscii(bytes) || isUtf8(bytes)) return;
  throw new DataError(document, `invalid UTF-8 at byte ${offset + firstBadByte(bytes)}`);
}

/** The length of a UTF-8 byte order mark at the start of `bytes`: 3 or 0. */
export function byteOrderMark(bytes: Uint8Array): 0 | 3 {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** Where the first sequence that is no character begins. */
function firstBadByte(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const part = bytes.subarray(0, middle);
    if (isUtf8(part.subarray(0, wholeCharacters(part)))) good = middle;
    else bad = middle;
  }
  return wholeCharacters(bytes.subarray(0, good));
}

/*
 * Bytes compared and copied four at a time: a call out of JavaScript costs more than so few as a key or a timestamp has.
 */

/** The same bytes, for reading and writing four at a time. */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Whether `length` bytes, at least four, are the same in both places: the last four are looked at twice. */
export function isSame(a: DataView, atA: number, b: DataView, atB: number, length: number): boolean {
  const last = length - 4;
  for (let index = 0; index < last; index += 4) {
    if (a.getInt32(atA + index, true) !== b.getInt32(atB + index, true)) return false;
  }
  return a.getInt32(atA + last, true) === b.getInt32(atB + last, true);
}

/** Copies `length` bytes to another position; the last four are written twice. */
export function copyBytes(
  source: DataView,
  from: number,
  target: DataView,
  at: number,
  length: number,
): void {
  if (length < 4) {
    for (let index = 0; index < length; index++) target.setUint8(at + index, source.getUint8(from + index));
    return;
  }
  const last = length - 4;
  for (let index = 0; index < last; index += 4) {
    target.setInt32(at + index, source.getInt32(from + index, true), true);
  }
  target.setInt32(at + last, source.getInt32(from + last, true), true);
}

/** A piece of text as bytes of UTF-8, made once. With its length: asking a view is slow. */
export interface Literal {
  readonly view: DataView;
  readonly length: number;
}

export function literal(text: string): Literal {
  const bytes = Buffer.from(text);
  return { view: viewOf(bytes), length: bytes.length };
}
