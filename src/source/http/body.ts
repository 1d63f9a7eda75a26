import { on } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import type { Transfer } from '../source.js';
import { lasting } from './fault.js';

/** A body that has begun to arrive. */
export interface Body {
  /** Decompressed. */
  readonly stream: Readable;
  readonly transfer: Transfer;
  /** The Fault or abort reason behind an error of the stream. */
  readonly explain: (error: unknown) => unknown;
}

/** Two chunks are read ahead of the consumer. */
const AHEAD = { highWaterMark: 1, lowWaterMark: 1, close: ['end', 'close'] };

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
  let failure: { readonly error: unknown } | undefined;

  async function* readBytes(): AsyncGenerator<Uint8Array, void, undefined> {
    // Node's own iterator would copy the chunks that wait into one.
    const chunks = on(stream, 'data', AHEAD);
    stream.resume();
    let length = 0;
    try {
      if (stream.destroyed) throw stream.errored;
      for await (const [chunk] of chunks) {
        length += chunk.length;
        if (length > limit) throw tooLong();
        yield chunk;
      }
      if (!stream.readableEnded) throw stream.errored;
    } catch (error) {
      failure = { error: length > limit ? error : explain(error) };
      throw failure.error;
    }
  }
  stream.on('error', () => {});

  try {
    const result = await consume(readBytes());
    if (failure !== undefined) throw failure.error;
    return result;
  } catch (error) {
    throw failure === undefined ? error : failure.error;
  } finally {
    if (!stream.readableEnded) stream.destroy();
  }
}

/** The same for a small body, whose bytes are wanted in one piece: an iterator costs more than reading it. */
export function collectBody(
  { stream, explain }: Body,
  limit: number,
  tooLong: () => Error,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    const end = () =>
      stream.readableEnded ? resolve(Buffer.concat(chunks)) : reject(explain(stream.errored));
    stream.on('data', (chunk: Uint8Array) => {
      length += chunk.length;
      if (length <= limit) return chunks.push(chunk);
      reject(tooLong());
      stream.destroy();
    });
    stream.on('end', end).on('error', end).on('close', end).resume();
    if (stream.destroyed) end();
  });
}

/** Bytes, and milliseconds. */
const MOST_DISCARDED = 64 * 1024;
const LONGEST_DISCARD = 100;

/**
 * Reads a short body to its end, so that its connection can be used again, and gives up a long or slow one with
 * its connection. Never throws: the status is the result.
 */
export async function discardBody(body: Body): Promise<void> {
  const timer = setTimeout(() => body.stream.destroy(), LONGEST_DISCARD);
  await collectBody(body, MOST_DISCARDED, () => new Error('too long')).catch(() => {});
  clearTimeout(timer);
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

const DECODERS = new Map<string, (body: Readable) => Transform | Promise<Transform>>([
  ['gzip', () => createGunzip(CHUNK)],
  ['x-gzip', () => createGunzip(CHUNK)],
  ['br', () => createBrotliDecompress(CHUNK)],
  ['deflate', createInflateOf],
]);

/**
 * The body with its `content-encoding` undone. A cut or corrupt body makes the stream returned emit an
 * error. Throws a Fault for an encoding that was not offered.
 */
export async function decodeBody(body: Readable, contentEncoding = ''): Promise<Readable> {
  const layers = contentEncoding
    .toLowerCase()
    .split(',')
    .map((layer) => layer.trim())
    .filter((layer) => layer !== '' && layer !== 'identity');
  const decoders = layers.flatMap((layer) => DECODERS.get(layer) ?? []);
  // All before the first decoder starts: one without a reader would fail with nobody to hear it.
  if (layers.length > MOST_LAYERS || decoders.length < layers.length) {
    const shown = contentEncoding.slice(0, 40).replace(/[^ -~]/g, '?');
    throw lasting('encoding', `cannot decode content-encoding "${shown}"`);
  }
  let decoded = body;
  for (const create of decoders.reverse()) decoded = pipeline(decoded, await create(decoded), () => {});
  return decoded;
}

/** Servers send both a zlib wrapper, as RFC 9110 says, and bare deflate. */
async function createInflateOf(body: Readable): Promise<Transform> {
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
