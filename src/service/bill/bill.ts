import type { TextTaker } from '../../format/rows.js';
import { createSpool } from '../../output/spool.js';
import { createIntake } from '../../output/writer.js';
import type { MemoryBudget } from '../work/memory-budget.js';
import { type KeptBytes, keepBytes } from './kept-bytes.js';

/** Bytes up to which a body is one buffer, which is the quickest to send; the rest of a larger one is in a file. */
const MOST_IN_MEMORY = 1024 * 1024;

/** An answer made from the period, whole before its first byte is sent. */
export interface Bill {
  /** In one piece, or where it is large, kept outside of memory. */
  readonly body: Buffer | KeptBytes;
  readonly size: number;
  /** Strong: a digest of the bytes. */
  readonly etag: string;
  readonly contentType: string;
  /** `performance.now()` until which it may be served, for as long as its document is. */
  readonly freshUntil: number;
  /** Headers of this bill alone. */
  readonly headers: Readonly<Record<string, string>>;
  /** Gives its memory back when nobody reads it any more. Safe twice. */
  retire(): void;
}

/**
 * Collects all that `write` writes before anybody sees a byte of it: all or nothing.
 *
 * @throws what `write` throws, Refusal (503) beyond the budget, and CannotWriteError where the temporary folder is full
 */
export async function collectBill(
  facts: Pick<Bill, 'contentType' | 'freshUntil'> & Partial<Pick<Bill, 'headers'>>,
  budget: MemoryBudget,
  write: (taker: TextTaker) => Promise<unknown>,
): Promise<Bill> {
  const account = budget.openAccount();
  const spool = createSpool(MOST_IN_MEMORY);
  let size = 0;
  try {
    const intake = createIntake(
      (bytes) => {
        account.take(bytes.length);
        size += bytes.length;
        spool.append(bytes);
      },
      { digest: true },
    );
    await write({ write: intake.write, closed: false });
    await intake.flush();
    const etag = `"${intake.digest() ?? ''}"`;
    if (size > MOST_IN_MEMORY) {
      const body = keepBytes(spool, size, () => account.close());
      return { headers: {}, ...facts, etag, size, body, retire: body.retire };
    }
    const body = Buffer.concat([...spool.pieces()], size);
    spool.close();
    return { headers: {}, ...facts, etag, size, body, retire: () => account.close() };
  } catch (error) {
    spool.close();
    account.close();
    throw error;
  }
}
