import { CannotWriteError } from '../../errors.js';
import { openNameless } from '../../output/spool.js';
import type { MemoryAccount } from '../shared/memory-budget.js';

/** Bytes of texts held in memory; what is beyond lies in a nameless temporary file. */
const MOST_IN_MEMORY = 8 * 1024 * 1024;

/** Texts of a block of rows. */
export interface StoredTexts {
  /** The bytes [start, end) of the block. */
  read(start: number, end: number): Buffer;
}

/**
 * The texts of a document's messages, which only an explanation or an order by text reads. Where the budget or the
 * temporary folder leaves no space for them the document is served without.
 */
export class TextStore {
  private inMemory = 0;
  private file: ReturnType<typeof openNameless> | undefined;
  private isFull = false;

  constructor(private readonly account: MemoryAccount) {}

  /** Undefined where there is not enough memory. */
  append(block: Buffer): StoredTexts | undefined {
    if (!this.account.tryTake(block.length)) return undefined;
    if (this.inMemory + block.length <= MOST_IN_MEMORY) {
      this.inMemory += block.length;
      return { read: (start, end) => block.subarray(start, end) };
    }
    const offset = this.file?.size() ?? 0;
    if (!this.writeFile(block)) return undefined;
    return {
      read: (start, end) => {
        if (this.file === undefined) throw new Error('the texts of a document were read after it was closed');
        return this.file.read(offset + start, end - start);
      },
    };
  }

  private writeFile(block: Buffer): boolean {
    if (this.isFull) return false;
    try {
      this.file ??= openNameless();
      this.file.append(block);
    } catch (error) {
      if (!(error instanceof CannotWriteError)) throw error;
      // What is behind the last whole block cannot be separated from it any more.
      this.isFull = true;
      return false;
    }
    return true;
  }

  /** Safe twice. */
  close(): void {
    this.file?.close();
    this.file = undefined;
  }
}
