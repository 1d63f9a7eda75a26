/** Rows being written, as UTF-8. Strings put together piece by piece would cost several times as much. */
export interface RowBytes {
  /** Bytes written since the last `take`. */
  size(): number;
  /** A piece that is the same in every row. */
  literal(bytes: Uint8Array): void;
  /** `[start, end)` of bytes of UTF-8. */
  range(bytes: Uint8Array, start: number, end: number): void;
  /** Text known to be ASCII. */
  ascii(text: string): void;
  /** A safe integer, in decimal. */
  integer(value: number): void;
  /** Any text; half of a surrogate pair becomes U+FFFD. */
  text(text: string): void;
  /** The bytes written, which are the caller's to keep; the next row begins anew. */
  take(): Uint8Array;
}

const FIRST_SIZE = 64 * 1024;
/** Digits of the largest safe integer. */
const MOST_DIGITS = 16;

export function createRowBytes(): RowBytes {
  let bytes = Buffer.allocUnsafe(FIRST_SIZE);
  let size = 0;

  function reserve(more: number): void {
    if (size + more <= bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(bytes.length * 2, size + more));
    bytes.copy(larger, 0, 0, size);
    bytes = larger;
  }

  function range(source: Uint8Array, start: number, end: number): void {
    reserve(end - start);
    const target = bytes;
    const before = size - start;
    // A loop, since a call out of JavaScript costs more than these few bytes.
    for (let index = start; index < end; index++) target[before + index] = source[index] ?? 0;
    size = before + end;
  }

  return {
    size: () => size,
    literal: (piece) => range(piece, 0, piece.length),
    range,
    ascii(text) {
      const { length } = text;
      reserve(length);
      const target = bytes;
      const at = size;
      for (let index = 0; index < length; index++) target[at + index] = text.charCodeAt(index);
      size = at + length;
    },
    integer(value) {
      reserve(MOST_DIGITS + 1);
      let rest = value;
      if (rest < 0) {
        bytes[size++] = 0x2d;
        rest = -rest;
      }
      let digits = 1;
      for (let limit = 10; rest >= limit; limit *= 10) digits++;
      for (let at = size + digits - 1; at >= size; at--) {
        const whole = Math.floor(rest / 10);
        bytes[at] = 0x30 + (rest - whole * 10);
        rest = whole;
      }
      size += digits;
    },
    text(text) {
      // A UTF-16 unit is at most three bytes of UTF-8.
      reserve(text.length * 3);
      size += bytes.write(text, size);
    },
    take() {
      const taken = Buffer.from(bytes.subarray(0, size));
      size = 0;
      return taken;
    },
  };
}
