/*
 * Bytes compared and copied four at a time: a call out of JavaScript costs more than so few as a key or a timestamp has.
 */

/** The same bytes, for reading and writing four at a time. */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Whether `length` bytes, at least four, are the same in both places: the last four are looked at twice. */
export function isSame(a: DataView, atA: number, b: DataView, atB: number, length: number): boolean {
  const last = length - 4;
  for (let index = 0; index < last; index += 4) {
    if (a.getInt32(atA + index, true) !== b.getInt32(atB + index, true)) return false;
  }
  return a.getInt32(atA + last, true) === b.getInt32(atB + last, true);
}

/** Copies `length` bytes to another position; the last four are written twice. */
export function copyBytes(
  source: DataView,
  from: number,
  target: DataView,
  at: number,
  length: number,
): void {
  if (length < 4) {
    for (let index = 0; index < length; index++) target.setUint8(at + index, source.getUint8(from + index));
    return;
  }
  const last = length - 4;
  for (let index = 0; index < last; index += 4) {
    target.setInt32(at + index, source.getInt32(from + index, true), true);
  }
  target.setInt32(at + last, source.getInt32(from + last, true), true);
}

/** A piece of text as bytes of UTF-8, made once. With its length: asking a view is slow. */
export interface Literal {
  readonly view: DataView;
  readonly length: number;
}

export function literal(text: string): Literal {
  const bytes = Buffer.from(text);
  return { view: viewOf(bytes), length: bytes.length };
}
