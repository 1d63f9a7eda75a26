import type { TextTaker } from '../../render/write-rows.js';
import type { KeptBytes } from '../kept-bytes.js';
import { collectBody } from './collect-body.js';

/** An answer made from the period, whole before its first byte is sent. */
export interface Bill {
  /** In one piece, or where it is large, kept outside of memory. */
  readonly body: Buffer | KeptBytes;
  readonly size: number;
  /** Strong: a digest of the bytes. */
  readonly etag: string;
  readonly contentType: string;
  /** `performance.now()` until which it may be served. */
  readonly freshUntil: number;
  /** Headers of this bill alone. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Collects what `write` writes.
 * @throws what `write` throws, and CannotWriteError where the temporary folder is full
 */
export async function collectBill(
  facts: Pick<Bill, 'contentType' | 'freshUntil'>,
  write: (taker: TextTaker) => Promise<unknown>,
): Promise<Bill> {
  const { digest, ...collected } = await collectBody(write);
  return { ...facts, ...collected, etag: `"${digest}"`, headers: {} };
}
