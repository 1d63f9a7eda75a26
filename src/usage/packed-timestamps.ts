import { copyBytes, isSame, viewOf } from '../source/bytes.js';
import { Stretch } from '../source/document/stretch.js';
import type { Message, Place } from '../source/message.js';

/** Timestamps of one length, of which the beginning that all share is kept once. */
export interface PackedTimestamps {
  /** Bytes. */
  readonly size: number;
  /** Bytes of each. */
  readonly width: number;
  /** All of them, one after the other. */
  unpack(): Stretch;
}

/** Bytes that are compared and copied at a time. */
const STEP = 4;

/** @returns undefined where they differ in length, or a message is not to be found in a chunk */
export function packTimestamps(messages: readonly Message[]): PackedTimestamps | undefined {
  const first = messages[0]?.place;
  if (first === undefined) return undefined;
  const width = first.timestampEnd - first.timestampStart;
  const places: Place[] = [];
  let shared = Math.max(width - STEP - (width % STEP), 0);
  for (const { place } of messages) {
    if (place === undefined || place.timestampEnd - place.timestampStart !== width) return undefined;
    places.push(place);
    const { view } = place.chunk;
    while (
      shared > 0 &&
      !isSame(first.chunk.view, first.timestampStart, view, place.timestampStart, shared)
    ) {
      shared -= STEP;
    }
  }

  const own = width - shared;
  const count = places.length;
  const kept = viewOf(new Uint8Array(shared + own * count));
  copyBytes(first.chunk.view, first.timestampStart, kept, 0, shared);
  let at = shared;
  for (const { chunk, timestampEnd } of places) {
    copyBytes(chunk.view, timestampEnd - own, kept, at, own);
    at += own;
  }

  return {
    size: shared + own * count,
    width,
    unpack() {
      const unpacked = new Stretch(Buffer.alloc(width * count));
      for (let row = 0; row < count; row++) {
        copyBytes(kept, 0, unpacked.view, row * width, shared);
        copyBytes(kept, shared + row * own, unpacked.view, row * width + shared, own);
      }
      return unpacked;
    },
  };
}
