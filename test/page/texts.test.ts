import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalsOf } from '../../src/format/amounts.js';
import { clockIn, toDecimals, toDigits, toUnits } from '../../src/page/data/texts.js';

describe('exact decimals', () => {
  it('give back the digits they were made from', () => {
    const decimal = fc.tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.nat(12));
    fc.assert(
      fc.property(decimal, fc.nat(5), ([units, scale], more) => {
        const text = toDigits(units, scale);
        expect(text).toMatch(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
        expect(toUnits(text, scale + more)).toBe(units * 10n ** BigInt(more));
      }),
    );
  });

  it('add up where doubles do not', () => {
    const sum = ['0.1', '0.2', '9007199254740993'].reduce((total, text) => total + toUnits(text, 1), 0n);
    expect(toDigits(sum, 1)).toBe('9007199254740993.3');
  });

  it.each([
    ['5.2', '5.20', false],
    ['0', '0.00', false],
    ['1234567.5', '1,234,567.50', false],
    ['1.005', '1.00', true],
    ['1.015', '1.02', true],
    ['1.0051', '1.01', true],
    ['999.999', '1,000.00', true],
    ['0.0001', '0.00', true],
    ['-0.015', '-0.02', true],
    ['-0.001', '0.00', true],
    ['1.010', '1.01', false],
    ['9007199254740993.25', '9,007,199,254,740,993.25', false],
  ])('shows %s as %s, half to even', (exact, text, rounded) => {
    const scale = decimalsOf(exact);
    expect(toDecimals(toUnits(exact, scale), scale)).toEqual({ text, rounded });
  });

  it.each(['', '1e3', '0x10', 'NaN', ' 1', '1.', '.5', '1,000'])('refuse %j', (text) => {
    expect(() => toUnits(text, 3)).toThrow(RangeError);
  });
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
