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

/** A piece of text, made once. Its length beside it: a view is slow to tell. */
export interface Literal {
  readonly view: DataView;
  readonly length: number;
}

export function literal(text: string): Literal {
  const bytes = Buffer.from(text);
  return { view: viewOf(bytes), length: bytes.length };
}

const FIRST_SIZE = 64 * 1024;
/** Digits of the largest safe integer. */
const MOST_DIGITS = 16;
const LARGEST_INT32 = 2 ** 31 - 1;

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

  function digits(value: number, count: number): void {
    const target = bytes;
    let rest = value;
    for (let at = size + count - 1; at >= size; at--) {
      const whole = Math.floor(rest / 10);
      target[at] = 0x30 + (rest - whole * 10);
      rest = whole;
    }
    size += count;
  }

  /** The same for what whole numbers of a processor hold, which divide in a fraction of the time. */
  function int32Digits(value: number, count: number): void {
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
      if (rest <= LARGEST_INT32) int32Digits(rest, count);
      else digits(rest, count);
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

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
