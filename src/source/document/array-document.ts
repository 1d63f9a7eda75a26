import { createDocumentReader } from './document-reader.js';
import type { Stretch } from './stretch.js';

/** A JSON document whose one array is read element by element. */
export interface ArrayDocument<Element> {
  /** What an error calls the document. */
  readonly name: string;
  /** The array's key. */
  readonly key: string;
  /** What an error calls an element: `message`. */
  readonly noun: string;
  readonly plain: PlainReader<Element>;
  /** Reads any element with a full parser, from its whole JSON; throws a DataError that says what is wrong. */
  readonly readValue: (json: string, index: number) => Element;
  /** Told of every other key and its value. */
  readonly note?: (key: string, value: unknown) => void;
  /** Told how many elements there were, once the document is whole. */
  readonly check?: (count: number) => void;
}

/** Reads elements of the usual shape fast; whatever is unusual is for `readValue`. */
export interface PlainReader<Element> {
  /** The element that begins at `at`; undefined where it is unusual or unfinished. */
  read(stretch: Stretch, at: number): Element | undefined;
  /** The index after the element that `read` gave last. */
  next(): number;
}

/**
 * Reads `{"KEY":[…]}` as it arrives and yields the elements of each chunk, in order. Memory does not grow with
 * their number. Other keys may stand before and after, in any order.
 *
 * @throws DataError for anything that is not one whole JSON document of that shape
 */
export async function* readArrayDocument<Element>(
  bytes: AsyncIterable<Uint8Array>,
  document: ArrayDocument<Element>,
): AsyncGenerator<Element[]> {
  const reader = createDocumentReader(document);
  for await (const chunk of bytes) {
    const elements = reader.push(chunk);
    if (elements.length > 0) yield elements;
  }
  const elements = reader.end();
  if (elements.length > 0) yield elements;
}
