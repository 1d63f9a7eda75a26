import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDayTexts, dayText } from '../../src/calendar/days.js';
import {
  compareInstants,
  type Instant,
  instantOf,
  millisecondBefore,
  parseInstant,
  secondText,
  wholeMilliseconds,
} from '../../src/calendar/instant.js';
import { isUsualTimestamp } from '../../src/document/plain-message.js';
import { Span } from '../../src/json/spans.js';

const withinCalendar = {
  min: new Date('0000-01-01T00:00:00.000Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
};

describe('fault A1 (instants are exact at any precision)', () => {
  test('agrees with Date on every timestamp that Date writes', () => {
    fc.assert(
      fc.property(fc.date(withinCalendar), (date) => {
        expect(parseInstant(date.toISOString())).toBe(date.getTime());
      }),
      { numRuns: 2000 },
    );
  });

  test('any number of digits is ordered as whole numbers of the finest unit, and never leaves its second', () => {
    const fraction = fc.oneof(
      fc.stringMatching(/^\d{1,40}$/),
      fc.tuple(fc.constantFrom('9', '0', '4'), fc.nat(40)).map(([digit, count]) => digit.repeat(count + 1)),
    );
    const second = fc.constantFrom('2024-04-30T23:59:59', '2024-05-01T00:00:00', '0000-01-01T00:00:00');
    const offset = fc.constantFrom('Z', '+05:45', '-00:00', '-23:59');
    const written = fc.tuple(second, fraction, offset);
    const exact = ([text, digits, zone]: [string, string, string]) =>
      BigInt(Date.parse(text + zone)) * 10n ** 37n + BigInt(digits.padEnd(41, '0')) / 10n;
    const instantFor = ([text, digits, zone]: [string, string, string]) =>
      instantOf(`${text}.${digits}${zone}`);
    fc.assert(
      fc.property(written, written, (a, b) => {
        const [left, right] = [exact(a), exact(b)];
        const order = compareInstants(instantFor(a), instantFor(b));
        expect(Math.sign(order)).toBe(left < right ? -1 : left > right ? 1 : 0);
        expect(Math.floor(wholeMilliseconds(instantFor(a)) / 1000)).toBe(Date.parse(a[0] + a[2]) / 1000);
      }),
      { numRuns: 3000 },
    );
  });

  test('zeros at the end are no other instant, and a usual timestamp is a plain number', () => {
    expect(parseInstant('2024-04-29T02:08:29.3750000000Z')).toBe(Date.parse('2024-04-29T02:08:29.375Z'));
    expect(
      compareInstants(instantOf('2024-04-29T02:08:29.37500010Z'), instantOf('2024-04-29T02:08:29.3750001Z')),
    ).toBe(0);
    expect(parseInstant('1970-01-01T00:00:00.0005Z')).toEqual({ milliseconds: 0, digits: '5' });
    expect(parseInstant('1970-01-01T00:00:00.5Z')).toBe(500);
    expect(parseInstant('1970-01-01T00:00:00.05Z')).toBe(50);
    expect(parseInstant('1969-12-31T23:59:59.9999Z')).toEqual({ milliseconds: -1, digits: '9' });
  });

  test('the last millisecond before an instant lies before it, and none lies between', () => {
    expect(millisecondBefore(instantOf('2024-05-01T00:00:00Z'))).toBe(Date.parse('2024-04-30T23:59:59.999Z'));
    expect(millisecondBefore(instantOf('2024-05-01T00:00:00.0000001Z'))).toBe(
      Date.parse('2024-05-01T00:00:00Z'),
    );
  });
});

test.each([
  ['2024-04-29T02:08:29+02:00', '2024-04-29T00:08:29Z'],
  ['2024-04-29t02:08:29z', '2024-04-29T02:08:29Z'],
  ['2024-12-31T23:30:00-00:45', '2025-01-01T00:15:00Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
  ['0000-01-01T00:00:00+23:59', '-000001-12-31T00:01:00Z'],
  ['9999-12-31T23:59:59-23:59', '+010000-01-01T23:58:59Z'],
])('%s is %s', (timestamp, same) => {
  expect(parseInstant(timestamp)).toBe(Date.parse(same));
});

test.each([
  '2024-04-29T02:08:29',
  '2024-04-29',
  '2024-04-29 02:08:29Z',
  '1714356509',
  '2024-02-30T00:00:00Z',
  '2023-02-29T00:00:00Z',
  '1900-02-29T00:00:00Z',
  '0000-00-00',
  '2024-13-01T00:00:00Z',
  '2024-00-10T00:00:00Z',
  '2024-04-31T00:00:00Z',
  '2024-04-29T24:00:00Z',
  '2024-04-29T02:60:29Z',
  '2024-04-29T02:08:61Z',
  '2024-04-29T02:08:60Z',
  '2024-04-29T02:08:29.Z',
  '2024-04-29T02:08:29+0200',
  '2024-04-29T02:08:29+24:00',
  '2024-04-29T02:08:29Zx',
  '2024-04-29T02:08:29+02:00x',
  '+2024-04-29T02:08:29Z',
  '+002024-04-29T02:08:29Z',
  '2024-4-29T02:08:29Z',
  '',
  '２０２４-04-29T02:08:29Z',
  '2024-04-29T02:08:29.1234',
  '2024-04-29T02:08:29,5Z',
])('%s is no RFC 3339 timestamp', (text) => {
  expect(parseInstant(text)).toBeUndefined();
  expect(() => instantOf(text)).toThrow(RangeError);
});

describe('fault A3 (a leap second stands only at the end of a month in UTC)', () => {
  test.each([
    '2016-12-31T23:59:60Z',
    '2017-01-01T05:44:60+05:45',
    '2017-01-01T00:00:60+00:01',
    '2016-12-31T15:59:60-08:00',
    '2012-06-30T23:59:60.999Z',
    '2024-02-29T23:59:60Z',
    '1972-06-30T23:59:60Z',
    '9999-12-31T23:59:60Z',
  ])('%s is one', (text) => {
    expect(parseInstant(text)).toBeDefined();
  });

  test.each([
    '2017-06-15T23:59:60Z',
    '2016-12-31T23:59:60+01:00',
    '2016-12-31T23:29:60-00:30x',
    '2016-12-31T22:59:60Z',
    '2017-01-01T05:45:60+05:45',
    '2023-02-27T23:59:60Z',
    '2016-12-31T23:59:61Z',
  ])('%s is none', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  test('it comes after every fraction of the second before, is ordered within itself, and ends before the next day', () => {
    const inOrder: Instant[] = [
      '2016-12-31T23:59:59.999Z',
      '2016-12-31T23:59:59.99999999999999999999Z',
      '2016-12-31T23:59:60Z',
      '2016-12-31T23:59:60.0000001Z',
      '2017-01-01T00:59:60.5+01:00',
      '2016-12-31T23:59:60.999999999Z',
      '2017-01-01T00:00:00Z',
    ].map(instantOf);
    for (const [index, instant] of inOrder.entries()) {
      for (const [other, later] of inOrder.entries()) {
        expect(Math.sign(compareInstants(instant, later))).toBe(Math.sign(index - other));
      }
    }
    expect(
      compareInstants(instantOf('2016-12-31T23:59:60.50Z'), instantOf('2017-01-01T05:44:60.5+05:45')),
    ).toBe(0);
    expect(secondText(instantOf('2016-12-31T23:59:60.5Z'))).toBe('2016-12-31T23:59:59Z');
  });
});

test('what is taken for a usual timestamp by its bytes is RFC 3339 by the rule', () => {
  const digit = fc.constantFrom(...'0123456789');
  const close = fc
    .tuple(...Array.from('dddd-dd-ddTdd:dd:dd.dddZ', (place) => (place === 'd' ? digit : fc.constant(place))))
    .map((places) => places.join(''));
  const spoilt = fc
    .tuple(close, fc.nat(23), fc.nat(255))
    .map(([text, at, other]) => text.slice(0, at) + String.fromCharCode(other) + text.slice(at + 1));
  const dates = fc.date(withinCalendar).map((date) => date.toISOString());
  let usual = 0;
  fc.assert(
    fc.property(fc.oneof(close, spoilt, dates), (text) => {
      // The same once more, with the first half of it seen before: what is known must change nothing.
      const first = `"${text}"`;
      const { length } = first;
      const span = new Span(Buffer.from(`${first}${first.slice(0, 17)}:59.999Z"`, 'latin1'));
      const isUsual = isUsualTimestamp(span, 0, -1);
      if (isUsualTimestamp(span, length, -1)) {
        expect(isUsualTimestamp(span, 0, length)).toBe(isUsual);
      }
      const expected = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) && !text.includes('-02-29T');
      expect(isUsual).toBe(expected && parseInstant(text) !== undefined && !text.includes(':60.'));
      if (isUsual) usual++;
    }),
    { numRuns: 5000 },
  );
  expect(usual).toBeGreaterThan(500);
});

test('writes every second of the years with four digits as Date does', () => {
  const first = Date.parse('0000-01-01T00:00:00Z');
  const instant = fc.integer({ min: first, max: Date.parse('9999-12-31T23:59:59.999Z') });
  const near = fc
    .tuple(instant, fc.constantFrom(-1000, -1, 0, 1, 999, 1000))
    .map(([at, more]) => Math.floor(at / 86_400_000) * 86_400_000 + more)
    .filter((at) => at >= first);
  fc.assert(
    fc.property(fc.array(fc.oneof(instant, near)), (instants) => {
      const dayTextOf = createDayTexts();
      for (const at of instants) {
        const expected = `${new Date(at).toISOString().slice(0, 19)}Z`;
        expect(secondText(at)).toBe(expected);
        expect(secondText(at, dayTextOf)).toBe(expected);
        expect(dayTextOf(Math.floor(at / 86_400_000))).toBe(dayText(Math.floor(at / 86_400_000)));
      }
    }),
    { numRuns: 500 },
  );
});
