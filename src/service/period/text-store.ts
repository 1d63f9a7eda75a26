import { closeSync, readSync } from 'node:fs';
import { CannotWriteError } from '../../errors.js';
import { openNameless, writeNameless } from '../../output/spool.js';
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
  private inFile = 0;
  private file: number | undefined;
  private isFull = false;

  constructor(private readonly account: MemoryAccount) {}

  /** Undefined where there is not enough memory. */
  append(block: Buffer): StoredTexts | undefined {
    if (!this.account.tryTake(block.length)) return undefined;
    if (this.inMemory + block.length <= MOST_IN_MEMORY) {
      this.inMemory += block.length;
      return { read: (start, end) => block.subarray(start, end) };
    }
    const offset = this.inFile;
    if (!this.writeFile(block)) return undefined;
    return { read: (start, end) => this.readFile(offset + start, end - start) };
  }

  private writeFile(block: Buffer): boolean {
    if (this.isFull) return false;
    try {
      this.file ??= openNameless();
      writeNameless(this.file, block);
    } catch (error) {
      if (!(error instanceof CannotWriteError)) throw error;
      // What is behind the last whole block cannot be separated from it any more.
      this.isFull = true;
      return false;
    }
    this.inFile += block.length;
    return true;
  }

  private readFile(position: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    if (this.file === undefined) throw new Error('the texts of a document were read after it was closed');
    let at = 0;
    while (at < length) {
      const read = readSync(this.file, bytes, at, length - at, position + at);
      if (read === 0) throw new Error('a temporary file ended early');
      at += read;
    }
    return bytes;
  }

  /** Safe twice. */
  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }
}
