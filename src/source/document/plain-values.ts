import { isSame } from '../bytes.js';
import type { Literal } from '../literal.js';
import type { Stretch } from './stretch.js';

/*
 * Finds where plain JSON values stand in bytes. Every read stays within them: one that goes beyond, even once, makes
 * V8 compile all reads of the function for a missing value, at half the speed.
 */

/** Fifteen digits always fit a double exactly; longer numbers are for `message-value.ts`. */
const MOST_DIGITS = 15;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

export function isByte(bytes: Buffer, at: number, byte: number): boolean {
  return at < bytes.length && bytes[at] === byte;
}

/** @param expected at least four bytes */
export function startsWith({ bytes, view }: Stretch, at: number, expected: Literal): boolean {
  return at + expected.length <= bytes.length && isSame(view, at, expected.view, 0, expected.length);
}

/** The index after the string that opens at `from` and has no escape; -1 where there is none. */
export function plainStringEnd(stretch: Stretch, from: number): number {
  return stringEndBelow(stretch, from, 0x100);
}

/** The same, of ASCII alone. */
export function asciiStringEnd(stretch: Stretch, from: number): number {
  return stringEndBelow(stretch, from, 0x80);
}

function stringEndBelow({ bytes, view }: Stretch, from: number, limit: number): number {
  if (!isByte(bytes, from, QUOTE)) return -1;
  let at = from + 1;
  const last = bytes.length - 4;
  while (at <= last && !mayEnd(view.getInt32(at, true))) at += 4;
  for (; at < bytes.length; at++) {
    const code = bytes[at] ?? 0;
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH || code < 0x20 || code >= limit) return -1;
  }
  return -1;
}

/**
 * Whether any of four bytes is a quote, a backslash, below 0x20 or from 0x80 on: then its high bit is set, or a
 * subtraction sets it. What a subtraction borrows from the byte beside it comes from such a byte only.
 */
function mayEnd(four: number): boolean {
  const quote = (four ^ 0x22222222) - 0x01010101;
  const backslash = (four ^ 0x5c5c5c5c) - 0x01010101;
  return (((four - 0x20202020) | quote | backslash | four) & 0x80808080) !== 0;
}

/** The index after any string that opens at `from`; -1 where the bytes end first. */
export function stringEnd(bytes: Buffer, from: number): number {
  if (!isByte(bytes, from, QUOTE)) return -1;
  const { length } = bytes;
  let at = from + 1;
  while (at < length) {
    const code = bytes[at];
    if (code === QUOTE) return at + 1;
    at += code === BACKSLASH ? 2 : 1;
  }
  return -1;
}

/** A string with escapes or beyond ASCII; undefined where it is not valid JSON. */
export function parseString(bytes: Buffer, from: number, end: number): string | undefined {
  try {
    const text: unknown = JSON.parse(bytes.toString('utf8', from, end));
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

/** The index after a whole number of at most fifteen digits without a leading zero; -1 where there is none. */
export function digitsEnd(bytes: Buffer, from: number): number {
  const { length } = bytes;
  let at = from;
  while (at < length) {
    const code = bytes[at] ?? 0;
    if (code < 0x30 || code > 0x39) break;
    at++;
  }
  const count = at - from;
  if (count === 0 || count > MOST_DIGITS) return -1;
  return count > 1 && bytes[from] === 0x30 ? -1 : at;
}

export function wholeNumber(bytes: Buffer, from: number, end: number): number {
  let value = 0;
  for (let at = from; at < end; at++) value = value * 10 + ((bytes[at] ?? 0) - 0x30);
  return value;
}
