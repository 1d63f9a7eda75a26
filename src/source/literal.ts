/** A piece of text as bytes of UTF-8, made once. Its length beside it: a view is slow to tell. */
export interface Literal {
  readonly view: DataView;
  readonly length: number;
}

export function literal(text: string): Literal {
  const bytes = Buffer.from(text);
  return { view: viewOf(bytes), length: bytes.length };
}

/** The same bytes, for reading and writing four at a time. */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
