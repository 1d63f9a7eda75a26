import { createIntake } from '../../output/intake.js';
import { createSpool } from '../../output/spool.js';
import type { TextTaker } from '../../render/write-rows.js';
import { type KeptBytes, keepBytes } from '../kept-bytes.js';

/** Bytes up to which a body is one buffer, which is the quickest to send. */
const MOST_IN_ONE_PIECE = 1024 * 1024;

export interface Collected {
  readonly body: Buffer | KeptBytes;
  readonly size: number;
  /** SHA-256 in hex. */
  readonly digest: string;
}

/**
 * Collects all that `write` writes before anybody sees a byte of it: all or nothing.
 * @throws what `write` throws, and CannotWriteError where the temporary folder is full
 */
export async function collectBody(write: (taker: TextTaker) => Promise<unknown>): Promise<Collected> {
  const spool = createSpool();
  let size = 0;
  try {
    const intake = createIntake(
      (bytes) => {
        size += bytes.length;
        spool.append(bytes);
      },
      { digest: true },
    );
    await write({ write: intake.write, closed: false });
    await intake.flush();
    const digest = intake.digest() ?? '';
    if (size > MOST_IN_ONE_PIECE) return { body: keepBytes(spool, size), size, digest };
    const body = Buffer.concat([...spool.pieces()], size);
    spool.close();
    return { body, size, digest };
  } catch (error) {
    spool.close();
    throw error;
  }
}
