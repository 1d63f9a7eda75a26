import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hundredths, parseAmount } from '../../src/engine/index.js';
import { divideUnits, percentText, proportion } from '../../src/usage/pricing/sums.js';

const amount = (text: string) => parseAmount(text) ?? hundredths(Number.NaN);

test.each([
  ['1', '3', '33.33'],
  ['2', '3', '66.67'],
  ['1', '1', '100.00'],
  ['0', '5', '0.00'],
  ['0', '0', '0.00'],
  ['0.00005', '1', '0.01'],
  ['0.0000499', '1', '0.00'],
  ['0.1', '100000000000000000000000', '0.00'],
  ['12345678901234567890.5', '24691357802469135781', '50.00'],
])('%s of %s is %s %%', (part, whole, percent) => {
  expect(percentText(proportion(amount(part), amount(whole), 10_000))).toBe(percent);
});

test('is the exact ratio, rounded half up', () => {
  const cents = fc.integer({ min: 0, max: 1e9 });
  fc.assert(
    fc.property(cents, cents, fc.integer({ min: 1, max: 100_000 }), (a, b, parts) => {
      const whole = a + b + 1;
      const exact = new Decimal(a).times(parts).div(whole);
      expect(proportion(hundredths(a), hundredths(whole), parts)).toBe(
        exact.toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toNumber(),
      );
    }),
  );
});

describe('fault A6 (parts that are shown add up to the whole)', () => {
  const shares = (...credits: string[]) => divideUnits(10_000, credits.map(amount)).map(percentText);

  test.each([
    [
      ['5', '5', '5'],
      ['33.34', '33.33', '33.33'],
    ],
    [
      ['1', '2', '3', '4', '5', '6', '7'],
      ['3.57', '7.14', '10.71', '14.29', '17.86', '21.43', '25.00'],
    ],
    [
      ['0', '0'],
      ['0.00', '0.00'],
    ],
    [['7'], ['100.00']],
    [[], []],
    [
      ['0.0000001', '0', '99999999999999999999'],
      ['0.00', '0.00', '100.00'],
    ],
  ])('%j are %j', (credits, expected) => {
    expect(shares(...credits)).toEqual(expected);
  });

  test('for any amounts: the sum is exact, no part is a whole unit off, and nothing has no share', () => {
    const credits = fc.oneof(
      fc.nat(10_000).map((hundredths) => `${hundredths / 100}`),
      fc.bigInt({ min: 0n, max: 10n ** 30n }).map((whole) => `${whole}.${'0'.repeat(12)}7`),
      fc.constant('0'),
    );
    fc.assert(
      fc.property(fc.array(credits, { minLength: 1, maxLength: 300 }), fc.nat(20_000), (texts, units) => {
        const amounts = texts.map(amount);
        const parts = divideUnits(units, amounts);
        const whole = Decimal.sum(...texts.map((text) => new Decimal(text)));
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(whole.isZero() ? 0 : units);
        for (const [index, part] of parts.entries()) {
          const exact = whole.isZero() ? 0 : new Decimal(texts[index] ?? 0).times(units).div(whole);
          expect(new Decimal(part).minus(exact).abs().lt(1)).toBe(true);
          if (texts[index] === '0') expect(part).toBe(0);
        }
      }),
    );
  });
});
