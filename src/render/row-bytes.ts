import { type Literal, viewOf } from '../source/literal.js';

/** Rows being written, as UTF-8. Strings put together piece by piece would cost several times as much. */
export interface RowBytes {
  /** Bytes written since the last `take`. */
  size(): number;
  /** A piece that is the same in every row. */
  literal(piece: Literal): void;
  /** `[start, end)` of bytes of UTF-8. */
  range(bytes: DataView, start: number, end: number): void;
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
/** Digits that always fit 32 bits; so do those above them in a safe integer. */
const LOW_DIGITS = 9;
const BILLION = 1_000_000_000;

export function createRowBytes(): RowBytes {
  let bytes = Buffer.allocUnsafe(FIRST_SIZE);
  let view = viewOf(bytes);
  let size = 0;

  function reserve(more: number): void {
    if (size + more <= bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(bytes.length * 2, size + more));
    bytes.copy(larger, 0, 0, size);
    bytes = larger;
    view = viewOf(larger);
  }

  /** Four bytes at a time, the last ones twice: a call out of JavaScript costs more than so few. */
  function range(source: DataView, start: number, end: number): void {
    const length = end - start;
    reserve(length);
    const target = view;
    const at = size;
    size = at + length;
    if (length < 4) {
      for (let index = 0; index < length; index++)
        target.setUint8(at + index, source.getUint8(start + index));
      return;
    }
    const last = length - 4;
    for (let index = 0; index < last; index += 4) {
      target.setInt32(at + index, source.getInt32(start + index, true), true);
    }
    target.setInt32(at + last, source.getInt32(end - 4, true), true);
  }

  /** `value` fits 32 bits, as whole numbers that a processor divides fast. */
  function digits(value: number, count: number): void {
    const target = bytes;
    let rest = value | 0;
    for (let at = size + count - 1; at >= size; at--) {
      const whole = (rest / 10) | 0;
      target[at] = 0x30 + (rest - whole * 10);
      rest = whole;
    }
    size += count;
  }

  return {
    size: () => size,
    literal: ({ view: piece, length }) => range(piece, 0, length),
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
      if (value < 0) bytes[size++] = 0x2d;
      const rest = Math.abs(value);
      let count = 1;
      for (let limit = 10; rest >= limit; limit *= 10) count++;
      if (count <= LOW_DIGITS) return digits(rest, count);
      const low = rest % BILLION;
      digits((rest - low) / BILLION, count - LOW_DIGITS);
      digits(low, LOW_DIGITS);
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
