import { DataError } from '../../errors.js';

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

/** The index after the closing quote of the string that opens at `from`, or -1. */
function stringEnd(bytes: Buffer, from: number): number {
  let at = from + 1;
  while (true) {
    const quote = bytes.indexOf(0x22, at);
    if (quote === -1) return -1;
    let backslashes = 0;
    while (bytes[quote - 1 - backslashes] === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}
