import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Amount,
  addAmounts,
  compareAmounts,
  createTotal,
  formatAmount,
  hundredths,
  multiplyAmount,
  parseAmount,
  subtractAmounts,
  toAmount,
  toDecimal,
} from '../../src/engine/index.js';

/** parseAmount of a text that must be one. */
function credits(text: string): Amount {
  const amount = parseAmount(text);
  if (amount === undefined) throw new Error(`not an amount: ${text}`);
  return amount;
}

describe('parseAmount', () => {
  test.each([
    ['79', 7900],
    ['5.2', 520],
    ['5.20', 520],
    ['5.2000', 520],
    ['0', 0],
    ['-0', 0],
    ['-0.00e7', 0],
    ['0e999999999999', 0],
    ['0.01', 1],
    ['1e2', 10000],
    ['1E+2', 10000],
    ['120e-3', 12],
    ['3.35', 335],
    ['90071992547409.91', Number.MAX_SAFE_INTEGER],
  ])('%s is a whole number of hundredths', (text, hundredths) => {
    expect(parseAmount(text)).toBe(hundredths);
  });

  test.each(['0.001', '1e-7', '90071992547409.92', '1e21', '2.675', '0.0000001'])(
    '%s is a Decimal',
    (text) => {
      const amount = credits(text);
      expect(amount).toBeInstanceOf(Decimal);
      expect(new Decimal(text).eq(formatAmount(amount))).toBe(true);
    },
  );

  test.each([
    '',
    ' 5',
    '5 ',
    '5\n',
    '+2',
    '-1',
    '-0.01',
    '0x10',
    '0b1',
    '1_000',
    '1,5',
    '.5',
    '5.',
    '05',
    '1e',
    '1e5.5',
    'NaN',
    'Infinity',
    '-Infinity',
    'null',
    '"5"',
    '٥',
    '1e400',
    '1e-400',
    '1e999999999999999999999',
    '1e-999999999999999999999',
  ])('%s is no amount', (text) => {
    expect(parseAmount(text)).toBeUndefined();
  });

  test('takes 400 digits and no more', () => {
    const digits = `1${'0'.repeat(398)}1`;
    expect(formatAmount(credits(digits))).toBe(digits);
    expect(formatAmount(credits(`0.${digits.slice(1)}`))).toBe(`0.${digits.slice(1)}`);
    expect(parseAmount(`${digits}0`)).toBeUndefined();
    expect(parseAmount(`0.${digits}`)).toBeUndefined();
    expect(parseAmount('1'.repeat(1_000_000))).toBeUndefined();
  });

  test('reads back what formatAmount writes', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.nat(390), (digits, shift) => {
        const text = new Decimal(`${digits}e-${shift}`).toFixed();
        const amount = parseAmount(text);
        if (text.replace('.', '').length > 400) return;
        expect(amount).toBeDefined();
        if (amount !== undefined) expect(formatAmount(amount)).toBe(text);
      }),
    );
  });
});

describe('formatAmount', () => {
  test.each([
    [0, '0'],
    [-0, '0'],
    [1, '0.01'],
    [10, '0.1'],
    [100, '1'],
    [115, '1.15'],
    [520, '5.2'],
    [7900, '79'],
    [9999, '99.99'],
    [10000, '100'],
    [1000001, '10000.01'],
    [-35, '-0.35'],
    [-200, '-2'],
    [Number.MAX_SAFE_INTEGER, '90071992547409.91'],
    [-Number.MAX_SAFE_INTEGER, '-90071992547409.91'],
  ])('%d hundredths', (whole, text) => {
    expect(formatAmount(hundredths(whole))).toBe(text);
    expect(formatAmount(hundredths(whole))).toBe(text);
  });

  test('every number of hundredths as decimal.js writes it', () => {
    for (let whole = 0; whole < 30_000; whole++) {
      const text = new Decimal(whole).div(100).toFixed();
      expect(formatAmount(hundredths(whole))).toBe(text);
      expect(formatAmount(hundredths(whole))).toBe(text);
    }
  });

  test('prints a Decimal in full, whatever its constructor', () => {
    // @ts-expect-error JavaScript lets a caller leave out `toAmount`.
    expect(formatAmount(new Decimal('1e21'))).toBe('1000000000000000000000');
    // @ts-expect-error the same
    expect(formatAmount(new Decimal('1e-7'))).toBe('0.0000001');
  });

  test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuses the number %d', (number) => {
    expect(() => formatAmount(hundredths(number))).toThrow(RangeError);
  });
});

describe('arithmetic', () => {
  const anyAmount = fc.oneof(
    fc.maxSafeInteger().map(hundredths),
    fc.integer({ min: -10_000, max: 10_000 }).map(hundredths),
    fc.tuple(fc.maxSafeInteger(), fc.integer({ min: -30, max: 30 })).map(([digits, exponent]) => {
      return toAmount(new Decimal(`${digits}e${exponent}`));
    }),
  );
  const Wide = Decimal.clone({ precision: 500, defaults: true });
  const wide = (amount: Amount) => new Wide(formatAmount(amount));

  test('is exact and canonical', () => {
    fc.assert(
      fc.property(anyAmount, anyAmount, fc.integer(), (a, b, factor) => {
        const results = [
          addAmounts(a, b),
          subtractAmounts(a, b),
          multiplyAmount(a, factor),
          multiplyAmount(a, toDecimal(b)),
        ];
        const expected = [
          wide(a).plus(wide(b)),
          wide(a).minus(wide(b)),
          wide(a).times(factor),
          wide(a).times(wide(b)),
        ];
        expect(results.map(formatAmount)).toEqual(
          expected.map((value) => (value.isZero() ? '0' : value.toFixed())),
        );
        for (const result of results) {
          expect(toAmount(toDecimal(result))).toEqual(result);
          expect(Object.is(result, -0)).toBe(false);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('compares', () => {
    fc.assert(
      fc.property(anyAmount, anyAmount, (a, b) => {
        expect(Math.sign(compareAmounts(a, b))).toBe(wide(a).comparedTo(wide(b)));
        expect(compareAmounts(a, a)).toBe(0);
      }),
    );
  });

  test('is exact with a Decimal of few digits of precision', () => {
    const Short = Decimal.clone({ precision: 3, defaults: true });
    // @ts-expect-error JavaScript lets a caller leave out `toAmount`.
    expect(formatAmount(addAmounts(new Short('1e17'), credits('0.001')))).toBe('100000000000000000.001');
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('%d is no amount', (value) => {
    expect(() => toAmount(new Decimal(value))).toThrow(RangeError);
    expect(() => toDecimal(hundredths(value))).toThrow(RangeError);
  });
});

describe('createTotal', () => {
  test('1e17 and a thousand times 0.001 are 100000000000000001', () => {
    const total = createTotal();
    total.add(credits('100000000000000000'));
    for (let row = 0; row < 1000; row++) total.add(credits('0.001'));
    expect(formatAmount(total.value())).toBe('100000000000000001');
  });

  test('goes beyond the safe integers and back', () => {
    const total = createTotal();
    for (let row = 0; row < 1000; row++) total.add(hundredths(Number.MAX_SAFE_INTEGER));
    expect(formatAmount(total.value())).toBe('90071992547409910');
    for (let row = 0; row < 999; row++) total.add(hundredths(-Number.MAX_SAFE_INTEGER));
    expect(total.value()).toBe(Number.MAX_SAFE_INTEGER);
  });

  test('adds 390 digits before the point and 390 after it', () => {
    const total = createTotal();
    total.add(credits(`1${'0'.repeat(390)}`));
    total.add(credits(`0.${'0'.repeat(389)}1`));
    expect(formatAmount(total.value())).toBe(`1${'0'.repeat(390)}.${'0'.repeat(389)}1`);
  });

  test('thirds of credits add up to whole ones', () => {
    const total = createTotal();
    for (let row = 0; row < 1000; row++) total.add(credits('0.333'));
    expect(total.value()).toBe(33300);
  });

  test('refuses what is no amount', () => {
    expect(() => createTotal().add(hundredths(Number.NaN))).toThrow(RangeError);
    expect(() => createTotal().add(hundredths(0.5))).toThrow(RangeError);
  });
});
