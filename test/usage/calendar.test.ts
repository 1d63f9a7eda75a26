import { expect, test } from 'vitest';
import { periodOf, periodText } from '../../src/usage/calendar.js';
import { dayNumber } from '../../src/usage/day.js';

const textOf = (unit: 'day' | 'week' | 'month', date: string) =>
  periodText(unit, periodOf(unit, dayNumber(date) ?? Number.NaN));

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
])('%s is in %s', (date, week) => {
  expect(textOf('week', date)).toBe(week);
});

test('months and days are named, also before 1970 and before 1000', () => {
  expect(textOf('month', '2024-04-30')).toBe('2024-04');
  expect(textOf('month', '2023-12-01')).toBe('2023-12');
  expect(textOf('month', '1969-12-31')).toBe('1969-12');
  expect(textOf('month', '0987-01-31')).toBe('0987-01');
  expect(textOf('day', '2024-02-29')).toBe('2024-02-29');
});

test('each period follows the one before it', () => {
  for (const unit of ['week', 'month'] as const) {
    const first = dayNumber('2019-01-01') ?? Number.NaN;
    for (let day = first; day < first + 3000; day++) {
      const step = periodOf(unit, day + 1) - periodOf(unit, day);
      expect(step === 0 || step === 1).toBe(true);
      expect(step === 0).toBe(
        periodText(unit, periodOf(unit, day)) === periodText(unit, periodOf(unit, day + 1)),
      );
    }
  }
});
