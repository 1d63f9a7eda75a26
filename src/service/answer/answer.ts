import { createHash } from 'node:crypto';
import type { PieceWriter } from '../../format/rows.js';
import { createSpool, type Spool } from '../../output/spool.js';
import { createWriteBuffer } from '../../output/writer.js';
import { type MemoryAccount, type MemoryBudget, SharedResource } from '../shared/memory-budget.js';
import { SECURITY_HEADERS } from '../shared/problem.js';
import { type Coding, CompressedBodies } from './compress.js';

/** Bytes up to which a body is one buffer, which is the quickest to send; the rest of a larger one is in a file. */
const MOST_IN_MEMORY = 1024 * 1024;

/** An answer made from the period, whole before its first byte is sent. */
export interface Answer {
  /** In one piece, or where it is large, outside of memory. */
  readonly body: MemoryBody | StoredBody;
  readonly size: number;
  readonly heads: Heads;
  /** `performance.now()` until which it may be served, for as long as its document is. */
  readonly freshUntil: number;
  /** Gives its memory back when nobody reads it any more. Safe twice. */
  retire(): void;
}

interface MemoryBody {
  readonly bytes: Buffer;
  readonly compressed: CompressedBodies;
}

/** A body outside of memory, which several clients read at once. */
export class StoredBody extends SharedResource {
  constructor(
    readonly spool: Spool,
    private readonly account: MemoryAccount,
  ) {
    super();
  }

  protected close(): void {
    this.spool.close();
    this.account.close();
  }
}

type Headers = Readonly<Record<string, string>>;

/** The headers of an answer in one coding. */
interface Head {
  /** Undefined where the bytes are of this moment, and not worth storing. */
  readonly etag: string | undefined;
  readonly headers: Headers;
  /** The same as a list of names and values. */
  readonly list: readonly string[];
  /** Of 304, as a list. */
  readonly unchanged: readonly string[];
}

/** The headers of an answer, made once for each coding and not for each request. */
class Heads {
  private readonly made = new Map<Coding | 'identity', Head>();

  /**
   * @param headers content-type, vary, and what else belongs to this answer alone
   * @param digest of the bytes; undefined where clients may not store them
   */
  constructor(
    private readonly headers: Headers,
    private readonly digest: string | undefined,
  ) {}

  get vary(): string {
    return this.headers.vary ?? 'accept-encoding';
  }

  of(coding: Coding | 'identity'): Head {
    const known = this.made.get(coding);
    if (known !== undefined) return known;
    const head = this.make(coding);
    this.made.set(coding, head);
    return head;
  }

  private make(coding: Coding | 'identity'): Head {
    const { headers, digest } = this;
    const encoded = {
      ...SECURITY_HEADERS,
      ...headers,
      ...(coding !== 'identity' && { 'content-encoding': coding }),
    };
    if (digest === undefined) {
      const unstored = { ...encoded, 'cache-control': 'no-store' };
      return { etag: undefined, headers: unstored, list: listOf(unstored), unchanged: [] };
    }
    const etag = coding === 'identity' ? `"${digest}"` : `"${digest}-${coding}"`;
    const validators = { etag, 'cache-control': 'private, no-cache' };
    // Without what only guides who reads the body (RFC 9110, 15.4.5).
    const { 'content-type': _, ...unchanged } = headers;
    const stored = { ...encoded, ...validators };
    return {
      etag,
      headers: stored,
      list: listOf(stored),
      unchanged: listOf({ ...unchanged, ...validators }),
    };
  }
}

const listOf = (headers: Headers) => Object.entries(headers).flat();

/**
 * An answer of a text that has nothing to do with the period.
 * @param stored whether clients may store it
 */
export function textAnswer(text: string, contentType: string, stored: boolean): Answer {
  const bytes = Buffer.from(text);
  const digest = stored ? createHash('sha256').update(bytes).digest('hex') : undefined;
  return {
    body: { bytes, compressed: new CompressedBodies(bytes, () => true) },
    size: bytes.length,
    heads: new Heads({ 'content-type': contentType, vary: 'accept-encoding' }, digest),
    freshUntil: Number.POSITIVE_INFINITY,
    retire: () => {},
  };
}

/**
 * Collects all that `write` writes before anybody sees a byte of it: all or nothing.
 *
 * @throws what `write` throws, Refusal (503) beyond the budget, and CannotWriteError where the temporary folder is full
 */
export async function collectAnswer(
  { headers, freshUntil }: { readonly headers: Headers; readonly freshUntil: number },
  budget: MemoryBudget,
  write: (writer: PieceWriter) => Promise<unknown>,
): Promise<Answer> {
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
    const facts = { heads: new Heads(headers, buffer.digest()), freshUntil, size };
    if (size > MOST_IN_MEMORY) {
      const body = new StoredBody(spool, account);
      return { ...facts, body, retire: () => body.retire() };
    }
    const bytes = Buffer.concat([...spool.pieces()], size);
    spool.close();
    let retired = false;
    const compressed = new CompressedBodies(bytes, (count) => {
      if (retired || !account.tryTake(count)) return false;
      // It may have been this answer that was given up for them.
      if (retired) account.close();
      return !retired;
    });
    const retire = () => {
      retired = true;
      account.close();
    };
    return { ...facts, body: { bytes, compressed }, retire };
  } catch (error) {
    spool.close();
    account.close();
    throw error;
  }
}
