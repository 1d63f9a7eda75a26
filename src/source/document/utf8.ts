import { isAscii, isUtf8 } from 'node:buffer';
import { DataError } from '../../errors.js';

/** How many leading bytes hold whole characters: a sequence that the end of `bytes` cuts is left out. */
export function wholeCharacters(bytes: Uint8Array): number {
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
