/*
 * RFC 3339, section 5.6: date-time with an offset. Read by hand because every message has one, `Date.parse`
 * takes far more than RFC 3339 does, and it turns 30 February into 1 March.
 */

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * The instant of the RFC 3339 timestamp in the window [start, end) of `characters`, in milliseconds since
 * 1970-01-01T00:00:00Z, fractions of a millisecond included as far as a double carries them (about 0.2 µs).
 * NaN when it is not RFC 3339 or names a day or time that does not exist.
 */
export function instantOf(characters: string, start = 0, end = characters.length): number {
  if (end - start < 20) return Number.NaN;
  const year = digits(characters, start, 4);
  const month = digits(characters, start + 5, 2);
  const day = digits(characters, start + 8, 2);
  const hour = digits(characters, start + 11, 2);
  const minute = digits(characters, start + 14, 2);
  const second = digits(characters, start + 17, 2);
  if (
    characters.charCodeAt(start + 4) !== 0x2d ||
    characters.charCodeAt(start + 7) !== 0x2d ||
    (characters.charCodeAt(start + 10) | 0x20) !== 0x74 /* t, T */ ||
    characters.charCodeAt(start + 13) !== 0x3a ||
    characters.charCodeAt(start + 16) !== 0x3a
  ) {
    return Number.NaN;
  }
  // One comparison finds a field that had no digits: digits() is NaN there, and every comparison false.
  if (!(year + month + day + hour + minute + second >= 0)) return Number.NaN;
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return Number.NaN;
  // A leap second ends a UTC minute 59 only, whatever the offset in whole or half hours.
  if (hour > 23 || minute > 59 || second > 60 || (second === 60 && minute % 30 !== 29)) return Number.NaN;

  let at = start + 19;
  let fraction = 0;
  if (characters.charCodeAt(at) === 0x2e /* . */) {
    let unit = 100;
    const first = ++at;
    for (; at < end; at++, unit /= 10) {
      const digit = characters.charCodeAt(at) - 0x30;
      if (digit < 0 || digit > 9) break;
      fraction += digit * unit;
    }
    if (at === first) return Number.NaN;
  }
  const offset = offsetMinutes(characters, at, end);
  return utc(year, month, day) + ((hour * 60 + minute - offset) * 60 + second) * 1000 + fraction;
}

/** Minutes east of UTC of `Z`, `+hh:mm` or `-hh:mm`, which must fill [at, end); NaN otherwise. */
function offsetMinutes(characters: string, at: number, end: number): number {
  const sign = characters.charCodeAt(at);
  if ((sign | 0x20) === 0x7a /* z, Z */) return at + 1 === end ? 0 : Number.NaN;
  if ((sign !== 0x2b && sign !== 0x2d) || at + 6 !== end) return Number.NaN;
  const hours = digits(characters, at + 1, 2);
  const minutes = digits(characters, at + 4, 2);
  if (characters.charCodeAt(at + 3) !== 0x3a || !(hours <= 23 && minutes <= 59)) return Number.NaN;
  return sign === 0x2b ? hours * 60 + minutes : -(hours * 60 + minutes);
}

function digits(characters: string, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at++) {
    const digit = characters.charCodeAt(at) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function daysIn(year: number, month: number): number {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return (DAYS_IN_MONTH[month - 1] ?? 0) + (leap ? 1 : 0);
}

/** Milliseconds of a day's start, in the Gregorian calendar carried back to the year 0 (H. Hinnant, "days_from_civil"). */
function utc(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return (era * 146_097 + dayOfEra - 719_468) * 86_400_000;
}
