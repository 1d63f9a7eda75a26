import { formatAmount } from '../../engine/index.js';
import type { Literal } from '../../json/spans.js';
import { copyBytes, viewOf } from '../../json/spans.js';
import type { UsageItem } from '../../usage/pricing/priced-row.js';
import type { PlainValue } from '../rows.js';

const FIRST_SIZE = 64 * 1024;
/** Digits of the largest safe integer. */
const MOST_DIGITS = 16;
/** Digits that always fit 32 bits; so do those above them in a safe integer. */
const LOW_DIGITS = 9;
const BILLION = 1_000_000_000;

/** Of a whole number below a billion. */
function digitCount(value: number): number {
  const whole = value | 0;
  let count = 1;
  for (let limit = 10; whole >= limit; limit *= 10) count++;
  return count;
}

/**
 * Rows being written, as UTF-8. Strings put together piece by piece would cost several times as much. A class, since
 * its small methods are compiled into whoever calls them, which closures over variables that change are not.
 */
export class RowBytes {
  private bytes = Buffer.allocUnsafe(FIRST_SIZE);
  view = viewOf(this.bytes);
  size = 0;

  /** A piece that is the same in every row. */
  literal(piece: Literal): void {
    this.range(piece.view, 0, piece.length);
  }

  /** `[start, end)` of bytes of UTF-8. */
  range(source: DataView, start: number, end: number): void {
    const length = end - start;
    this.reserve(length);
    copyBytes(source, start, this.view, this.size, length);
    this.size += length;
  }

  /** One ASCII character. */
  byte(code: number): void {
    this.reserve(1);
    this.bytes[this.size] = code;
    this.size++;
  }

  /** Text known to be ASCII. */
  ascii(text: string): void {
    const { length } = text;
    this.reserve(length);
    const { bytes, size } = this;
    for (let index = 0; index < length; index++) bytes[size + index] = text.charCodeAt(index);
    this.size = size + length;
  }

  /** A safe integer, in decimal. */
  integer(value: number): void {
    if (value < 0) this.byte(0x2d);
    const rest = Math.abs(value);
    this.reserve(MOST_DIGITS);
    if (rest < BILLION) {
      this.digits(rest, digitCount(rest));
      return;
    }
    const low = rest % BILLION;
    const high = (rest - low) / BILLION;
    this.digits(high, digitCount(high));
    this.digits(low, LOW_DIGITS);
  }

  /** Any text; half of a surrogate pair becomes U+FFFD. */
  text(text: string): void {
    // A UTF-16 unit is at most three bytes of UTF-8.
    this.reserve(text.length * 3);
    this.size += this.bytes.write(text, this.size);
  }

  /** The bytes written since the last time, which the caller then owns; the next row begins anew. */
  take(): Buffer {
    const taken = Buffer.from(this.bytes.subarray(0, this.size));
    this.size = 0;
    return taken;
  }

  /** `value` fits 32 bits, as whole numbers that a processor divides fast, and the buffer is large enough. */
  private digits(value: number, count: number): void {
    const { bytes, size } = this;
    let rest = value | 0;
    for (let at = size + count - 1; at >= size; at--) {
      const whole = (rest / 10) | 0;
      bytes[at] = 0x30 + (rest - whole * 10);
      rest = whole;
    }
    this.size = size + count;
  }

  private reserve(more: number): void {
    if (this.size + more > this.bytes.length) this.grow(more);
  }

  private grow(more: number): void {
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.size + more));
    this.bytes.copy(larger, 0, 0, this.size);
    this.bytes = larger;
    this.view = viewOf(larger);
  }
}

/**
 * Writes the value without making a string of it. One function for all of them, and not one each: a call that may go
 * to many functions is never compiled into its caller, and these are most of what writing a row costs.
 */
export function putPlainValue(value: PlainValue, { message, credits }: UsageItem, out: RowBytes): void {
  switch (value) {
    case 'message_id':
      if (typeof message.id === 'number') out.integer(message.id);
      else out.ascii(`${message.id}`);
      return;
    case 'timestamp': {
      const { raw } = message;
      if (raw === undefined) out.ascii(message.timestamp);
      else out.range(raw.span.view, raw.timestampStart, raw.timestampEnd);
      return;
    }
    case 'credits_used':
      out.ascii(formatAmount(credits));
  }
}
