import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import type { Transfer } from '../source.js';
import { Fault } from './fault.js';

/**
 * A Node stream as a web stream, chunk by chunk, nothing copied. `Readable.toWeb` would lose the cause of an
 * error. `explain` turns an error into the one that the reader gets.
 */
export function toWebStream(
  body: Readable,
  explain: (error: unknown) => unknown,
): ReadableStream<Uint8Array> {
  // Node may already have an event under way when the reader cancels, and the controller then throws.
  let cancelled = false;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      body.pause();
      body.on('data', (chunk: Uint8Array) => {
        if (cancelled) return;
        controller.enqueue(chunk);
        if ((controller.desiredSize ?? 0) <= 0) body.pause();
      });
      body.on('end', () => {
        if (!cancelled) controller.close();
      });
      body.on('error', (error) => controller.error(explain(error)));
    },
    pull() {
      body.resume();
    },
    cancel() {
      cancelled = true;
      body.destroy();
    },
  });
}

const transfers = new WeakMap<ReadableStream, Transfer>();

/** Counts what comes of `incoming` for `transferOf(stream)`: before it is decoded, as its length is meant. */
export function countTransfer(stream: ReadableStream, incoming: IncomingMessage): void {
  const length = incoming.headers['content-length'];
  const transfer = { length: length === undefined ? undefined : Number(length), received: 0 };
  // It listens beside the reader, which alone decides when the stream flows.
  incoming.on('data', (chunk: Uint8Array) => {
    transfer.received += chunk.length;
  });
  transfers.set(stream, transfer);
}

/** Undefined for a body that no request brought. */
export function transferOf(stream: ReadableStream): Transfer | undefined {
  return transfers.get(stream);
}

const MOST_LAYERS = 2;
/** Of decompressed bytes: large enough to be quick, small enough that a bomb is noticed early. */
const CHUNK = { chunkSize: 64 * 1024 };

/**
 * The body with its `content-encoding` undone. A cut or corrupt body makes the stream returned emit an
 * error. Throws a Fault for an encoding that was never asked for.
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
    const settle = () => {
      body.off('readable', settle).off('end', settle).off('error', reject);
      const first: Buffer | null = body.read(1);
      if (first !== null) body.unshift(first);
      resolve(first?.readUInt8());
    };
    body.on('readable', settle).on('end', settle).on('error', reject);
  });
}

function unknownEncoding(contentEncoding: string | undefined): Fault {
  const shown = (contentEncoding ?? '').slice(0, 40).replace(/[^ -~]/g, '?');
  return new Fault(`cannot decode content-encoding "${shown}"`, { outcome: 'encoding', transient: false });
}
