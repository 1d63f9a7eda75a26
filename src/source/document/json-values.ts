import { DataError } from '../../errors.js';
import { skipSpace } from './skip-space.js';
import { byteOrderMark } from './utf8.js';
import { valueEnd } from './value-end.js';

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
