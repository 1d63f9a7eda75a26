/** A text as numbers: bytes where every character is ASCII, UTF-16 code units otherwise. */
export type CodeUnits = Uint8Array | Uint16Array;

/** Bytes that are ASCII where they are read, and a view of the same memory. */
export interface AsciiBytes {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** Code units in the buffers that are used again from text to text; a longer text gets buffers of its own. */
const BUFFERED = 16 * 1024;

/** Loops read an array of numbers twice as fast as a string, and the encoder reads it faster than any loop. */
export function createUnitReader() {
  const encoder = new TextEncoder();
  const byteBuffer = asciiBytes(BUFFERED);
  const unitBuffer = new Uint16Array(BUFFERED);
  // Texts of one language follow each other: where the last one was not ASCII, a look is cheaper than a try.
  let lastWasAscii = true;

  return {
    /** The bytes of `[start, end)` at `[0, end - start)`; undefined where not all is ASCII. */
    ascii(characters: string, start: number, end: number): AsciiBytes | undefined {
      if (!lastWasAscii && !isAscii(characters, start, end)) return undefined;
      const length = end - start;
      const ascii = length <= BUFFERED ? byteBuffer : asciiBytes(length);
      const { read, written } = encoder.encodeInto(characters.slice(start, end), ascii.bytes);
      // What is not ASCII takes more bytes than code units, or does not fit.
      lastWasAscii = read === length && written === length;
      return lastWasAscii ? ascii : undefined;
    },

    /** The UTF-16 code units of `[start, end)` at `[0, end - start)`. */
    utf16(characters: string, start: number, end: number): Uint16Array {
      const units = end - start <= BUFFERED ? unitBuffer : new Uint16Array(end - start);
      for (let index = start; index < end; index++) units[index - start] = characters.charCodeAt(index);
      return units;
    },
  };
}

function isAscii(characters: string, start: number, end: number): boolean {
  for (let index = start; index < end; index++) if (characters.charCodeAt(index) >= 0x80) return false;
  return true;
}

function asciiBytes(length: number): AsciiBytes {
  const bytes = new Uint8Array(length);
  return { bytes, view: new DataView(bytes.buffer) };
}

/** Arguments of one call: more would not fit the stack of every engine. */
const PIECE = 1024;

/** The text of `[start, end)`. */
export function unitText(units: CodeUnits, start: number, end: number): string {
  let text = '';
  for (let from = start; from < end; from += PIECE) {
    text += String.fromCharCode(...units.subarray(from, Math.min(from + PIECE, end)));
  }
  return text;
}
