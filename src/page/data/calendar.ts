import {
  dayNumber,
  dayOfDate,
  dayText,
  lastDayOf as lastDayOfPeriod,
  periodNumber,
  periodOf,
  periodText,
} from '../../calendar/days.js';
import { parseInstant, wholeMilliseconds } from '../../calendar/instant.js';

/** What a bar of the chart spans. */
export type Unit = 'day' | 'month' | 'year';

/** What follows the year in YYYY-MM-DD and in YYYY-MM. */
const AFTER_YEAR = '-MM-DD'.length;
const AFTER_MONTH = '-DD'.length;

/** More bars than this are neither readable nor quick to draw. */
const MOST_BARS = 800;

/** Days, unless the days (both YYYY-MM-DD) lie so far apart that only months or years make a chart. */
export function chooseUnit(first: string, last: string): Unit {
  const days = numberOf(last) - numberOf(first);
  if (days < MOST_BARS) return 'day';
  return days / 31 < MOST_BARS ? 'month' : 'year';
}

/** By time; years outside 0 to 9999 have a sign and six digits, whose order is not that of their text. */
export function compareDays(a: string, b: string): number {
  if (a.length === b.length && /^\d/.test(a)) return a < b ? -1 : a > b ? 1 : 0;
  return numberOf(a) - numberOf(b);
}

/** The earlier of two days. */
export function firstOf(a: string, b: string): string {
  return compareDays(a, b) < 0 ? a : b;
}

/** The later of two days. */
export function lastOf(a: string, b: string): string {
  return compareDays(a, b) > 0 ? a : b;
}

/** The bar a day belongs to: its own YYYY-MM-DD, YYYY-MM or YYYY. */
export function barOf(day: string, unit: Unit): string {
  if (unit === 'day') return day;
  return day.slice(0, unit === 'month' ? -AFTER_MONTH : -AFTER_YEAR);
}

/** Every bar from the one of `first` to the one of `last`, empty days included. */
export function barsBetween(first: string, last: string, unit: Unit): string[] {
  const periodAt = (day: string) => {
    if (unit === 'year') return Math.floor(periodOf('month', numberOf(day)) / 12);
    return periodOf(unit, numberOf(day));
  };
  const bars: string[] = [];
  for (let period = periodAt(first); period <= periodAt(last); period++) {
    bars.push(unit === 'year' ? barOf(dayText(dayOfDate(period, 1, 1)), unit) : periodText(unit, period));
  }
  return bars;
}

/** The first day of a bar, YYYY-MM-DD. */
export function firstDayOf(bar: string): string {
  return bar + { day: '', month: '-01', year: '-01-01' }[unitOf(bar)];
}

/** The last day of a bar, YYYY-MM-DD. */
export function lastDayOf(bar: string): string {
  const unit = unitOf(bar);
  if (unit === 'year') return `${bar}-12-31`;
  return dayText(lastDayOfPeriod(unit, periodNumber(unit, bar) ?? Number.NaN));
}

function unitOf(bar: string): Unit {
  const parts = bar.slice(1).split('-').length;
  return parts === 3 ? 'day' : parts === 2 ? 'month' : 'year';
}

function numberOf(day: string): number {
  return dayNumber(day) ?? Number.NaN;
}

/** A day as the page shows and reads it everywhere, YYYY-MM-DD; undefined for anything else. */
export function parseDay(text: string): string | undefined {
  return dayNumber(text) === undefined ? undefined : text;
}

/** A moment as the page shows it: `YYYY-MM-DD HH:mm` in its zone, or undefined where it cannot say. */
export type Clock = (timestamp: string) => string | undefined;

/**
 * A clock for an IANA zone. It answers undefined for a timestamp that is not RFC 3339, and always when the
 * browser does not know the zone: the caller then shows what upstream sent.
 */
export function clockIn(timezone: string): Clock {
  const format = formatIn(timezone);
  if (format === undefined) return () => undefined;
  return (timestamp) => {
    const instant = parseInstant(timestamp);
    if (instant === undefined) return undefined;
    const parts = new Map(
      format.formatToParts(wholeMilliseconds(instant)).map(({ type, value }) => [type, value]),
    );
    const year = parts.get('year')?.padStart(4, '0');
    return `${year}-${parts.get('month')}-${parts.get('day')} ${parts.get('hour')}:${parts.get('minute')}`;
  };
}

function formatIn(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  } catch {
    return undefined;
  }
}
