import type { Message, MessageBytes, ReportId } from '../../document/records.js';
import type { AsciiBytes } from '../../engine/index.js';
import { CannotWriteError } from '../../errors.js';
import { copyBytes, type Span, viewOf } from '../../json/spans.js';
import { openNameless } from '../../output/spool.js';
import type { MemoryAccount } from '../shared/memory-budget.js';

/** Bytes of texts held in memory; what is beyond lies in a nameless temporary file. */
const MOST_IN_MEMORY = 8 * 1024 * 1024;

/** Gives the bytes [start, end) of the texts of a block of rows. */
export type ReadTexts = (start: number, end: number) => Buffer;

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
  append(block: Buffer): ReadTexts | undefined {
    if (!this.account.tryTake(block.length)) return undefined;
    if (this.inMemory + block.length <= MOST_IN_MEMORY) {
      this.inMemory += block.length;
      return (start, end) => block.subarray(start, end);
    }
    const offset = this.file?.size() ?? 0;
    if (!this.writeFile(block)) return undefined;
    return (start, end) => {
      if (this.file === undefined) throw new Error('the texts of a document were read after it was closed');
      return this.file.read(offset + start, end - start);
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

/** Bytes from which a call out of JavaScript copies faster than a loop. */
const LONG = 256;

/** Bytes one after the other, which grow until they are taken. */
export class ByteColumn {
  private bytes = Buffer.allocUnsafe(64 * 1024);
  private view = viewOf(this.bytes);
  size = 0;

  addRange({ bytes, view }: AsciiBytes, start: number, end: number): void {
    const length = end - start;
    this.reserve(length);
    if (length < LONG) copyBytes(view, start, this.view, this.size, length);
    else this.bytes.set(bytes.subarray(start, end), this.size);
    this.size += length;
  }

  addText(text: string): void {
    // A UTF-16 unit is at most three bytes of UTF-8.
    this.reserve(text.length * 3);
    this.size += this.bytes.write(text, this.size);
  }

  /** `hash` with the bytes from `start` on mixed in. */
  hash(hash: number, start: number): number {
    let mixed = hash;
    let at = start;
    for (; at + 4 <= this.size; at += 4) mixed = mix(mixed, this.view.getInt32(at, true));
    for (; at < this.size; at++) mixed = mix(mixed, this.bytes[at] ?? 0);
    return mixed;
  }

  /** A copy of the bytes; the column begins anew. */
  take(): Buffer {
    const taken = Buffer.from(this.bytes.subarray(0, this.size));
    this.size = 0;
    return taken;
  }

  private reserve(more: number): void {
    if (this.size + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.size + more));
    this.bytes.copy(larger, 0, 0, this.size);
    this.bytes = larger;
    this.view = viewOf(larger);
  }
}

/** A message read from the columns. A class, since most of its members are read in few places. */
export class StoredMessage implements Message, MessageBytes {
  readonly isPlainText = false;
  readonly textStart = 0;
  readonly textEnd = 0;

  constructor(
    readonly id: number | bigint,
    readonly reportId: ReportId | undefined,
    readonly span: Span,
    readonly timestampStart: number,
    readonly timestampEnd: number,
    private readonly rows: { textOf(row: number): string },
    private readonly row: number,
  ) {}

  get raw(): MessageBytes {
    return this;
  }

  get timestamp(): string {
    return this.span.bytes.toString('latin1', this.timestampStart, this.timestampEnd);
  }

  get text(): string {
    return this.rows.textOf(this.row);
  }
}

/** Two numbers as one of 32 bits, in which each bit of either counts. Order matters. */
export function mix(a: number, b: number): number {
  let mixed = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(b, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x27d4eb2f);
  return mixed ^ (mixed >>> 13);
}
