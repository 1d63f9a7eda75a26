import { isSame } from '../bytes.js';
import { literal } from '../literal.js';
import type { Stretch } from './stretch.js';

/*
 * The usual timestamp of upstream, `"YYYY-MM-DDThh:mm:ss.sssZ"` with its quotes, is known by its bytes. Anything else,
 * right or wrong or on 29 February, is for `parseInstant`, which has the whole rule.
 */

export const USUAL_LENGTH = 26;
/** `"YYYY-MM-DDThh:m`, which messages that follow each other share as a rule. */
const SHARED = 16;

/** Digits, and the characters between them, by place; the digits' upper bounds hold whatever stands beside them. */
const LEAST = literal('"0000-00-00T00:00:00.000Z"').view;
const MOST = literal('"9999-19-39T29:59:59.999Z"').view;
/** Where the last four bytes begin. */
const LAST = USUAL_LENGTH - 4;

/** By month, counted from 1; of February only what every year has. */
const LAST_DAY = Uint8Array.of(0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31);

/**
 * Whether such a timestamp, which is surely RFC 3339, begins at `start`.
 *
 * @param known where one of the same bytes begins; -1 where none was seen
 */
export function isUsualTimestamp({ bytes, view }: Stretch, start: number, known: number): boolean {
  if (start + USUAL_LENGTH > bytes.length) return false;
  if (known !== -1 && isSame(view, start, view, known, SHARED)) return isWithin(view, start, SHARED);
  if (!isWithin(view, start, 0)) return false;
  const month = twoDigits(bytes, start + 6);
  const day = twoDigits(bytes, start + 9);
  return month <= 12 && day >= 1 && day <= (LAST_DAY[month] ?? 0) && twoDigits(bytes, start + 12) <= 23;
}

/** Whether the bytes from the place `from` of the timestamp on lie within their bounds: four at a time. */
function isWithin(view: DataView, start: number, from: number): boolean {
  let outside = highBits(view, start, LAST);
  for (let index = from; index < LAST; index += 4) outside |= highBits(view, start, index);
  return (outside & 0x80808080) === 0;
}

/**
 * The high bit of a byte is 0 where it lies within its bounds. Beyond one of them a subtraction sets it, of the first
 * such byte at any rate: only what such a byte borrows can change the bits of another.
 */
function highBits(view: DataView, start: number, index: number): number {
  const four = view.getInt32(start + index, true);
  return (four - LEAST.getInt32(index, true)) | (MOST.getInt32(index, true) - four);
}

function twoDigits(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) * 10 + (bytes[at + 1] ?? 0) - 0x30 * 11;
}
