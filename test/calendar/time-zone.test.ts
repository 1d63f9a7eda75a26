import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import { dayNumber, dayText } from '../../src/calendar/days.js';
import { type Instant, instantOf } from '../../src/calendar/instant.js';
import {
  boundAtDay,
  boundAtInstant,
  hasDay,
  isTimeZone,
  openTimeZone,
} from '../../src/calendar/time-zone.js';

const NAMES = ['UTC', ...Intl.supportedValuesOf('timeZone')];
/** Changes at odd minutes, over midnight, by half an hour and a day; days with no midnight, or two. */
const PECULIAR = [
  'America/St_Johns',
  'America/Goose_Bay',
  'Asia/Colombo',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Antarctica/Troll',
  'Pacific/Apia',
  'Pacific/Kwajalein',
  'Pacific/Kiritimati',
  'America/Sao_Paulo',
  'Africa/Casablanca',
  'Asia/Pyongyang',
];
const FROM = Date.UTC(1973, 0, 1);
const TO = Date.UTC(2038, 0, 1);

const dayAt = (name: string, instant: number) => {
  const date = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(name).toPlainDate();
  return dayNumber(date.toString());
};
const numberOf = (text: string) => dayNumber(text) ?? Number.NaN;
const dayIn = (name: string, instant: Instant) => dayText(openTimeZone(name).dayOf(instant));

describe('fault A2 (zones change their offset at any minute or second)', () => {
  // test/calendar/all-zones.ts compares every zone at every change with Python's zoneinfo.
  test.each(PECULIAR)('%s at every change from 1973 to 2037', (name) => {
    const zone = openTimeZone(name);
    const changes: number[] = [];
    let at = Temporal.Instant.fromEpochMilliseconds(FROM).toZonedDateTimeISO(name);
    for (;;) {
      const next = at.getTimeZoneTransition('next');
      if (next === null || next.epochMilliseconds >= TO) break;
      changes.push(next.epochMilliseconds);
      at = next;
    }
    for (const change of changes) {
      for (const instant of [change - 1, change, change + 1, change + 59_999, change + 1_800_000]) {
        const moment = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(name);
        expect([instant, zone.offsetAt(instant)]).toEqual([instant, moment.offsetNanoseconds / 1e6]);
        expect(zone.dayOf(instant)).toBe(dayAt(name, instant));
        expect(zone.startOfDay(zone.dayOf(instant))).toBe(moment.startOfDay().epochMilliseconds);
      }
    }
    expect(changes.length).toBeGreaterThan(0);
  });

  test('every zone at any time of the years 0 to 9999, in any order', () => {
    const zones = new Map(NAMES.map((name) => [name, openTimeZone(name)]));
    const instants = fc.oneof(
      fc.integer({ min: FROM, max: TO }),
      fc.integer({ min: Date.parse('0000-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59.999Z') }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), instants, (name, instant) => {
        const moment = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(name);
        expect([name, instant, zones.get(name)?.offsetAt(instant)]).toEqual([
          name,
          instant,
          moment.offsetNanoseconds / 1e6,
        ]);
      }),
      { numRuns: 3000 },
    );
  });

  test('an offset changes within a minute, and within a second', () => {
    expect(dayIn('America/St_Johns', Date.parse('2010-11-07T02:30:59.999Z'))).toBe('2010-11-07');
    expect(dayIn('America/St_Johns', Date.parse('2010-11-07T02:31:00Z'))).toBe('2010-11-06');
    expect(dayIn('America/St_Johns', Date.parse('2010-11-07T02:35:00Z'))).toBe('2010-11-06');
    expect(dayIn('America/St_Johns', Date.parse('2010-11-07T03:30:00Z'))).toBe('2010-11-07');
    // Liberia was 44 minutes and 30 seconds behind until 1972-01-07.
    const zone = openTimeZone('Africa/Monrovia');
    expect(zone.offsetAt(Date.parse('1972-01-07T00:44:29.999Z'))).toBe(-2_670_000);
    expect(zone.offsetAt(Date.parse('1972-01-07T00:44:30Z'))).toBe(0);
    // 23:59:59.9999999 is the same day as 23:59:59.
    expect(dayIn('Asia/Kathmandu', instantOf('2024-04-30T18:14:59.9999999Z'))).toBe('2024-04-30');
    expect(dayIn('Asia/Kathmandu', instantOf('2017-01-01T05:44:60+05:45'))).toBe('2017-01-01');
    expect(dayIn('UTC', instantOf('2017-01-01T05:44:60+05:45'))).toBe('2016-12-31');
  });

  test.each([
    ['Pacific/Apia', '2011-12-30'],
    ['Pacific/Kwajalein', '1993-08-21'],
    ['Pacific/Fakaofo', '2011-12-30'],
    ['Pacific/Kiritimati', '1994-12-31'],
  ])('%s left out %s', (name, date) => {
    const zone = openTimeZone(name);
    const day = numberOf(date);
    expect([day - 1, day, day + 1].map((each) => hasDay(zone, each))).toEqual([true, false, true]);
    expect(zone.dayOf(zone.startOfDay(day))).toBe(day + 1);
    expect(zone.dayOf(zone.startOfDay(day) - 1)).toBe(day - 1);
  });

  test('a day begins where its first instant is, in every zone', () => {
    const zones = new Map(NAMES.map((name) => [name, openTimeZone(name)]));
    const days = fc.integer({ min: numberOf('1890-01-01'), max: numberOf('2040-01-01') });
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), days, (name, day) => {
        const zone = zones.get(name) ?? openTimeZone(name);
        const start = zone.startOfDay(day);
        expect([name, zone.dayOf(start) >= day, zone.dayOf(start - 1) < day]).toEqual([name, true, true]);
        if (hasDay(zone, day)) expect([name, zone.dayOf(start)]).toEqual([name, day]);
      }),
      { numRuns: 2000 },
    );
  });
});

test('a bound by day takes whole days, though clocks return to the day before', () => {
  const bound = boundAtDay(openTimeZone('America/St_Johns'), numberOf('2010-11-07'));
  const reached = ['02:29:59.999', '02:30:00', '02:30:59', '02:31:00', '03:29:59', '03:30:00'].map((time) =>
    bound.isReachedBy(instantOf(`2010-11-07T${time}Z`)),
  );
  expect(reached).toEqual([false, true, true, false, false, true]);
});

test('a bound by instant is exact and knows the days beside it', () => {
  const zone = openTimeZone('UTC');
  const bound = boundAtInstant(zone, instantOf('2024-05-01T00:00:00Z'));
  expect(bound.isReachedBy(instantOf('2024-04-30T23:59:59.9999999Z'))).toBe(false);
  expect(bound.isReachedBy(instantOf('2024-05-01T00:00:00.000000Z'))).toBe(true);
  expect([bound.dayBefore, bound.firstDay].map(dayText)).toEqual(['2024-04-30', '2024-05-01']);
  const within = boundAtInstant(zone, instantOf('2024-05-01T00:00:00.0000001Z'));
  expect([within.dayBefore, within.firstDay].map(dayText)).toEqual(['2024-05-01', '2024-05-01']);
});

test('what is no zone is none', () => {
  expect(['Europe/London', 'utc', 'Mars/Olympus', '+02:00', ''].map(isTimeZone)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(() => openTimeZone('Mars/Olympus')).toThrow(RangeError);
});
