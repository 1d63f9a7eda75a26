/*
 * Days of the Gregorian calendar, carried back and on without end (ISO 8601), as whole days since 1970-01-01, and the
 * weeks and months that they are in. Which day an instant is in is for `time-zone.ts`.
 */

/** Milliseconds. */
export const DAY = 86_400_000;

export const CALENDAR_UNITS = ['day', 'week', 'month'] as const;
export type CalendarUnit = (typeof CALENDAR_UNITS)[number];
/** Years are for charts alone. */
type PeriodUnit = CalendarUnit | 'year';

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** Years outside 0 to 9999 have a sign and six digits (ISO 8601, expanded). */
const YEAR = String.raw`(\d{4}|[+-]\d{6})`;
const DATE = new RegExp(`^${YEAR}-\\d{2}-\\d{2}$`);
const WEEK = new RegExp(`^${YEAR}-W(\\d{2})$`);

export function daysInMonth(year: number, month: number): number {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return (DAYS_IN_MONTH[month - 1] ?? 0) + (leap ? 1 : 0);
}

/** The day of a date that exists (H. Hinnant, "days_from_civil"). */
export function dayOfDate(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** `2024-04-29`. */
export function dayText(day: number): string {
  const text = new Date(day * DAY).toISOString();
  return text.slice(0, text.indexOf('T'));
}

/** `dayText` that caches its last result: rows are mostly ordered by time, so neighbours have the same day. */
export function createDayTexts(): (day: number) => string {
  let last: number | undefined;
  let text = '';
  return (day) => {
    if (day !== last) {
      last = day;
      text = dayText(day);
    }
    return text;
  };
}

/** The day that `dayText` calls so; undefined for any other text. */
export function dayNumber(text: string): number | undefined {
  if (!DATE.test(text)) return undefined;
  const day = Date.parse(`${text}T00:00:00Z`) / DAY;
  // Date.parse refuses 31 November but not in every engine 30 February.
  return !Number.isNaN(day) && dayText(day) === text ? day : undefined;
}

/** The unit's period that holds a day, as a whole number that rises by one from period to period. */
export function periodOf(unit: PeriodUnit, day: number): number {
  switch (unit) {
    case 'day':
      return day;
    case 'week':
      // Weeks begin on Monday (ISO 8601), and 1970-01-01 was a Thursday.
      return Math.floor((day + 3) / 7);
    case 'month': {
      const date = new Date(day * DAY);
      return date.getUTCFullYear() * 12 + date.getUTCMonth();
    }
    case 'year':
      return new Date(day * DAY).getUTCFullYear();
  }
}

/** The first day of a period. */
export function firstDayOf(unit: PeriodUnit, period: number): number {
  switch (unit) {
    case 'day':
      return period;
    case 'week':
      return period * 7 - 3;
    case 'month': {
      const year = Math.floor(period / 12);
      return dayOfDate(year, period - year * 12 + 1, 1);
    }
    case 'year':
      return dayOfDate(period, 1, 1);
  }
}

export function lastDayOf(unit: PeriodUnit, period: number): number {
  return firstDayOf(unit, period + 1) - 1;
}

/** `2024-04-29`, `2024-W18`, `2024-04` or `2024`. */
export function periodText(unit: PeriodUnit, period: number): string {
  const first = firstDayOf(unit, period);
  if (unit === 'day') return dayText(first);
  if (unit === 'month') return dayText(first).slice(0, -'-DD'.length);
  if (unit === 'year') return dayText(first).slice(0, -'-MM-DD'.length);
  // A week belongs to the year that its Thursday is in (ISO 8601).
  const thursday = first + 3;
  const year = new Date(thursday * DAY).getUTCFullYear();
  const week = Math.floor((thursday - dayOfDate(year, 1, 1)) / 7) + 1;
  return `${dayText(thursday).slice(0, -6)}-W${`${week}`.padStart(2, '0')}`;
}

/** The period that `periodText` calls so; undefined for any other text. */
export function periodNumber(unit: CalendarUnit, text: string): number | undefined {
  const day = unit === 'week' ? dayInWeek(text) : dayNumber(unit === 'day' ? text : `${text}-01`);
  if (day === undefined) return undefined;
  const period = periodOf(unit, day);
  return periodText(unit, period) === text ? period : undefined;
}

function dayInWeek(text: string): number | undefined {
  const [, year = '', week] = WEEK.exec(text) ?? [];
  // 4 January is always in the first week (ISO 8601).
  const fourth = dayNumber(`${year}-01-04`);
  return fourth === undefined ? undefined : fourth + (Number(week) - 1) * 7;
}
