import { describe, expect, it, test } from 'vitest';
import {
  barOf,
  barsBetween,
  chooseUnit,
  clockIn,
  compareDays,
  firstDayOf,
  lastDayOf,
  parseDay,
} from '../../src/page/data/calendar.js';

describe('the bars of a period', () => {
  it('are its days, those without messages included', () => {
    expect(barsBetween('2024-02-27', '2024-03-02', 'day')).toEqual([
      '2024-02-27',
      '2024-02-28',
      '2024-02-29',
      '2024-03-01',
      '2024-03-02',
    ]);
    expect(barsBetween('2024-02-27', '2024-02-27', 'day')).toEqual(['2024-02-27']);
  });

  it('are months or years where days are too many to draw', () => {
    expect(chooseUnit('2024-01-01', '2025-12-31')).toBe('day');
    expect(chooseUnit('2014-01-01', '2024-12-31')).toBe('month');
    expect(chooseUnit('0001-01-01', '9999-12-31')).toBe('year');
    expect(barsBetween('0001-01-01', '9999-12-31', 'year')).toHaveLength(9999);
  });

  it('skip no month, whatever day they begin on', () => {
    for (const first of ['2023-01-01', '2023-01-29', '2023-01-31']) {
      const months = barsBetween(first, '2025-01-01', 'month');
      expect(months).toHaveLength(25);
      expect(new Set(months).size).toBe(25);
    }
  });

  it.each([
    ['2024-04-29', '2024-04-29', '2024-04-29'],
    ['2024-02', '2024-02-01', '2024-02-29'],
    ['2023-12', '2023-12-01', '2023-12-31'],
    ['2024', '2024-01-01', '2024-12-31'],
    ['-000001-12-31', '-000001-12-31', '-000001-12-31'],
    ['+010000-01', '+010000-01-01', '+010000-01-31'],
    ['+010000', '+010000-01-01', '+010000-12-31'],
  ])('%s spans %s to %s', (bar, first, last) => {
    expect([firstDayOf(bar), lastDayOf(bar)]).toEqual([first, last]);
  });

  it('are in order of time beyond the years of four digits', () => {
    const days = [
      '+010000-01-01',
      '0000-01-01',
      '-000001-12-31',
      '-000002-01-01',
      '2024-04-29',
      '9999-12-31',
    ];
    expect(days.toSorted(compareDays)).toEqual([
      '-000002-01-01',
      '-000001-12-31',
      '0000-01-01',
      '2024-04-29',
      '9999-12-31',
      '+010000-01-01',
    ]);
    expect(barsBetween('-000001-12-31', '0000-01-02', 'day')).toEqual([
      '-000001-12-31',
      '0000-01-01',
      '0000-01-02',
    ]);
    expect(barsBetween('9999-11-30', '+010000-02-01', 'month')).toEqual([
      '9999-11',
      '9999-12',
      '+010000-01',
      '+010000-02',
    ]);
    expect(barsBetween('-000001-12-31', '+010000-01-01', 'year')).toHaveLength(10_002);
  });

  it('hold their days', () => {
    expect([barOf('2024-04-29', 'day'), barOf('2024-04-29', 'month'), barOf('2024-04-29', 'year')]).toEqual([
      '2024-04-29',
      '2024-04',
      '2024',
    ]);
  });
});

test.each([
  '01-04-2024',
  '04/01/2024',
  '1 Apr 2024',
  '2024-4-1',
  '2024-02-30',
  '2024-13-01',
  ' 2024-04-01',
  '',
])('fault D2 (one form of a date): %j is no day', (text) => {
  expect(parseDay(text)).toBeUndefined();
});

test('fault D2 (one form of a date): a day is read as it is shown', () => {
  expect(parseDay('2024-02-29')).toBe('2024-02-29');
});

describe('the clock', () => {
  it.each([
    ['UTC', '2024-04-29T02:08:29.375Z', '2024-04-29 02:08'],
    ['Asia/Tokyo', '2024-04-29T23:08:29.375Z', '2024-04-30 08:08'],
    ['America/New_York', '2024-04-29T02:08:29+02:00', '2024-04-28 20:08'],
    ['UTC', '2024-04-29T00:00:00Z', '2024-04-29 00:00'],
    ['UTC', '2024-04-30T23:59:59.9999999Z', '2024-04-30 23:59'],
    ['UTC', '2016-12-31T23:59:60Z', '2016-12-31 23:59'],
    ['America/St_Johns', '2010-11-07T02:35:00Z', '2010-11-06 23:05'],
  ])('in %s shows %s as %s', (timezone, timestamp, shown) => {
    expect(clockIn(timezone)(timestamp)).toBe(shown);
  });

  it('cannot say in a zone it does not know, or for what is no timestamp', () => {
    expect(clockIn('Mars/Olympus')('2024-04-29T02:08:29Z')).toBeUndefined();
    expect(clockIn('UTC')('yesterday')).toBeUndefined();
  });
});
