import type { KeptBytes } from '../kept-bytes.js';

/** An answer to a query, whole before its first byte is sent. */
export interface Bill {
  /** In one piece, or where it is large, kept outside of memory. */
  readonly body: Buffer | KeptBytes;
  readonly size: number;
  /** Strong: a digest of the bytes. */
  readonly etag: string;
  readonly contentType: string;
  /** RFC 8288, where another page follows. */
  readonly link: string | undefined;
  /** `performance.now()` until which it may be served. */
  readonly freshUntil: number;
}
