import { viewOf } from './bytes.js';

/** A piece of text as bytes of UTF-8, made once. Its length beside it: a view is slow to tell. */
export interface Literal {
  readonly view: DataView;
  readonly length: number;
}

export function literal(text: string): Literal {
  const bytes = Buffer.from(text);
  return { view: viewOf(bytes), length: bytes.length };
}
