import { isSame } from '../bytes.js';
import type { Stretch } from './stretch.js';

/*
 * The usual timestamp of upstream, `YYYY-MM-DDThh:mm:ss.sssZ`, is known by its bytes. Anything else, right or
 * wrong or on 29 February, is for `instantOf`, which has the whole rule.
 */

const LENGTH = 24;
/** `YYYY-MM-DDThh:mm`, which messages that follow each other share as a rule. */
const MINUTE = 16;

/** Digits, and the characters between them, by place; the digits' upper bounds hold whatever stands beside them. */
const LEAST = Buffer.from('0000-00-00T00:00:00.000Z');
const MOST = Buffer.from('9999-19-39T29:59:59.999Z');

/** By month, counted from 1; of February only what every year has. */
const LAST_DAY = Uint8Array.of(0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31);

/**
 * Whether [start, end) of the bytes is such a timestamp, and so surely RFC 3339.
 *
 * @param known where a usual timestamp of the same bytes begins; -1 where none was seen
 */
export function isUsualTimestamp(
  { bytes, view }: Stretch,
  start: number,
  end: number,
  known: number,
): boolean {
  if (end - start !== LENGTH) return false;
  if (known !== -1 && isSame(view, start, view, known, MINUTE)) return isWithin(bytes, start, MINUTE);
  if (!isWithin(bytes, start, 0)) return false;
  const month = twoDigits(bytes, start + 5);
  const day = twoDigits(bytes, start + 8);
  return month <= 12 && day >= 1 && day <= (LAST_DAY[month] ?? 0) && twoDigits(bytes, start + 11) <= 23;
}

/** Whether the bytes from the place `from` of the timestamp on lie within their bounds. */
function isWithin(bytes: Uint8Array, start: number, from: number): boolean {
  for (let index = from; index < LENGTH; index++) {
    const byte = bytes[start + index] ?? 0;
    if (byte < (LEAST[index] ?? 0) || byte > (MOST[index] ?? 0)) return false;
  }
  return true;
}

function twoDigits(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) * 10 + (bytes[at + 1] ?? 0) - 0x30 * 11;
}
