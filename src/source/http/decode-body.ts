import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { Fault } from './fault.js';

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
