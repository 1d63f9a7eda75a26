import { dayNumber, dayText } from './day.js';

export const CALENDAR_UNITS = ['day', 'week', 'month'] as const;
export type CalendarUnit = (typeof CALENDAR_UNITS)[number];

/** Milliseconds. */
const DAY = 86_400_000;

/** The unit's period that holds a day, as a whole number that rises by one from period to period. */
export function periodOf(unit: CalendarUnit, day: number): number {
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
  }
}

/** The first day of the period that `periodText` calls so; undefined for any other text. */
export function firstDayOf(unit: CalendarUnit, text: string): number | undefined {
  const day = dayIn(unit, text);
  return day === undefined || periodText(unit, periodOf(unit, day)) !== text ? undefined : day;
}

function dayIn(unit: CalendarUnit, text: string): number | undefined {
  if (unit === 'day') return dayNumber(text);
  if (unit === 'month') return dayNumber(`${text}-01`);
  // 4 January is always in the first week (ISO 8601).
  const fourth = dayNumber(`${text.slice(0, 4)}-01-04`);
  const weeks = Number(text.slice(6)) - 1;
  return fourth === undefined || Number.isNaN(weeks) ? undefined : (periodOf('week', fourth) + weeks) * 7 - 3;
}

/** `2024-04-29`, `2024-W18` or `2024-04`. */
export function periodText(unit: CalendarUnit, period: number): string {
  switch (unit) {
    case 'day':
      return dayText(period);
    case 'week':
      return weekText(period);
    case 'month':
      return `${yearText(Math.floor(period / 12))}-${`${(period % 12) + 1}`.padStart(2, '0')}`;
  }
}

/** A week belongs to the year that its Thursday is in (ISO 8601). */
function weekText(week: number): string {
  const thursday = week * 7;
  const year = dayText(thursday).slice(0, 4);
  const newYear = dayNumber(`${year}-01-01`) ?? Number.NaN;
  return `${year}-W${`${Math.floor((thursday - newYear) / 7) + 1}`.padStart(2, '0')}`;
}

function yearText(year: number): string {
  return `${year}`.padStart(4, '0');
}
