import { createHash } from 'node:crypto';
import type { SinkOptions } from './sink.js';

/** Bytes. Below this a write costs more than its bytes; above it nothing was gained (measured on ext4). */
const BATCH = 64 * 1024;

/** The near end of a sink: turns chunks into bytes, in batches, and hashes them. */
export interface Intake {
  /** Bytes are the intake's from now on: they are not copied. */
  write(chunk: string | Uint8Array): Promise<void> | void;
  /** Hands on what is still held, at the end. */
  flush(): Promise<void> | void;
  restart(): void;
  digest(): string | undefined;
}

/**
 * Each buffer given to `deliver` is its own, free to be kept.
 * @param batch the least number of bytes handed on before `flush`
 */
export function createIntake(
  deliver: (bytes: Uint8Array) => Promise<void> | void,
  options: SinkOptions,
  batch = BATCH,
): Intake {
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
    write(chunk) {
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
    flush() {
      encode(text.length);
      return handOn();
    },
    restart() {
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
