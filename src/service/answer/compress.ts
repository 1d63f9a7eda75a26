import { pipeline, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';

export type Coding = 'gzip' | 'br';

/** Bytes below which compression saves no packet. */
const WORTH_IT = 1000;
/** Brotli's levels 4 and 5 take as long as gzip's usual one, and give less. */
const BROTLI_LEVEL = 5;
/** Of streams: what one holds is bounded by its window. */
const STREAMED_BROTLI = { level: 4, window: 18 };

/** Bytes that one stream takes at the most, its buffers included. */
export const STREAM_MEMORY: Readonly<Record<Coding, number>> = { gzip: 512 * 1024, br: 2 * 1024 * 1024 };

const compressors: Readonly<Record<Coding, (body: Buffer) => Promise<Buffer>>> = {
  gzip: promisify<Buffer, Buffer>(gzip),
  br: (body) => promisify(brotliCompress)(body, brotliOptions(BROTLI_LEVEL, constants.BROTLI_DEFAULT_WINDOW)),
};

/** A body in memory with what it is in each coding, made once, when it is first wanted. */
export class CompressedBodies {
  private readonly made = new Map<Coding, Buffer | Promise<Buffer>>();

  /** @param reserve takes memory for one that is cached; false where there is none */
  constructor(
    private readonly body: Buffer,
    private readonly reserve: (bytes: number) => boolean,
  ) {}

  get(coding: Coding): Buffer | Promise<Buffer> {
    const known = this.made.get(coding);
    if (known !== undefined) return known;
    const making = this.make(coding);
    this.made.set(coding, making);
    return making;
  }

  private async make(coding: Coding): Promise<Buffer> {
    try {
      const bytes = await compressors[coding](this.body);
      if (this.reserve(bytes.length)) this.made.set(coding, bytes);
      else this.made.delete(coding);
      return bytes;
    } catch (error) {
      this.made.delete(coding);
      throw error;
    }
  }
}

/** Compresses what is read from `source`, which ends with it. */
export function compressStream(source: Readable, coding: Coding): Readable {
  const { level, window } = STREAMED_BROTLI;
  const packed = coding === 'gzip' ? createGzip() : createBrotliCompress(brotliOptions(level, window));
  // Whoever reads sees the error of either; a reader that leaves ends both.
  return pipeline(source, packed, () => {});
}

function brotliOptions(level: number, window: number) {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_MODE, BROTLI_MODE_TEXT } = constants;
  return {
    params: {
      [BROTLI_PARAM_QUALITY]: level,
      [BROTLI_PARAM_LGWIN]: window,
      [BROTLI_PARAM_MODE]: BROTLI_MODE_TEXT,
    },
  };
}

/** Choices by the header: of the clients that there are, most send one of a few. */
const LONGEST_REMEMBERED = 100;
const createChoices = () => new LRUCache<string, Coding | 'identity' | 'none'>({ max: 100 });

/**
 * The coding that a client wants of an answer of `size` bytes; undefined where it takes none that there is.
 *
 * @param header Accept-Encoding
 * @param streamed compressed anew for each client, so that what costs less is preferred
 */
export function chooseCoding(
  header: string | undefined,
  size: number,
  streamed: boolean,
): Coding | 'identity' | undefined {
  if (header === undefined) return 'identity';
  const { order, choices } = size < WORTH_IT ? SMALL : streamed ? LARGE : USUAL;
  let choice = choices.get(header);
  if (choice === undefined) {
    choice = choose(header, order) ?? 'none';
    if (header.length <= LONGEST_REMEMBERED) choices.set(header, choice);
  }
  return choice === 'none' ? undefined : choice;
}

/** Of those that a client likes equally well, the first. */
const SMALL_ORDER = ['identity', 'gzip', 'br'] as const;
const SMALL = { order: SMALL_ORDER, choices: createChoices() };
const USUAL = { order: ['br', 'gzip', 'identity'] as const, choices: createChoices() };
const LARGE = { order: ['gzip', 'br', 'identity'] as const, choices: createChoices() };

/** Negotiator would take a weight below 0 for that of identity as well. */
function hasValidWeight(range: string): boolean {
  const weight = /;\s*q\s*=\s*([^;]*)/.exec(range)?.[1];
  return weight === undefined || /^(?:0(?:\.\d*)?|1(?:\.0*)?)\s*$/.test(weight);
}

function choose(header: string, order: (typeof SMALL | typeof USUAL | typeof LARGE)['order']) {
  const ranges = header
    .toLowerCase()
    .replace(/\bx-gzip\b/g, 'gzip')
    .split(',')
    .filter(hasValidWeight);
  const rank = (range: string) => order.findIndex((coding) => range.trim().startsWith(coding));
  // Among equals Negotiator takes what is named first, which means nothing in this header (RFC 9110, 12.5.3).
  const headers = { 'accept-encoding': ranges.toSorted((a, b) => rank(a) - rank(b)).join(',') };
  const wanted = new Negotiator({ headers }).encodings([...order]);
  // A small answer is compressed only where it must be.
  if (order === SMALL_ORDER && wanted.includes('identity')) return 'identity';
  return order.find((coding) => coding === wanted[0]);
}
