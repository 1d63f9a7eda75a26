import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fractionDigits, toDecimals, toDigits, toUnits } from '../../src/page/data/exact.js';

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
    ['1.010', '1.01', false],
    ['9007199254740993.25', '9,007,199,254,740,993.25', false],
  ])('shows %s as %s, half to even', (exact, text, rounded) => {
    const scale = fractionDigits(exact);
    expect(toDecimals(toUnits(exact, scale), scale)).toEqual({ text, rounded });
  });

  it.each(['', '1e3', '0x10', 'NaN', ' 1', '1.', '.5', '1,000'])('refuse %j', (text) => {
    expect(() => fractionDigits(text)).toThrow(RangeError);
  });
});
