import { setImmediate as nextTurn } from 'node:timers/promises';
import { createSpool } from '../../output/spool.js';
import type { Source, Validators } from '../../source/source.js';
import { type KeptBytes, keepBytes } from '../kept-bytes.js';
import { singleFlight } from '../single-flight.js';

/** Bytes of the messages document held in memory; what is beyond lies in a nameless temporary file. */
const MOST_IN_MEMORY = 64 * 1024 * 1024;

export interface MessagesStoreOptions {
  /** Milliseconds that a document is served for, counted from the request to upstream. */
  readonly ttl: number;
  openSource(): Promise<Source>;
  /** Told where each reader's document came from. */
  onLookup?(outcome: 'hit' | 'loaded' | 'unchanged'): void;
}

/** What a reader gets: the document, and until when what is made of it may be served. */
export interface Edition {
  bytes(): AsyncIterable<Uint8Array>;
  /** `performance.now()` at its end. */
  readonly freshUntil: number;
}

interface Stored {
  readonly kept: KeptBytes;
  readonly validators: Validators;
  readonly freshUntil: number;
}

/**
 * The messages document, kept for `ttl` and then asked for again: one request to upstream however many readers
 * wait. A failure is told to those who wait, and never hidden behind the old document.
 */
export function createMessagesStore({ ttl, openSource, onLookup }: MessagesStoreOptions) {
  const flight = singleFlight<Stored>();
  let stored: Stored | undefined;
  let failed = false;
  let loadedAt = Number.NEGATIVE_INFINITY;

  async function current(): Promise<Stored> {
    if (stored !== undefined && performance.now() < stored.freshUntil) {
      onLookup?.('hit');
      return stored;
    }
    return flight('messages', load);
  }

  async function load(): Promise<Stored> {
    const startedAt = performance.now();
    // Its time is over: only what upstream may call unchanged is worth its memory while the new one arrives.
    if (stored !== undefined && Object.keys(stored.validators).length === 0) forget();
    try {
      const document = await readAgain(stored);
      if (document.kept !== stored?.kept) stored?.kept.retire();
      stored = { ...document, freshUntil: startedAt + ttl };
      loadedAt = performance.now();
      failed = false;
      return stored;
    } catch (error) {
      failed = true;
      throw error;
    }
  }

  function forget(): void {
    stored?.kept.retire();
    stored = undefined;
  }

  async function readAgain(known: Stored | undefined): Promise<Omit<Stored, 'freshUntil'>> {
    const source = await openSource();
    try {
      if (source.messagesIfChanged === undefined) {
        const kept = await source.messages(keepDocument);
        onLookup?.('loaded');
        return { kept, validators: {} };
      }
      const answer = await source.messagesIfChanged(known?.validators ?? {}, async (bytes, validators) => ({
        kept: await keepDocument(bytes),
        validators,
      }));
      onLookup?.(answer === 'unchanged' ? 'unchanged' : 'loaded');
      if (answer !== 'unchanged') return answer.changed;
      if (known === undefined) throw new Error('upstream calls a document unchanged that was never read');
      return known;
    } finally {
      await source.close();
    }
  }

  return {
    /** Hands the document to `use`. Throws what the source and `use` throw. */
    async read<Result>(use: (edition: Edition) => Promise<Result>): Promise<Result> {
      const { kept, freshUntil } = await current();
      const lease = kept.lease();
      try {
        return await use({ bytes: () => inTurns(lease.pieces()), freshUntil });
      } finally {
        lease.release();
      }
    },

    /** Milliseconds since upstream last gave the document, and whether it has failed since. */
    state: () => ({ age: performance.now() - loadedAt, failed }),

    close: forget,
  };
}

export type MessagesStore = ReturnType<typeof createMessagesStore>;

async function keepDocument(bytes: AsyncIterable<Uint8Array>): Promise<KeptBytes> {
  const spool = createSpool(MOST_IN_MEMORY);
  let size = 0;
  try {
    for await (const chunk of bytes) {
      spool.append(chunk);
      size += chunk.length;
    }
    return keepBytes(spool, size);
  } catch (error) {
    spool.close();
    throw error;
  }
}

/** Lets other requests have their turn between two pieces: reading from memory alone never would. */
async function* inTurns(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    yield piece;
    await nextTurn();
  }
}
