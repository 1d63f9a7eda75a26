import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addAmounts, parseAmount, ZERO } from '../../src/engine/index.js';
import {
  addCosts,
  CURRENCIES,
  costOf,
  costTexts,
  fixedPrice,
  formatCost,
  invoiceTotal,
  minorUnits,
  NO_COST,
  parseCost,
  parseCreditPrice,
} from '../../src/rates/money.js';
import { RunningSum } from '../../src/usage/pricing/sums.js';

/** `units` of 10^-`scale`, written in full. */
function decimalText(units: bigint, scale: number): string {
  const digits = units.toString().padStart(scale + 1, '0');
  return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function must<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('a generated value was not read');
  return value;
}

const units = fc.bigInt({ min: 0n, max: 10n ** 30n });
const scale = fc.integer({ min: 0, max: 12 });
const amount = fc.tuple(units, scale).map(([value, digits]) => must(parseAmount(decimalText(value, digits))));
const price = fc
  .tuple(fc.bigInt({ min: 1n, max: 10n ** 20n }), scale)
  .map(([value, digits]) => must(parseCreditPrice(decimalText(value, digits))));

test('the costs of all messages add up to the cost of the sum', () => {
  fc.assert(
    fc.property(fc.array(amount, { maxLength: 20 }), price, (amounts, each) => {
      const costs = amounts.reduce((sum, credits) => addCosts(sum, costOf(credits, each)), NO_COST);
      expect(formatCost(costs)).toBe(formatCost(costOf(amounts.reduce(addAmounts, ZERO), each)));
    }),
  );
});

test('a sum of messages at changing prices is the sum of their costs, in any order', () => {
  fc.assert(
    fc.property(
      fc.tuple(price, price),
      fc.array(fc.tuple(amount, fc.boolean()), { maxLength: 20 }),
      ([first, second], rows) => {
        const priced = rows.map(([credits, early]) => ({ credits, price: early ? first : second }));
        const sum = new RunningSum(NO_COST);
        for (const row of priced) sum.add(row.credits, 1, row.price);
        const expected = priced.reduce(
          (total, row) => addCosts(total, costOf(row.credits, row.price)),
          NO_COST,
        );
        const { messages, credits, cost } = sum.value();
        expect(messages).toBe(rows.length);
        expect(credits).toEqual(priced.map((row) => row.credits).reduce(addAmounts, ZERO));
        expect(formatCost(must(cost))).toBe(formatCost(expected));
        expect(sum.value()).toEqual({ messages, credits, cost });
      },
    ),
  );
});

test('the text of each cost is that of the cost, remembered or not', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          amount,
          fc.integer({ min: 0, max: 99 }).map((n) => must(parseAmount(`${n}`))),
        ),
        { maxLength: 20 },
      ),
      price,
      (amounts, each) => {
        const textOf = costTexts(fixedPrice(each, 'GBP'));
        for (const credits of [...amounts, ...amounts]) {
          expect(textOf({ id: 1, timestamp: '2024-01-01T00:00:00Z' }, credits)).toBe(
            formatCost(costOf(credits, each)),
          );
        }
      },
    ),
  );
});

test('an invoice is rounded half to even, as whole numbers are', () => {
  fc.assert(
    fc.property(
      units,
      fc.integer({ min: 0, max: 9 }),
      fc.constantFrom('JPY', 'GBP', 'KWD', 'CLF'),
      (value, digits, currency) => {
        const places = minorUnits(currency);
        const total = must(parseCost(decimalText(value, digits)));
        const step = 10n ** BigInt(Math.max(digits - places, 0));
        const [whole, rest] = [value / step, value % step];
        const up = rest * 2n > step || (rest * 2n === step && whole % 2n === 1n);
        const rounded = (up ? whole + 1n : whole) * 10n ** BigInt(Math.max(places - digits, 0));
        const invoice = invoiceTotal(total, currency);
        expect(invoice.amount).toBe(decimalText(rounded, places));
        expect(invoice.rounding.plus(total).toFixed(places)).toBe(invoice.amount);
      },
    ),
  );
});

test.each([
  ['46.2987', 'GBP', '46.30', '0.0013'],
  ['0.125', 'GBP', '0.12', '-0.005'],
  ['0.135', 'GBP', '0.14', '0.005'],
  ['2.5', 'JPY', '2', '-0.5'],
  ['1.0005', 'KWD', '1.000', '-0.0005'],
  ['1.00015', 'CLF', '1.0002', '0.00005'],
  ['7', 'EUR', '7.00', '0'],
])('%s %s is invoiced as %s', (exact, currency, invoiced, rounding) => {
  const total = invoiceTotal(must(parseCost(exact)), currency);
  expect([total.amount, formatCost(total.rounding)]).toEqual([invoiced, rounding]);
});

test('minor units are those of ISO 4217, not of CLDR', () => {
  const shown = ['JPY', 'HUF', 'GBP', 'IDR', 'IQD', 'KWD', 'CLF'].map(minorUnits);
  expect(shown).toEqual([0, 2, 2, 2, 3, 3, 4]);
});

/** Where CLDR, which Intl follows, has other digits than ISO 4217. */
const OTHER_IN_CLDR = 'AFN ALL COP HUF IDR IQD IRR KPW LAK LBP MGA MMK PKR RSD SOS SYP YER ZMK'.split(' ');

test('Intl has the same minor units for every other currency', () => {
  const digitsByIntl = (currency: string) =>
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;
  const others = CURRENCIES.filter((code) => digitsByIntl(code) !== minorUnits(code));
  expect(others.filter((code) => !OTHER_IN_CLDR.includes(code))).toEqual([]);
  expect(new Set(CURRENCIES).size).toBe(CURRENCIES.length);
  expect(CURRENCIES.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true);
});

test.each([
  '0',
  '0.00',
  '-5',
  '-0',
  '',
  ' 1',
  '+1',
  '.5',
  '0x10',
  '1,5',
  'NaN',
  'Infinity',
  '1_000',
  '£1',
  '1e999',
])('%j is no price of a credit', (text) => {
  expect(parseCreditPrice(text)).toBeUndefined();
});

test('a price is exact, an exponent is read', () => {
  const prices = ['1e-3', '0.1', '123456789012345678901234567890.123456789'].map(parseCreditPrice);
  expect(prices.map((each) => each?.toFixed())).toEqual([
    '0.001',
    '0.1',
    '123456789012345678901234567890.123456789',
  ]);
});
