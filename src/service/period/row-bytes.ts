import { ChunkMessage } from '../../document/plain-message.js';
import type { ReportId } from '../../document/records.js';
import { CannotWriteError } from '../../errors.js';
import type { Span } from '../../json/spans.js';
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

/** A message read from the columns, whose text is read where it is wanted. */
export class StoredMessage extends ChunkMessage {
  constructor(
    id: number | bigint,
    reportId: ReportId | undefined,
    span: Span,
    timestampStart: number,
    timestampEnd: number,
    private readonly rows: { textOf(row: number): string },
    private readonly row: number,
  ) {
    super(id, reportId, span, timestampStart, timestampEnd, false, 0, 0, undefined);
  }

  override get text(): string {
    return this.rows.textOf(this.row);
  }
}

/** `hash` with the bytes `[start, end)` mixed in. */
export function mixBytes(hash: number, view: DataView, start: number, end: number): number {
  let mixed = hash;
  let at = start;
  for (; at + 4 <= end; at += 4) mixed = mix(mixed, view.getInt32(at, true));
  for (; at < end; at++) mixed = mix(mixed, view.getUint8(at));
  return mixed;
}

/** Two numbers as one of 32 bits, in which each bit of either counts. Order matters. */
export function mix(a: number, b: number): number {
  let mixed = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(b, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x27d4eb2f);
  return mixed ^ (mixed >>> 13);
}
