import { DAY, dayOfDate, daysInMonth, dayText } from './days.js';

/**
 * An exact instant: whole milliseconds since 1970-01-01T00:00:00Z as a number, as nearly every timestamp has them, and
 * otherwise those milliseconds with the digits that follow. Never rounded: what a double or a nanosecond cannot carry
 * would move a message at the end of a day to the next one.
 */
export type Instant = number | FineInstant;

interface FineInstant {
  /** Whole milliseconds, rounded down. */
  readonly milliseconds: number;
  /**
   * The decimal digits after the milliseconds, without zeros at the end. Compared as text, which is their order. In a
   * leap second all digits of its fraction after a colon, which sorts after 9: it lies between the last fraction of the
   * second before it, whose minute and day it belongs to, and the next minute.
   */
  readonly digits: string;
}

const LEAP_SECOND = ':';
/** Milliseconds. */
const MINUTE = 60_000;

/** Negative where `a` is earlier, positive where it is later, 0 where both are the same instant. */
export function compareInstants(a: Instant, b: Instant): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const apart = wholeMilliseconds(a) - wholeMilliseconds(b);
  if (apart !== 0) return apart;
  const [left, right] = [digitsOf(a), digitsOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

export function latest(a: Instant | undefined, b: Instant): Instant {
  return a === undefined || compareInstants(b, a) > 0 ? b : a;
}

/**
 * Milliseconds since 1970 UTC, rounded down. Enough for whatever begins with a whole millisecond: seconds, days and
 * the changes of a time zone.
 */
export function wholeMilliseconds(instant: Instant): number {
  return typeof instant === 'number' ? instant : instant.milliseconds;
}

/** The last whole millisecond that is earlier. */
export function millisecondBefore(instant: Instant): number {
  return typeof instant === 'number' ? instant - 1 : instant.milliseconds;
}

function digitsOf(instant: Instant): string {
  return typeof instant === 'number' ? '' : instant.digits;
}

/** The instant of an RFC 3339 timestamp that was checked when it was read. @throws RangeError for any other text */
export function instantOf(timestamp: string): Instant {
  const instant = parseInstant(timestamp);
  if (instant === undefined) throw new RangeError(`${timestamp.slice(0, 40)} is no RFC 3339 timestamp`);
  return instant;
}

/**
 * The instant of an RFC 3339 timestamp (section 5.6, date-time); undefined when it is not RFC 3339 or names a day or
 * time that does not exist. Read by hand because every message has one, `Date.parse` accepts far more than RFC 3339
 * does, and it turns 30 February into 1 March.
 */
export function parseInstant(text: string): Instant | undefined {
  const { length } = text;
  if (length < 20) return undefined;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  if (
    text.charCodeAt(4) !== 0x2d ||
    text.charCodeAt(7) !== 0x2d ||
    (text.charCodeAt(10) | 0x20) !== 0x74 /* t, T */ ||
    text.charCodeAt(13) !== 0x3a ||
    text.charCodeAt(16) !== 0x3a
  ) {
    return undefined;
  }
  if (year + month + day + hour + minute + second < 0) return undefined;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 60) return undefined;

  let at = 19;
  let fraction = 0;
  if (text.charCodeAt(at) === 0x2e /* . */) {
    at++;
    for (let unit = 100; ; at++) {
      const digit = digitAt(text, at);
      if (digit < 0) break;
      if (at < 23) {
        fraction += digit * unit;
        unit /= 10;
      }
    }
    if (at === 20) return undefined;
  }
  const isUtc = at === length - 1 && (text.charCodeAt(at) | 0x20) === 0x7a; /* z, Z */
  const offset = isUtc ? 0 : offsetMinutes(text, at);
  if (Number.isNaN(offset)) return undefined;
  const minuteStart = dayOfDate(year, month, day) * DAY + (hour * 60 + minute - offset) * MINUTE;
  if (second === 60) return leapSecond(minuteStart, text.slice(20, at));
  const milliseconds = minuteStart + second * 1000 + fraction;
  return at > 23 ? withDigits(milliseconds, text.slice(23, at)) : milliseconds;
}

/** Leap seconds end the last minute UTC of a month, whatever the offset they are written with (RFC 3339, section 5.7). */
function leapSecond(minuteStart: number, fraction: string): Instant | undefined {
  const next = minuteStart + MINUTE;
  if (next % DAY !== 0 || new Date(next).getUTCDate() !== 1) return undefined;
  return { milliseconds: next - 1, digits: LEAP_SECOND + withoutZeros(fraction) };
}

function withDigits(milliseconds: number, beyond: string): Instant {
  const digits = withoutZeros(beyond);
  return digits === '' ? milliseconds : { milliseconds, digits };
}

function withoutZeros(fraction: string): string {
  let end = fraction.length;
  while (fraction.charCodeAt(end - 1) === 0x30) end--;
  return fraction.slice(0, end);
}

/** Minutes east of UTC of `+hh:mm` or `-hh:mm`, which must end the text; NaN otherwise. */
function offsetMinutes(text: string, at: number): number {
  const sign = text.charCodeAt(at);
  if ((sign !== 0x2b && sign !== 0x2d) || at + 6 !== text.length) return Number.NaN;
  const hours = twoDigits(text, at + 1);
  const minutes = twoDigits(text, at + 4);
  if (text.charCodeAt(at + 3) !== 0x3a || hours + minutes < 0 || hours > 23 || minutes > 59)
    return Number.NaN;
  return sign === 0x2b ? hours * 60 + minutes : -(hours * 60 + minutes);
}

/** So far below 0 that no sum with the other fields of a timestamp reaches it. */
const NO_DIGITS = -1_000_000;

function twoDigits(text: string, at: number): number {
  const tens = digitAt(text, at);
  const ones = digitAt(text, at + 1);
  return tens < 0 || ones < 0 ? NO_DIGITS : tens * 10 + ones;
}

/** -1 for any other character, and beyond the end. */
function digitAt(text: string, at: number): number {
  const digit = text.charCodeAt(at) - 0x30;
  return digit >= 0 && digit <= 9 ? digit : -1;
}

/**
 * An instant as RFC 3339 in UTC, rounded down to the second: `2024-04-29T02:08:29Z`.
 *
 * @param dayTextOf `dayText`, or a version of it with a cache
 */
export function secondText(instant: Instant, dayTextOf = dayText): string {
  const seconds = Math.floor(wholeMilliseconds(instant) / 1000);
  const day = Math.floor(seconds / 86_400);
  const ofDay = seconds - day * 86_400;
  const hour = Math.floor(ofDay / 3600);
  const minute = Math.floor(ofDay / 60) % 60;
  return `${dayTextOf(day)}T${padded(hour)}:${padded(minute)}:${padded(ofDay % 60)}Z`;
}

function padded(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}
