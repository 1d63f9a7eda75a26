import { DataError } from '../errors.js';
import { byteOrderMark, isSame, type Literal, type Span } from './spans.js';

/** Deeper nesting than any honest document has; it also bounds the recursion of whoever parses the value. */
const DEEPEST = 500;

/**
 * Finds where the JSON value that begins at `from` ends: the index after its last byte, or -1 when `bytes`
 * ends first. It looks only at strings and brackets; whether the value is valid JSON is for the parser that
 * reads it.
 *
 * A number or literal at the very end of `bytes` counts as unfinished: more digits may follow.
 *
 * @throws DataError where the value nests deeper than 500 levels
 */
export function valueEnd(bytes: Buffer, from: number, where: string): number {
  const { length } = bytes;
  let depth = 0;
  let at = from;
  while (at < length) {
    const code = bytes[at] ?? 0;
    if (code === 0x22 /* " */) {
      at = stringEnd(bytes, at);
      if (at === -1) return -1;
      if (depth === 0) return at;
    } else if (code === 0x7b /* { */ || code === 0x5b /* [ */) {
      depth++;
      if (depth > DEEPEST) throw new DataError(where, `nests deeper than ${DEEPEST} levels`);
      at++;
    } else if (code === 0x7d /* } */ || code === 0x5d /* ] */) {
      // At depth 0 the bracket belongs to whatever holds a number or literal.
      if (depth === 0) return at;
      depth--;
      at++;
      if (depth === 0) return at;
    } else if (depth === 0 && (code === 0x2c /* , */ || code <= 0x20)) {
      return at;
    } else {
      at++;
    }
  }
  return -1;
}

/** The index of the first byte from `from` on that is no white space of JSON; the length where there is none. */
export function skipSpace(bytes: Buffer, from: number): number {
  const { length } = bytes;
  let at = from;
  // One comparison where, as a rule, there is none.
  while (at < length && (bytes[at] ?? 0) <= 0x20 && isSpace(bytes[at] ?? 0)) at++;
  return at;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

const COMMA = 0x2c;
const OPEN = 0x5b;
const CLOSE = 0x5d;

/**
 * The bytes of each value of one JSON array, or of values that follow each other (NDJSON, or documents one after
 * the other). Whether each is valid JSON is for whoever parses it.
 *
 * @throws DataError where they do not end with the file
 */
export function* jsonValues(bytes: Buffer, name: string): Generator<Buffer> {
  let at = skipSpace(bytes, byteOrderMark(bytes));
  const inArray = bytes[at] === OPEN;
  if (inArray) at = skipSpace(bytes, at + 1);
  while (at < bytes.length && bytes[at] !== CLOSE) {
    const end = valueEnd(bytes, at, name);
    if (end <= at) throw new DataError(name, 'ends early, or is not JSON');
    yield bytes.subarray(at, end);
    at = skipSpace(bytes, end);
    if (!inArray || at >= bytes.length || bytes[at] === CLOSE) continue;
    if (bytes[at] !== COMMA) throw new DataError(name, 'is not valid JSON: expected , or ] after a value');
    at = skipSpace(bytes, at + 1);
    if (bytes[at] === CLOSE) throw new DataError(name, 'is not valid JSON: a comma before ]');
  }
  const last = inArray ? skipSpace(bytes, at + 1) : at;
  if (at >= bytes.length ? inArray : last !== bytes.length) {
    throw new DataError(name, inArray ? 'does not end with its array' : 'is not valid JSON');
  }
}

/*
 * Finds plain JSON values in bytes. Every read stays within them: one that goes beyond, even once, makes
 * V8 compile all reads of the function for a missing value, at half the speed.
 */

/** Fifteen digits always fit a double exactly; longer numbers are for the full parser. */
const MOST_DIGITS = 15;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

export function isByte(bytes: Buffer, at: number, byte: number): boolean {
  return at < bytes.length && bytes[at] === byte;
}

/** @param expected at least four bytes */
export function startsWith({ bytes, view }: Span, at: number, expected: Literal): boolean {
  return at + expected.length <= bytes.length && isSame(view, at, expected.view, 0, expected.length);
}

/** The index after the string that opens at `from` and has no escape; -1 where there is none. */
export function plainStringEnd(span: Span, from: number): number {
  return stringEndBelow(span, from, 0x100);
}

/** The same, of ASCII alone. */
export function asciiStringEnd(span: Span, from: number): number {
  return stringEndBelow(span, from, 0x80);
}

function stringEndBelow({ bytes, view }: Span, from: number, limit: number): number {
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
export function stringEnd(bytes: Buffer, from: number): number {
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
export function parseString(bytes: Buffer, from: number, end: number): string | undefined {
  try {
    const text: unknown = JSON.parse(bytes.toString('utf8', from, end));
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

/** The index after a whole number of at most fifteen digits without a leading zero; -1 where there is none. */
export function digitsEnd(bytes: Buffer, from: number): number {
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

export function wholeNumber(bytes: Buffer, from: number, end: number): number {
  let value = 0;
  for (let at = from; at < end; at++) value = value * 10 + ((bytes[at] ?? 0) - 0x30);
  return value;
}
