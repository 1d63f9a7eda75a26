import { DAY, dayText, periodOf } from './days.js';
import { compareInstants, type Instant, millisecondBefore, wholeMilliseconds } from './instant.js';

/** Calendar days in one IANA time zone. */
export interface TimeZone {
  readonly name: string;
  /** The local day of an instant, as whole days since 1970-01-01. */
  dayOf(instant: Instant): number;
  /**
   * The first instant of a local day, in milliseconds since 1970 UTC. Of a day that clocks left out, such as
   * 2011-12-30 in Pacific/Apia, that of the day after it.
   */
  startOfDay(day: number): number;
  /** Local time minus UTC, in milliseconds. */
  offsetAt(instant: Instant): number;
}

/** Whether clocks showed a day at all. */
export function hasDay(zone: TimeZone, day: number): boolean {
  return zone.startOfDay(day) !== zone.startOfDay(day + 1);
}

export const UTC: TimeZone = {
  name: 'UTC',
  dayOf: (instant) => Math.floor(wholeMilliseconds(instant) / DAY),
  startOfDay: (day) => day * DAY,
  offsetAt: () => 0,
};

/**
 * The offsets of one day of UTC. No zone of the tz database has ever changed its offset twice within three days
 * (test/calendar/all-zones.ts), but it may do so at any second.
 */
interface UtcDay {
  readonly before: number;
  readonly after: number;
  /** The first millisecond with the second offset; the first of the next day at the latest. */
  readonly changeAt: number;
}

/** @throws RangeError when no such zone is known */
export function openTimeZone(name: string): TimeZone {
  if (name === 'UTC') return UTC;
  const lookUp = offsetReader(name);
  const days = new Map<number, UtcDay>();
  let lastDay = Number.NaN;
  let last: UtcDay = { before: 0, after: 0, changeAt: 0 };

  function utcDay(day: number): UtcDay {
    const known = days.get(day);
    if (known !== undefined) return known;
    const [start, end] = [day * DAY, (day + 1) * DAY];
    const before = days.get(day - 1)?.after ?? lookUp(start);
    const after = days.get(day + 1)?.before ?? lookUp(end);
    const found = { before, after, changeAt: before === after ? end : findChange(start, end, before) };
    days.set(day, found);
    return found;
  }

  /** The first second in (start, end] with another offset than `before`. */
  function findChange(start: number, end: number, before: number): number {
    let [same, other] = [start / 1000, end / 1000];
    while (other - same > 1) {
      const middle = Math.floor((same + other) / 2);
      if (lookUp(middle * 1000) === before) same = middle;
      else other = middle;
    }
    return other * 1000;
  }

  function offsetAt(instant: Instant): number {
    const milliseconds = wholeMilliseconds(instant);
    const day = Math.floor(milliseconds / DAY);
    if (day !== lastDay) {
      last = utcDay(day);
      lastDay = day;
    }
    return milliseconds < last.changeAt ? last.before : last.after;
  }

  function startOfDay(day: number): number {
    const midnight = day * DAY;
    // Midnight in UTC is less than a day from local midnight.
    const around = [utcDay(day - 1), utcDay(day)];
    const change = around.find(({ before, after }) => before !== after) ?? utcDay(day);
    const early = midnight - change.before;
    return early < change.changeAt ? early : Math.max(change.changeAt, midnight - change.after);
  }

  return {
    name,
    offsetAt,
    dayOf: (instant) => Math.floor((wholeMilliseconds(instant) + offsetAt(instant)) / DAY),
    startOfDay,
  };
}

/** Reads offsets from the tz database of the platform, in milliseconds. @throws RangeError when no such zone is known */
function offsetReader(timeZone: string): (milliseconds: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  return (milliseconds) => {
    const text = format.format(milliseconds);
    const [, sign, hours, minutes, seconds = '0'] =
      /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text) ?? [];
    if (sign === undefined) {
      if (text.endsWith('GMT')) return 0;
      throw new Error(`no offset from UTC in ${JSON.stringify(text)}`);
    }
    const offset = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
    return sign === '-' ? -offset : offset;
  };
}

/** Whether `name` is an IANA time zone that this Node knows. */
export function isTimeZone(name: string): boolean {
  try {
    // Newer versions of Node accept offsets such as +02:00, which are not IANA names.
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** Where a range of time begins or ends: at an instant, or with a local day. */
export interface TimeBound {
  /** Two bounds of one key are the same. */
  readonly key: string;
  /** The first instant within, or after, the range. */
  readonly instant: Instant;
  /** The last local day that lies before the bound, whole or in part, and the first from it on. */
  readonly dayBefore: number;
  readonly firstDay: number;
  /** Whether an instant is the bound or later. */
  isReachedBy(instant: Instant): boolean;
}

export function boundAtInstant(zone: TimeZone, instant: Instant): TimeBound {
  return {
    key: JSON.stringify(instant),
    instant,
    dayBefore: zone.dayOf(millisecondBefore(instant)),
    firstDay: zone.dayOf(instant),
    isReachedBy: (other) => compareInstants(other, instant) >= 0,
  };
}

/**
 * The beginning of a local day. Instants near it are compared by their days: where clocks are set back over midnight
 * the day begins, is left for a while and begins again.
 */
export function boundAtDay(zone: TimeZone, day: number): TimeBound {
  const start = zone.startOfDay(day);
  return {
    key: `${dayText(day)} ${zone.name}`,
    instant: start,
    dayBefore: day - 1,
    firstDay: day,
    isReachedBy(instant) {
      const apart = wholeMilliseconds(instant) - start;
      return Math.abs(apart) < 2 * DAY ? zone.dayOf(instant) >= day : apart > 0;
    },
  };
}

/**
 * Whether a bill can still grow. Upstream does not say, so the calendar does: `closed` once the local month of
 * the last message is over, `open` until then and where there is no message.
 *
 * @param last the instant of the last message
 * @param asOf the instant to which the answer applies
 */
export function periodState(last: Instant | undefined, zone: TimeZone, asOf: Instant): 'open' | 'closed' {
  if (last === undefined) return 'open';
  const monthOf = (instant: Instant) => periodOf('month', zone.dayOf(instant));
  return monthOf(last) < monthOf(asOf) ? 'closed' : 'open';
}
