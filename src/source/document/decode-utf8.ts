import { isAscii, isUtf8 } from 'node:buffer';
import { DataError } from '../../errors.js';

const NOTHING = Buffer.alloc(0);

/**
 * Turns the bytes of a UTF-8 document into characters, chunk by chunk, wherever the chunks are cut. A chunk
 * of plain ASCII becomes a one-byte string, which the engine reads fastest.
 *
 * @param document what an error calls the document
 * @throws DataError at bytes that are not UTF-8, naming their offset
 */
export function createUtf8Decoder(document: string) {
  let offset = 0;
  let started = false;
  let held: Buffer = NOTHING;

  function decode(chunk: Uint8Array, last: boolean): string {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (held.length > 0) bytes = Buffer.concat([held, bytes]);
    if (!started) {
      if (bytes.length < 3 && !last) {
        held = Buffer.from(bytes);
        return '';
      }
      started = true;
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
        bytes = bytes.subarray(3);
        offset += 3;
      }
    }
    const whole = last ? bytes.length : wholeCharacters(bytes);
    // A copy, since a source may use its buffer again.
    held = whole === bytes.length ? NOTHING : Buffer.from(bytes.subarray(whole));
    const ready = bytes.subarray(0, whole);
    if (isAscii(ready)) {
      offset += whole;
      return ready.toString('latin1');
    }
    if (!isUtf8(ready)) {
      throw new DataError(document, `invalid UTF-8 at byte ${offset + firstBadByte(ready)}`);
    }
    offset += whole;
    return ready.toString('utf8');
  }

  return {
    /** The characters that `chunk` completes. */
    push: (chunk: Uint8Array) => decode(chunk, false),
    /** Whatever was held back; throws where the document ends inside a character. */
    end: () => decode(NOTHING, true),
  };
}

/** How many leading bytes hold whole characters: a sequence that the chunk's end cuts is left out. */
function wholeCharacters(bytes: Buffer): number {
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

/** Where the first sequence that is no character begins. */
function firstBadByte(bytes: Buffer): number {
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
