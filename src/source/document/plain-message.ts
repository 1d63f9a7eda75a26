import type { Message, ReportId } from '../message.js';
import { instantOf } from '../timestamp.js';
import { ChunkMessage } from './chunk-message.js';
import { isUsualTimestamp } from './plain-timestamp.js';
import { skipSpace } from './skip-space.js';
import type { Stretch } from './stretch.js';

/** Fifteen digits always fit a double exactly; longer numbers are for `message-value.ts`. */
const MOST_DIGITS = 15;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** At least four bytes. Their number beside them: a view is slow to tell. */
interface Literal {
  readonly view: DataView;
  readonly length: number;
}

function literal(text: string): Literal {
  return { view: new DataView(Uint8Array.from(Buffer.from(text)).buffer), length: text.length };
}

/** The keys as they stand on the wire, with the colon that follows where no space comes between. */
const KEYS = ['"id":', '"text":', '"timestamp":', '"report_id":'].map(literal);
const NULL = literal('null');
const ID = 0;
const TEXT = 1;
const TIMESTAMP = 2;
const REPORT_ID = 3;
const OTHER = 4;

/**
 * Reads messages of the usual shape straight from the bytes of a stretch: flat objects whose ids are plain
 * digits. It decides nothing: whatever is unusual (an escape outside the text, a nested value, a key twice,
 * a value out of range, the end of the stretch) makes `read` answer undefined, and `message-value.ts` then
 * reads the same bytes with a full parser and says what is wrong, if anything is.
 *
 * The scanning functions work on numbers in locals: state kept in a closure would cost as much as the scan.
 */
export function createPlainMessageReader() {
  let next = 0;
  /** Which key stood at each place of the message before: writers keep to one order. */
  const order: number[] = [];
  /** Where the last timestamp of the usual form stands. */
  let usual = -1;
  let usualIn: Stretch | undefined;

  function read(stretch: Stretch, from: number): Message | undefined {
    const { bytes, view } = stretch;
    let at = from;
    let id = -1;
    let timestampStart = -1;
    let timestampEnd = -1;
    let reportId: ReportId | undefined;
    let reportSeen = false;
    let textStart = -1;
    let textEnd = -1;
    let decoded = '';
    let isPlainText = true;

    if (!isByte(bytes, at, OPEN)) return undefined;
    let place = 0;
    do {
      at = skipSpace(bytes, at + 1);
      let key = order[place] ?? OTHER;
      const expected = KEYS[key];
      if (expected !== undefined && startsWith(stretch, at, expected)) {
        at += expected.length;
      } else {
        const keyEnd = plainStringEnd(bytes, view, at);
        if (keyEnd === -1) return undefined;
        key = keyAt(stretch, at, keyEnd);
        order[place] = key;
        at = skipSpace(bytes, keyEnd);
        if (!isByte(bytes, at, COLON)) return undefined;
        at++;
      }
      place++;
      const value = skipSpace(bytes, at);
      switch (key) {
        case ID:
          at = digitsEnd(bytes, value);
          if (id !== -1 || at === -1) return undefined;
          id = wholeNumber(bytes, value, at);
          break;
        case TEXT:
          if (textStart !== -1) return undefined;
          at = asciiStringEnd(bytes, view, value);
          if (at === -1) {
            at = stringEnd(bytes, value);
            if (at === -1) return undefined;
            const text = parseString(bytes, value, at);
            if (text === undefined) return undefined;
            decoded = text;
            isPlainText = false;
          }
          textStart = value + 1;
          textEnd = at - 1;
          break;
        case TIMESTAMP:
          at = asciiStringEnd(bytes, view, value);
          if (timestampStart !== -1 || at === -1) return undefined;
          timestampStart = value + 1;
          timestampEnd = at - 1;
          if (isUsualTimestamp(stretch, timestampStart, timestampEnd, stretch === usualIn ? usual : -1)) {
            usual = timestampStart;
            usualIn = stretch;
          } else if (Number.isNaN(instantOf(bytes.toString('latin1', timestampStart, timestampEnd)))) {
            return undefined;
          }
          break;
        case REPORT_ID:
          if (reportSeen) return undefined;
          reportSeen = true;
          if (isByte(bytes, value, QUOTE)) {
            at = asciiStringEnd(bytes, view, value);
            if (at === -1 || at === value + 2) return undefined;
            reportId = bytes.toString('latin1', value + 1, at - 1);
          } else if (startsWith(stretch, value, NULL)) {
            at = value + NULL.length;
          } else {
            at = digitsEnd(bytes, value);
            if (at === -1) return undefined;
            reportId = wholeNumber(bytes, value, at);
          }
          break;
        default:
          at = isByte(bytes, value, QUOTE) ? plainStringEnd(bytes, view, value) : digitsEnd(bytes, value);
          if (at === -1) return undefined;
      }
      at = skipSpace(bytes, at);
    } while (isByte(bytes, at, COMMA));

    if (!isByte(bytes, at, CLOSE)) return undefined;
    if (id === -1 || timestampStart === -1 || textStart === -1) return undefined;
    next = at + 1;
    return new ChunkMessage(
      id,
      reportId,
      stretch,
      timestampStart,
      timestampEnd,
      isPlainText,
      textStart,
      textEnd,
      decoded,
    );
  }

  return {
    read,
    /** The index after the message that `read` gave last. */
    next: () => next,
  };
}

/*
 * Every read below stays within the bytes: one that goes beyond, even once, makes V8 compile all reads of the
 * function for a missing value, at half the speed.
 */

function isByte(bytes: Buffer, at: number, byte: number): boolean {
  return at < bytes.length && bytes[at] === byte;
}

/** Four bytes at a time, the last ones twice. */
function startsWith({ bytes, view }: Stretch, at: number, expected: Literal): boolean {
  const last = expected.length - 4;
  if (at + expected.length > bytes.length) return false;
  for (let index = 0; index < last; index += 4) {
    if (view.getInt32(at + index, true) !== expected.view.getInt32(index, true)) return false;
  }
  return view.getInt32(at + last, true) === expected.view.getInt32(last, true);
}

/** Which key the string in [start, end) is, quotes included. */
function keyAt(stretch: Stretch, start: number, end: number): number {
  const index = KEYS.findIndex(
    ({ view, length }) =>
      length - 1 === end - start && startsWith(stretch, start, { view, length: length - 1 }),
  );
  return index === -1 ? OTHER : index;
}

/** The index after the string that opens at `from` and has no escape; -1 where there is none. */
function plainStringEnd(bytes: Buffer, view: DataView, from: number): number {
  return stringEndBelow(bytes, view, from, 0x100);
}

/** The same, of ASCII alone. */
function asciiStringEnd(bytes: Buffer, view: DataView, from: number): number {
  return stringEndBelow(bytes, view, from, 0x80);
}

function stringEndBelow(bytes: Buffer, view: DataView, from: number, limit: number): number {
  if (!isByte(bytes, from, QUOTE)) return -1;
  let at = from + 1;
  const last = bytes.length - 4;
  while (at <= last && !mayEnd(view.getInt32(at, true))) at += 4;
  for (; at < bytes.length; at++) {
    const code = bytes[at] ?? 0;
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH || code < 0x20 || code >= limit) return -1;
  }
  return -1;
}

/**
 * Whether any of four bytes is a quote, a backslash, below 0x20 or from 0x80 on: then its high bit is set, or a
 * subtraction sets it. What a subtraction borrows from the byte beside it comes from such a byte only.
 */
function mayEnd(four: number): boolean {
  const quote = (four ^ 0x22222222) - 0x01010101;
  const backslash = (four ^ 0x5c5c5c5c) - 0x01010101;
  return (((four - 0x20202020) | quote | backslash | four) & 0x80808080) !== 0;
}

/** The index after any string that opens at `from`; -1 where the bytes end first. */
function stringEnd(bytes: Buffer, from: number): number {
  if (!isByte(bytes, from, QUOTE)) return -1;
  const { length } = bytes;
  let at = from + 1;
  while (at < length) {
    const code = bytes[at];
    if (code === QUOTE) return at + 1;
    at += code === BACKSLASH ? 2 : 1;
  }
  return -1;
}

/** A string with escapes or beyond ASCII; undefined where it is not valid JSON. */
function parseString(bytes: Buffer, from: number, end: number): string | undefined {
  try {
    const text: unknown = JSON.parse(bytes.toString('utf8', from, end));
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

/** The index after a whole number of at most fifteen digits without a leading zero; -1 where there is none. */
function digitsEnd(bytes: Buffer, from: number): number {
  const { length } = bytes;
  let at = from;
  while (at < length) {
    const code = bytes[at] ?? 0;
    if (code < 0x30 || code > 0x39) break;
    at++;
  }
  const count = at - from;
  if (count === 0 || count > MOST_DIGITS) return -1;
  return count > 1 && bytes[from] === 0x30 ? -1 : at;
}

function wholeNumber(bytes: Buffer, from: number, end: number): number {
  let value = 0;
  for (let at = from; at < end; at++) value = value * 10 + ((bytes[at] ?? 0) - 0x30);
  return value;
}
