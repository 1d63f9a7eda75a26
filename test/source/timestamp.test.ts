import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isUsualTimestamp } from '../../src/source/document/plain-timestamp.js';
import { Stretch } from '../../src/source/document/stretch.js';
import { instantOf } from '../../src/source/timestamp.js';

const withinCalendar = {
  min: new Date('0000-01-01T00:00:00.000Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
};

test('agrees with Date on every timestamp that Date writes', () => {
  fc.assert(
    fc.property(fc.date(withinCalendar), (date) => {
      expect(instantOf(date.toISOString())).toBe(date.getTime());
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['2024-04-29T02:08:29+02:00', '2024-04-29T00:08:29Z'],
  ['2024-04-29t02:08:29z', '2024-04-29T02:08:29Z'],
  ['2024-12-31T23:30:00-00:45', '2025-01-01T00:15:00Z'],
  ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
])('%s is %s', (timestamp, same) => {
  expect(instantOf(timestamp)).toBe(Date.parse(same));
});

test('keeps fractions of a millisecond', () => {
  expect(instantOf('1970-01-01T00:00:00.0005Z')).toBeCloseTo(0.5, 9);
  expect(instantOf('1970-01-01T00:00:00.123456789Z')).toBeCloseTo(123.456789, 6);
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
  '2024-4-29T02:08:29Z',
  '',
  '２０２４-04-29T02:08:29Z',
  '2024-04-29T02:08:29.1234',
])('%s is no RFC 3339 timestamp', (text) => {
  expect(instantOf(text)).toBeNaN();
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
      const stretch = new Stretch(Buffer.from(`${first}${first.slice(0, 17)}:59.999Z"`, 'latin1'));
      const isUsual = isUsualTimestamp(stretch, 0, -1);
      if (isUsualTimestamp(stretch, length, -1)) {
        expect(isUsualTimestamp(stretch, 0, length)).toBe(isUsual);
      }
      const expected = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) && !text.includes('-02-29T');
      expect(isUsual).toBe(expected && !Number.isNaN(instantOf(text)) && !text.includes(':60.'));
      if (isUsual) usual++;
    }),
    { numRuns: 5000 },
  );
  expect(usual).toBeGreaterThan(500);
});
