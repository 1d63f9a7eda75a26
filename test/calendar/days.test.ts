import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import {
  CALENDAR_UNITS,
  type CalendarUnit,
  dayNumber,
  dayOfDate,
  daysInMonth,
  dayText,
  firstDayOf,
  lastDayOf,
  periodNumber,
  periodOf,
  periodText,
} from '../../src/calendar/days.js';

const textOf = (unit: CalendarUnit, date: string) =>
  periodText(unit, periodOf(unit, dayNumber(date) ?? Number.NaN));

/** Some days before the year 0 and some after 9999: offsets reach a day beyond, time zones too. */
const FIRST = dayOfDate(-1, 12, 1);
const LAST = dayOfDate(10_000, 1, 31);
const EPOCH = Temporal.PlainDate.from('1970-01-01');
const days = fc.oneof(
  fc.integer({ min: FIRST, max: LAST }),
  fc.constantFrom(FIRST, LAST, dayOfDate(0, 1, 1), dayOfDate(0, 2, 29), dayOfDate(9999, 12, 31)),
  fc
    .tuple(fc.integer({ min: 0, max: 9999 }), fc.integer({ min: -4, max: 4 }))
    .map(([year, more]) => dayOfDate(year, 1, 1) + more),
);

test.each([
  ['2024-04-29', '2024-W18'],
  ['2024-05-05', '2024-W18'],
  ['2024-05-06', '2024-W19'],
  // The year of a week is that of its Thursday.
  ['2024-12-30', '2025-W01'],
  ['2023-01-01', '2022-W52'],
  ['2020-12-31', '2020-W53'],
  ['2021-01-03', '2020-W53'],
  ['2021-01-04', '2021-W01'],
  ['1970-01-01', '1970-W01'],
  ['1969-12-28', '1969-W52'],
  ['0000-01-01', '-000001-W52'],
  ['9999-12-31', '9999-W52'],
])('%s is in %s', (date, week) => {
  expect(textOf('week', date)).toBe(week);
});

describe('days, weeks and months agree with Temporal in the years 0 to 9999 and beside them', () => {
  test('dates, weeks of the year and lengths of months', () => {
    fc.assert(
      fc.property(days, (day) => {
        const date = EPOCH.add({ days: day });
        const text = date.toString();
        expect(dayText(day)).toBe(text);
        expect(dayNumber(text)).toBe(day);
        expect(dayOfDate(date.year, date.month, date.day)).toBe(day);
        expect(daysInMonth(date.year, date.month)).toBe(date.daysInMonth);
        expect(periodText('month', periodOf('month', day))).toBe(text.slice(0, -3));
        const year = periodOf('year', day);
        expect([year, periodText('year', year)]).toEqual([date.year, text.slice(0, -6)]);
        expect(dayText(firstDayOf('year', year))).toBe(`${text.slice(0, -6)}-01-01`);
        expect(dayText(lastDayOf('year', year))).toBe(`${text.slice(0, -6)}-12-31`);
        const week = periodText('week', periodOf('week', day));
        expect(week.slice(-2)).toBe(`${date.weekOfYear}`.padStart(2, '0'));
        expect(Number(week.slice(0, -4))).toBe(date.yearOfWeek);
      }),
      { numRuns: 5000 },
    );
  });

  test('a period holds its days, is named by each of them, and the next begins after its last', () => {
    fc.assert(
      fc.property(days, fc.constantFrom(...CALENDAR_UNITS), (day, unit) => {
        const period = periodOf(unit, day);
        const [first, last] = [firstDayOf(unit, period), lastDayOf(unit, period)];
        expect(first <= day && day <= last).toBe(true);
        expect([periodOf(unit, first), periodOf(unit, last)]).toEqual([period, period]);
        expect([periodOf(unit, first - 1), periodOf(unit, last + 1)]).toEqual([period - 1, period + 1]);
        expect(periodNumber(unit, periodText(unit, period))).toBe(period);
      }),
      { numRuns: 5000 },
    );
  });
});

test.each([
  ['day', '2023-02-29'],
  ['day', '2024-4-29'],
  ['day', '+002024-04-29'],
  ['day', '-000000-01-01'],
  ['day', '10000-01-01'],
  ['month', '2024-13'],
  ['month', '2024'],
  ['week', '2024-W00'],
  ['week', '2024-W53'],
  ['week', '2024-w18'],
  ['week', '2024-W1'],
  ['week', 'W18'],
] as const)('no %s is called %s', (unit, text) => {
  expect(periodNumber(unit, text)).toBeUndefined();
});
