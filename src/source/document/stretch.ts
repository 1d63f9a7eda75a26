import { viewOf } from '../bytes.js';
import { byteOrderMark, checkUtf8, wholeCharacters } from './utf8.js';

/** A stretch of a document: whole UTF-8 characters, some of which the last stretch had not finished with. */
export class Stretch {
  /** The same bytes, for reading four at a time. */
  readonly view: DataView;
  private characters: string | undefined;

  constructor(readonly bytes: Buffer) {
    this.view = viewOf(bytes);
  }

  /** The same bytes as characters U+0000 to U+00FF, at the same indexes: what is ASCII can be read here. */
  get latin1(): string {
    this.characters ??= this.bytes.toString('latin1');
    return this.characters;
  }
}

/** Up to here an unfinished value is looked at again with every chunk; beyond it, when it has doubled. */
const SMALL = 64 * 1024;

const NOTHING = Buffer.alloc(0);

/**
 * Cuts a document that arrives in chunks into stretches, each beginning where its reader had stopped.
 *
 * @param document what an error calls the document
 */
export function createStretches(document: string) {
  let rest: Buffer = NOTHING;
  let waiting: Buffer[] = [];
  let waitingLength = 0;
  /** Where in the document `rest` begins. */
  let offset = 0;
  let begun = false;

  return {
    /**
     * The stretch that `chunk` makes up with what was left; undefined while more is needed.
     *
     * @throws DataError at bytes that are not UTF-8
     */
    next(chunk: Uint8Array, last: boolean): Stretch | undefined {
      waiting.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      waitingLength += chunk.byteLength;
      // A long unfinished value would be copied and searched at every chunk: quadratic. Doubling makes it linear.
      if (!last && rest.length > SMALL && waitingLength < rest.length) {
        // A copy, since a source may use its buffer again.
        waiting.push(Buffer.from(waiting.pop() ?? NOTHING));
        return undefined;
      }
      const [only] = waiting;
      const all =
        rest.length === 0 && waiting.length === 1 && only ? only : Buffer.concat([rest, ...waiting]);
      waiting = [];
      waitingLength = 0;
      rest = all;
      if (!begun) {
        if (all.length < 3 && !last) {
          rest = Buffer.from(all);
          return undefined;
        }
        begun = true;
        offset = byteOrderMark(all);
        rest = all.subarray(offset);
      }
      const bytes = last ? rest : rest.subarray(0, wholeCharacters(rest));
      checkUtf8(bytes, document, offset);
      return new Stretch(bytes);
    },

    /** Says that the reader is done with the first `count` bytes of the last stretch. */
    advance(count: number): void {
      offset += count;
      rest = count === rest.length ? NOTHING : Buffer.from(rest.subarray(count));
    },
  };
}
