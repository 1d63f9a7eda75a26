import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import type { Transfer } from '../source.js';
import { Fault } from './fault.js';

/** A body that has begun to arrive. */
export interface Body {
  /** Decompressed. */
  readonly stream: Readable;
  readonly transfer: Transfer;
  /** The Fault or abort reason behind an error of the stream. */
  readonly explain: (error: unknown) => unknown;
}

/** Chunks read ahead of the consumer. */
const MOST_WAITING = 2;

/**
 * Passes the bytes of a body to `consume` and returns its result. A body that breaks off, or is longer than
 * `limit` bytes, fails the whole however `consume` took it: wrapped, or not noticed at all. The connection is
 * released in the end, also when `consume` stops early.
 */
export async function readBody<T>(
  { stream, explain }: Body,
  limit: number,
  tooLong: () => Error,
  consume: (bytes: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  const waiting: Uint8Array[] = [];
  let length = 0;
  let ended = stream.readableEnded;
  let failure: { readonly error: unknown } | undefined;
  let wake = () => {};

  const fail = (error: unknown): void => {
    failure ??= { error };
    wake();
  };
  stream.on('data', (chunk: Uint8Array) => {
    length += chunk.length;
    if (length > limit) fail(tooLong());
    else waiting.push(chunk);
    if (length > limit || waiting.length >= MOST_WAITING) stream.pause();
    wake();
  });
  stream.on('end', () => {
    ended = true;
    wake();
  });
  const breakOff = (error: unknown): void => {
    if (!ended) fail(explain(error));
  };
  stream.on('error', breakOff).on('close', () => breakOff(stream.errored));
  if (stream.destroyed) breakOff(stream.errored);

  /** Node's own iterator would copy the chunks that wait into one. */
  async function* readBytes(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const chunk = waiting.shift();
      if (chunk !== undefined) yield chunk;
      else if (failure !== undefined) throw failure.error;
      else if (ended) return;
      else {
        const more = new Promise<void>((resolve) => {
          wake = resolve;
        });
        stream.resume();
        await more;
      }
    }
  }

  try {
    const result = await consume(readBytes());
    if (failure !== undefined) throw failure.error;
    return result;
  } catch (error) {
    throw failure === undefined ? error : failure.error;
  } finally {
    if (!ended) stream.destroy();
  }
}

/** The bytes in one piece. */
export async function collectBytes(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
}

/** Bytes, and milliseconds. */
const MOST_DISCARDED = 64 * 1024;
const LONGEST_DISCARD = 100;

/**
 * Reads a short body to its end, so that its connection can be used again, and gives up a long or slow one with
 * its connection. Never throws: the status is the result.
 */
export function discardBody(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    let left = MOST_DISCARDED;
    const timer = setTimeout(() => stream.destroy(), LONGEST_DISCARD);
    const finish = () => {
      clearTimeout(timer);
      resolve();
    };
    stream.on('data', (chunk: Uint8Array) => {
      left -= chunk.length;
      if (left <= 0) stream.destroy();
    });
    stream.on('end', finish).on('error', finish).on('close', finish).resume();
  });
}

/** Counts what arrives of `incoming`: before it is decompressed, as its length is meant. */
export function countTransfer(stream: Readable, incoming: IncomingMessage): Transfer {
  const length = incoming.headers['content-length'];
  const transfer = { length: length === undefined ? undefined : Number(length), received: 0 };
  // This listener alone must not make the stream flow.
  if (stream === incoming) incoming.pause();
  incoming.on('data', (chunk: Uint8Array) => {
    transfer.received += chunk.length;
  });
  return transfer;
}

const MOST_LAYERS = 2;
/** Of decompressed bytes: large enough to be quick, small enough that a bomb is noticed early. */
const CHUNK = { chunkSize: 64 * 1024 };

/**
 * The body with its `content-encoding` undone. A cut or corrupt body makes the stream returned emit an
 * error. Throws a Fault for an encoding that was not offered.
 */
export async function decodeBody(body: Readable, contentEncoding: string | undefined): Promise<Readable> {
  const layers = (contentEncoding ?? '')
    .toLowerCase()
    .split(',')
    .map((layer) => layer.trim())
    .filter((layer) => layer !== '' && layer !== 'identity');
  // All before the first decoder starts: one without a reader would fail with nobody to hear it.
  if (layers.length > MOST_LAYERS || !layers.every(isKnown)) throw unknownEncoding(contentEncoding);

  let decoded = body;
  for (const layer of layers.reverse()) {
    const decoder = await createDecoder(layer, decoded);
    decoded = pipeline(decoded, decoder, () => {});
  }
  return decoded;
}

type Encoding = 'gzip' | 'x-gzip' | 'br' | 'deflate';

function isKnown(layer: string): layer is Encoding {
  return ['gzip', 'x-gzip', 'br', 'deflate'].includes(layer);
}

async function createDecoder(layer: Encoding, body: Readable): Promise<Transform> {
  if (layer === 'br') return createBrotliDecompress(CHUNK);
  if (layer !== 'deflate') return createGunzip(CHUNK);
  // Servers send both a zlib wrapper, as RFC 9110 says, and bare deflate.
  const first = await peekByte(body);
  return first === undefined || first % 16 === 8 ? createInflate(CHUNK) : createInflateRaw(CHUNK);
}

/** The first byte, left in the stream; undefined for an empty one. */
function peekByte(body: Readable): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const finish = () => {
      body.off('readable', finish).off('end', finish).off('error', reject);
      const first: Buffer | null = body.read(1);
      if (first !== null) body.unshift(first);
      resolve(first?.readUInt8());
    };
    body.on('readable', finish).on('end', finish).on('error', reject);
  });
}

function unknownEncoding(contentEncoding: string | undefined): Fault {
  const shown = (contentEncoding ?? '').slice(0, 40).replace(/[^ -~]/g, '?');
  return new Fault(`cannot decode content-encoding "${shown}"`, { outcome: 'encoding', transient: false });
}
