import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayNumber, dayText } from '../../src/calendar/days.js';
import { parseInstant } from '../../src/calendar/instant.js';
import { openTimeZone, UTC } from '../../src/calendar/time-zone.js';
import {
  type Amount,
  compareAmounts,
  formatAmount,
  hundredths,
  parseAmount,
  ZERO,
} from '../../src/engine/index.js';
import { budgetOf, type PeriodFacts, periodUsage, statusOf } from '../../src/usage/forecast/budget.js';
import { forecast } from '../../src/usage/forecast/forecast.js';
import { limitIn, parseLimit } from '../../src/usage/forecast/limit.js';

const day = (text: string) => dayNumber(text) ?? Number.NaN;
const instant = (text: string) => parseInstant(text) ?? Number.NaN;
const amount = (text: string): Amount => parseAmount(text) ?? ZERO;

/** Usage of the first days of a month of 28 to 31 days that begins on any weekday. */
const soFar = fc
  .record({
    days: fc.array(fc.nat(100_000), { minLength: 4, maxLength: 28 }),
    elapsed: fc.double({ min: 0, max: 1, noNaN: true }),
    firstDay: fc.integer({ min: -100, max: 40_000 }),
    length: fc.integer({ min: 28, max: 31 }),
  })
  .map(({ length, ...usage }) => ({ ...usage, lastDay: usage.firstDay + length - 1 }));

const sum = (days: readonly number[]) => days.reduce((total, used) => total + used, 0);

describe('forecast (binary)', () => {
  test('goes from today to the last day, never below what is used, within its interval, and never down', () => {
    fc.assert(
      fc.property(soFar, (usage) => {
        const path = forecast(usage) ?? [];
        expect(path.map((each) => each.day)).toEqual(
          Array.from({ length: path.length }, (_, index) => usage.lastDay - path.length + 1 + index),
        );
        expect(path[0]?.day).toBe(usage.firstDay + usage.days.length - 1);
        let before = sum(usage.days);
        for (const { projected, low, high } of path) {
          expect(projected).toBeGreaterThanOrEqual(before);
          expect(low).toBeGreaterThanOrEqual(sum(usage.days));
          expect(low).toBeLessThanOrEqual(projected);
          expect(high).toBeGreaterThanOrEqual(projected);
          before = projected;
        }
      }),
    );
  });

  test('of so many times the usage it is so many times as much', () => {
    fc.assert(
      fc.property(soFar, fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (usage, factor) => {
        const times = forecast({ ...usage, days: usage.days.map((used) => used * factor) })?.at(-1);
        const once = forecast(usage)?.at(-1);
        for (const key of ['projected', 'low', 'high'] as const) {
          const expected = (once?.[key] ?? Number.NaN) * factor;
          expect(Math.abs((times?.[key] ?? Number.NaN) - expected)).toBeLessThanOrEqual(1e-9 * expected);
        }
      }),
    );
  });

  test('what is used today comes on top, and the later it is the less is to come', () => {
    fc.assert(
      fc.property(soFar, fc.nat(100_000), (usage, more) => {
        const projected = (changed: Partial<typeof usage>) =>
          forecast({ ...usage, ...changed })?.at(-1)?.projected ?? Number.NaN;
        const busier = [...usage.days.slice(0, -1), (usage.days.at(-1) ?? 0) + more];
        expect(projected({ days: busier }) - projected({})).toBeCloseTo(more, 3);
        expect(projected({ elapsed: 1 })).toBeLessThanOrEqual(projected({}) + 1e-6);
      }),
    );
  });

  test('steady usage goes on; an empty weekend is expected again; a burst is not', () => {
    const june = { elapsed: 0, firstDay: day('2026-06-01'), lastDay: day('2026-06-30') };
    const end = (days: readonly number[]) => forecast({ ...june, days: [...days, 0] })?.at(-1)?.projected;
    expect(Math.abs((end(Array.from({ length: 21 }, () => 10)) ?? 0) - 300)).toBeLessThan(3);
    const working = [10, 10, 10, 10, 10, 0, 0];
    // 22 days of 10 in June 2026, which begins on a Monday.
    expect(end([...working, ...working, ...working])).toBeGreaterThan(205);
    expect(end([...working, ...working, ...working])).toBeLessThan(235);
    const burst = Array.from({ length: 21 }, (_, index) => (index === 9 ? 500 : 10));
    expect(end(burst)).toBeLessThan(500 + 330);
  });

  test('it is too early before three days are over', () => {
    const may = { elapsed: 0.5, firstDay: day('2026-05-01'), lastDay: day('2026-05-31') };
    expect(forecast({ ...may, days: [1, 2, 3] })).toBeUndefined();
    expect(forecast({ ...may, days: [1, 2, 3, 0] })).toHaveLength(28);
  });
});

const APRIL: PeriodFacts = {
  zone: UTC,
  bounds: {},
  last: instant('2024-04-10T09:00:00Z'),
  now: instant('2024-04-10T12:00:00Z'),
};

describe('usage of a period (exact)', () => {
  const usageOf = (days: Readonly<Record<string, string>>, facts: Partial<PeriodFacts> = {}) =>
    periodUsage(new Map(Object.entries(days).map(([text, used]) => [day(text), amount(used)])), {
      ...APRIL,
      ...facts,
    });

  test('is the month of the last message in the time zone, or what bounds leave of it', () => {
    const spanOf = (facts: Partial<PeriodFacts>) => {
      const { firstDay, lastDay, state } = usageOf({}, facts);
      return [dayText(firstDay), dayText(lastDay), state];
    };
    expect(spanOf({})).toEqual(['2024-04-01', '2024-04-30', 'open']);
    expect(spanOf({ now: instant('2024-05-01T00:00:00Z') })).toEqual(['2024-04-01', '2024-04-30', 'closed']);
    const newYork = openTimeZone('America/New_York');
    expect(spanOf({ now: instant('2024-05-01T00:00:00Z'), zone: newYork })).toEqual([
      '2024-04-01',
      '2024-04-30',
      'open',
    ]);
    expect(spanOf({ last: undefined, now: instant('2024-02-03T00:00:00Z') })).toEqual([
      '2024-02-01',
      '2024-02-29',
      'open',
    ]);
    const bounds = { first: day('2024-04-08'), last: day('2024-04-14') };
    expect(spanOf({ bounds })).toEqual(['2024-04-08', '2024-04-14', 'open']);
    expect(spanOf({ bounds, now: instant('2024-04-15T00:00:00Z') })).toEqual([
      '2024-04-08',
      '2024-04-14',
      'closed',
    ]);
  });

  test('what was used before the month counts as used and is no evidence', () => {
    const days = { '2024-04-01': '1', '2024-04-02': '1', '2024-04-03': '1', '2024-04-10': '1' };
    const alone = usageOf(days);
    const more = usageOf({ '2024-03-31': '1000', ...days });
    expect(formatAmount(more.used)).toBe('1004');
    expect(more.dailyRate).toEqual(alone.dailyRate);
    const end = (usage: typeof alone) => formatAmount(usage.projection?.at(-1)?.projected ?? ZERO);
    expect(Number(end(more))).toBeCloseTo(1000 + Number(end(alone)), 2);
  });

  test('amounts of any size are exact, and their projection has their size', () => {
    const scale = (exponent: number) => {
      const days = Object.fromEntries(
        Array.from({ length: 10 }, (_, index) => [
          `2024-04-${`${index + 1}`.padStart(2, '0')}`,
          `1e${exponent}`,
        ]),
      );
      return usageOf(days);
    };
    for (const exponent of [-200, -7, 0, 20, 350]) {
      const { used, projection } = scale(exponent);
      expect(compareAmounts(used, amount(`10e${exponent}`))).toBe(0);
      const end = projection?.at(-1);
      expect(compareAmounts(end?.projected ?? ZERO, amount(`25e${exponent}`))).toBeGreaterThan(0);
      expect(compareAmounts(end?.projected ?? ZERO, amount(`31e${exponent}`))).toBeLessThan(0);
    }
  });

  test('a fraction of a second does not change the estimate, so that a receipt can repeat it', () => {
    const days = { '2024-04-01': '5e6', '2024-04-02': '7e6', '2024-04-05': '9e6' };
    const at = (text: string) => usageOf(days, { now: instant(text) }).projection;
    expect(at('2024-04-10T12:00:00.999Z')).toEqual(at('2024-04-10T12:00:00Z'));
    expect(at('2024-04-10T12:00:01Z')).not.toEqual(at('2024-04-10T12:00:00Z'));
  });

  test('the day of a change of clocks is over when it is over', () => {
    const zone = openTimeZone('Europe/Berlin');
    const now = instant('2024-03-31T12:00:00+02:00');
    expect(usageOf({}, { zone, last: undefined, now }).elapsed).toBeCloseTo(30 + 11 / 23, 10);
  });
});

describe('budget (limit and crossings)', () => {
  const days = fc.array(fc.nat(10_000), { minLength: 1, maxLength: 30 });
  const april = (used: readonly number[]) =>
    periodUsage(new Map(used.map((each, index) => [day('2024-04-01') + index, hundredths(each)])), {
      ...APRIL,
      last: instant(`${dayText(day('2024-04-01') + used.length - 1)}T12:00:00Z`),
      now: instant(`${dayText(day('2024-04-01') + used.length - 1)}T12:00:00Z`),
    });

  test('is over exactly where the sum of some day is beyond the limit, and never less so with a lower limit', () => {
    fc.assert(
      fc.property(
        days,
        fc.integer({ min: 1, max: 200_000 }),
        fc.integer({ min: 1, max: 200_000 }),
        (used, a, b) => {
          const [low, high] = [Math.min(a, b), Math.max(a, b)].map((limit) =>
            budgetOf(april(used), hundredths(limit)),
          );
          for (const { crossedOn, crossings, limit, left } of [low, high].filter(
            (each) => each !== undefined,
          )) {
            const at = used.findIndex((_, index) => sum(used.slice(0, index + 1)) > Number(limit));
            expect(crossedOn).toBe(at === -1 ? undefined : day('2024-04-01') + at);
            expect(crossings.includes('over')).toBe(at !== -1);
            expect(left).toBe(Number(limit) - sum(used));
          }
          for (const crossing of ['over', 'forecast'] as const) {
            const before = [crossing, 'over'].some((each) => high?.crossings.some((found) => found === each));
            if (before) expect(low && statusOf(low)).not.toBe('within');
          }
        },
      ),
    );
  });

  test('a limit that is used up exactly is not crossed; the warning begins with its share', () => {
    const usage = april([5000, 3000]);
    expect(budgetOf(usage, amount('80')).crossings).toEqual([]);
    expect(formatAmount(budgetOf(usage, amount('80')).share)).toBe('100');
    expect(budgetOf(usage, amount('79.999')).crossings).toEqual(['over']);
    expect(budgetOf(usage, amount('100'), amount('80')).crossings).toEqual(['warn']);
    expect(budgetOf(usage, amount('100'), amount('80.01')).crossings).toEqual([]);
    expect(formatAmount(budgetOf(usage, amount('80.001')).share)).toBe('99.99');
  });

  test('a limit is above 0, in credits or in the currency that a credit has its price in', () => {
    expect(parseLimit('2500')).toEqual({ amount: amount('2500'), unit: undefined });
    expect(parseLimit(' 2500 credits ')).toEqual({ amount: amount('2500'), unit: 'credits' });
    for (const text of ['50 GBP', '50GBP']) expect(parseLimit(text)?.unit).toBe('GBP');
    for (const text of [
      '',
      '-5',
      '0',
      '0.00',
      'abc',
      '1e999',
      'NaN',
      '50 XYZ',
      '50 gbp',
      '2,500',
      '0x10',
      '£50',
    ])
      expect(parseLimit(text), text).toBeUndefined();
    const limit = { amount: amount('50'), unit: undefined };
    expect(limitIn(limit, undefined)).toMatchObject({ unit: 'credits' });
    expect(limitIn(limit, 'GBP')).toMatchObject({ unit: 'GBP' });
    expect(limitIn({ ...limit, unit: 'credits' }, 'GBP')).toMatchObject({ unit: 'credits' });
    expect(limitIn({ ...limit, unit: 'USD' }, 'GBP')).toContain('is in USD');
    expect(limitIn({ ...limit, unit: 'USD' }, undefined)).toContain('--credit-price');
  });
});
