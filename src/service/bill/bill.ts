import { createHash } from 'node:crypto';
import type { PieceWriter } from '../../format/rows.js';
import { createSpool } from '../../output/spool.js';
import { createWriteBuffer } from '../../output/writer.js';
import type { MemoryBudget } from '../work/memory-budget.js';
import { CompressedBodies } from './compress.js';
import { type StoredBytes, storeBytes } from './stored-bytes.js';

/** Bytes up to which a body is one buffer, which is the quickest to send; the rest of a larger one is in a file. */
const MOST_IN_MEMORY = 1024 * 1024;

/** An answer made from the period, whole before its first byte is sent. */
export interface Bill {
  /** In one piece, or where it is large, kept outside of memory. */
  readonly body: MemoryBody | StoredBytes;
  readonly size: number;
  /** Of the bytes; undefined where they are of this moment, and not worth storing. */
  readonly digest: string | undefined;
  /** `performance.now()` until which it may be served, for as long as its document is. */
  readonly freshUntil: number;
  /** Its content-type, vary, and what else belongs to this bill alone. */
  readonly headers: Readonly<Record<string, string>>;
  /** Gives its memory back when nobody reads it any more. Safe twice. */
  retire(): void;
}

/** A body in one piece. */
interface MemoryBody {
  readonly bytes: Buffer;
  readonly compressed: CompressedBodies;
}

/**
 * An answer of a text that has nothing to do with the period.
 * @param stored whether clients may store it
 */
export function textBill(text: string, contentType: string, stored: boolean): Bill {
  const bytes = Buffer.from(text);
  return {
    body: { bytes, compressed: new CompressedBodies(bytes, () => true) },
    size: bytes.length,
    digest: stored ? createHash('sha256').update(bytes).digest('hex') : undefined,
    freshUntil: Number.POSITIVE_INFINITY,
    headers: { 'content-type': contentType, vary: 'accept-encoding' },
    retire: () => {},
  };
}

/**
 * Collects all that `write` writes before anybody sees a byte of it: all or nothing.
 *
 * @throws what `write` throws, Refusal (503) beyond the budget, and CannotWriteError where the temporary folder is full
 */
export async function collectBill(
  facts: Pick<Bill, 'headers' | 'freshUntil'>,
  budget: MemoryBudget,
  write: (writer: PieceWriter) => Promise<unknown>,
): Promise<Bill> {
  const account = budget.openAccount();
  const spool = createSpool(MOST_IN_MEMORY);
  let size = 0;
  try {
    const buffer = createWriteBuffer(
      (bytes) => {
        account.take(bytes.length);
        size += bytes.length;
        spool.append(bytes);
      },
      { digest: true },
    );
    await write({ write: buffer.write, closed: false });
    await buffer.flush();
    const digest = buffer.digest() ?? '';
    if (size > MOST_IN_MEMORY) {
      const body = storeBytes(spool, size, () => account.close());
      return { ...facts, digest, size, body, retire: body.retire };
    }
    const bytes = Buffer.concat([...spool.pieces()], size);
    spool.close();
    let retired = false;
    const compressed = new CompressedBodies(bytes, (count) => !retired && account.tryTake(count));
    const retire = () => {
      retired = true;
      account.close();
    };
    return { ...facts, digest, size, body: { bytes, compressed }, retire };
  } catch (error) {
    spool.close();
    account.close();
    throw error;
  }
}
