import { createHash } from 'node:crypto';

/** Where a result goes: all or nothing. One caller at a time; whoever gets a promise waits for it. */
export interface Writer {
  /** Appends, text as UTF-8; bytes are the writer's from now on. A promise asks the caller to wait (back-pressure, or a failure to report). */
  write(chunk: string | Uint8Array): Promise<void> | void;

  /** Forgets everything written so far: the messages document is being read again. */
  restart(): Promise<void>;

  /**
   * Makes the result visible: renames the file, or copies what was buffered to its destination.
   * Rejects with an AbortError when abandoned meanwhile.
   */
  commit(): Promise<void>;

  /** Leaves nothing behind and ends a commit that waits for a reader. Safe after commit, and twice. */
  abandon(): Promise<void>;

  /** SHA-256 in hex of the bytes written; undefined unless `WriterOptions.digest`. Valid after `commit`. */
  digest(): string | undefined;

  /** The reader of stdout has gone (`| head`): stop quietly with exit 0. Never true of a file. */
  readonly closed: boolean;
}

export interface WriterOptions {
  /** Computes `Writer.digest`. */
  readonly digest?: boolean;
}

/** What a write or commit under way ends with when its writer is abandoned; the caller knows why it did that. */
export function abandonedError(): DOMException {
  return new DOMException('the output was abandoned', 'AbortError');
}

/** Bytes. Below this a write costs more than its bytes; above it nothing was gained (measured on ext4). */
const BATCH = 64 * 1024;

/**
 * The near end of a writer: turns chunks into bytes, in batches, and hashes them.
 *
 * @param deliver gets buffers of its own, free to be retained
 * @param batch the least number of bytes handed on before `flush`
 */
export function createWriteBuffer(
  deliver: (bytes: Uint8Array) => Promise<void> | void,
  options: WriterOptions,
  batch = BATCH,
) {
  const freshHash = options.digest === true ? createHash('sha256') : undefined;
  let hash = freshHash?.copy();
  let text = '';
  let encoded: Uint8Array[] = [];
  let encodedSize = 0;

  const add = (bytes: Uint8Array): void => {
    encoded.push(bytes);
    encodedSize += bytes.length;
  };

  const encode = (length: number): void => {
    if (length === 0) return;
    add(Buffer.from(text.slice(0, length)));
    text = text.slice(length);
  };

  const handOn = (): Promise<void> | void => {
    const [first] = encoded;
    if (first === undefined) return;
    const bytes = encoded.length === 1 ? first : Buffer.concat(encoded, encodedSize);
    encoded = [];
    encodedSize = 0;
    hash?.update(bytes);
    return deliver(bytes);
  };

  return {
    /** Bytes are the buffer's from now on: they are not copied. */
    write(chunk: string | Uint8Array): Promise<void> | void {
      if (typeof chunk === 'string') {
        text += chunk;
      } else {
        encode(text.length);
        add(chunk);
      }
      // A UTF-16 unit is at least one byte of UTF-8.
      if (encodedSize + text.length < batch) return;
      encode(wholeLength(text));
      return handOn();
    },
    /** Hands on what is still held, at the end. */
    flush(): Promise<void> | void {
      encode(text.length);
      return handOn();
    },
    restart(): void {
      text = '';
      encoded = [];
      encodedSize = 0;
      hash = freshHash?.copy();
    },
    digest: () => hash?.copy().digest('hex'),
  };
}

/** The length without a surrogate pair's first half at the end: its second half may be in the next chunk. */
function wholeLength(text: string): number {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.length - 1 : text.length;
}

/** A writer that retains nothing but the digest of what it was given. */
export function digestWriter(): Writer {
  const buffer = createWriteBuffer(() => {}, { digest: true });
  return {
    closed: false,
    write: buffer.write,
    digest: buffer.digest,
    restart: async () => buffer.restart(),
    commit: async () => buffer.flush(),
    abandon: async () => {},
  };
}
