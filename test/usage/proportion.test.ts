import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAmount } from '../../src/engine/index.js';
import { percentOf, proportion } from '../../src/usage/proportion.js';

const amount = (text: string) => parseAmount(text) ?? Number.NaN;

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
  expect(percentOf(amount(part), amount(whole))).toBe(percent);
});

test('is the exact ratio, rounded half up', () => {
  const cents = fc.integer({ min: 0, max: 1e9 });
  fc.assert(
    fc.property(cents, cents, fc.integer({ min: 1, max: 100_000 }), (a, b, parts) => {
      const whole = a + b + 1;
      const exact = new Decimal(a).times(parts).div(whole);
      expect(proportion(a, whole, parts)).toBe(exact.toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toNumber());
    }),
  );
});
