import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstDayOf, lastDayOf, periodNumber, periodOf, periodText } from '../../src/calendar/days.js';
import { compareInstants, instantOf, secondText } from '../../src/calendar/instant.js';
import { openTimeZone, UTC } from '../../src/calendar/time-zone.js';
import { formatAmount, hundredths } from '../../src/engine/index.js';
import { formatCost, parseCost, parseCreditPrice } from '../../src/rates/money.js';
import {
  changeOf,
  createHistory,
  type HistoryInput,
  moversOf,
  sameTimeIn,
} from '../../src/usage/history/history.js';
import { type HistoryRow, sumInput } from '../../src/usage/history/input-sums.js';

const row = (timestamp: string, credits: number, reportName?: string): HistoryRow => ({
  instant: instantOf(timestamp),
  reportName,
  credits: hundredths(credits),
});

function input(
  name: string,
  madeAt: string,
  rows: readonly HistoryRow[],
  madeBy: HistoryInput['madeBy'] = 'receipt',
) {
  const sums = sumInput(UTC, false);
  for (const each of rows) sums.add(each);
  return { name, madeAt: instantOf(madeAt), madeBy, sums: sums.value() };
}

const MAY = periodNumber('month', '2024-05') ?? 0;

test('a period is the month of most messages, and the others are counted', () => {
  const { sums } = input('x', '2024-06-01T00:00:00Z', [
    row('2024-04-30T23:59:59.9999999Z', 1),
    row('2024-05-01T00:00:00Z', 2),
    row('2024-05-31T23:59:60Z', 3),
  ]);
  expect(sums).toMatchObject({ month: MAY, elsewhere: 1, total: { messages: 3 } });
  const local = sumInput(openTimeZone('Europe/Berlin'), false);
  local.add(row('2024-04-30T22:00:00Z', 1));
  expect(local.value().month).toBe(MAY);
});

test('of inputs of one period the newest counts, of two as new the later one, and what changed is shown', () => {
  const old = input('old', '2024-06-02T00:00:00Z', [row('2024-05-02T00:00:00Z', 100)]);
  const early = input('early', '2024-05-20T00:00:00Z', [row('2024-05-02T00:00:00Z', 50)]);
  const fresh = input('fresh', '2024-06-03T00:00:00Z', [
    row('2024-05-02T00:00:00Z', 100),
    row('2024-05-03T00:00:00Z', 20),
  ]);
  const twin = { ...fresh, name: 'twin' };
  for (const order of [
    [old, early, fresh, twin],
    [fresh, twin, early, old],
  ]) {
    const [period, ...more] = createHistory(order, UTC, instantOf('2024-07-01T00:00:00Z')).periods;
    expect(more).toEqual([]);
    expect(period?.input.name).toBe('twin');
    const shown = period?.replaced.map((each) => [
      each.input.name,
      each.change.messages,
      each.changedAfterClose,
    ]);
    expect(shown).toEqual([
      ['fresh', 0, false],
      ['old', 1, true],
      ['early', 1, false],
    ]);
  }
});

test('a period is compared with the calendar month before it, and with no other', () => {
  const months = ['2024-01', '2024-02', '2024-04'].map((month) =>
    input(month, '2024-05-02T00:00:00Z', [row(`${month}-03T00:00:00Z`, month === '2024-01' ? 200 : 300)]),
  );
  const { periods, toDate } = createHistory(months, UTC, instantOf('2024-06-01T00:00:00Z'));
  expect(periods.map(({ change }) => change?.percent.credits)).toEqual([undefined, '50.00', undefined]);
  expect(toDate).toBeUndefined();
});

test('an open period goes up to when it was made, or its last message where nothing says so', () => {
  const april = input('april', '2024-05-01T00:00:00Z', [row('2024-04-03T00:00:00Z', 1)]);
  const rows = [row('2024-05-03T10:00:00.5Z', 1)];
  const toDate = (may: HistoryInput, asOf: string) => {
    const found = createHistory([april, may], UTC, instantOf(asOf)).toDate;
    return found && [secondText(found.until), secondText(found.untilBefore)];
  };
  const asOf = '2024-05-20T00:00:00Z';
  expect(toDate(input('may', '2024-05-10T12:00:00Z', rows), asOf)).toEqual([
    '2024-05-10T12:00:00Z',
    '2024-04-10T12:00:00Z',
  ]);
  expect(toDate(input('may', '2024-05-10T12:00:00Z', rows, 'file'), asOf)).toEqual([
    '2024-05-03T10:00:00Z',
    '2024-04-03T10:00:00Z',
  ]);
  expect(toDate(input('may', '2024-05-10T12:00:00Z', rows), '2024-05-09T00:00:00Z')).toEqual([
    '2024-05-09T00:00:00Z',
    '2024-04-09T00:00:00Z',
  ]);
  // Made in May, it says nothing of the end of May, whenever it is looked at.
  expect(toDate(input('may', '2024-05-10T12:00:00Z', rows), '2025-01-01T00:00:00Z')).toEqual([
    '2024-05-10T12:00:00Z',
    '2024-04-10T12:00:00Z',
  ]);
  expect(toDate(input('may', '2024-06-10T12:00:00Z', rows), '2025-01-01T00:00:00Z')).toBeUndefined();
});

test('the same time of another month is exact, and the end of a month that is too short', () => {
  const berlin = openTimeZone('Europe/Berlin');
  const february = MAY - 3;
  const same = (text: string, month = february) => sameTimeIn(month, instantOf(text), berlin);
  // 10:00 in winter and in summer.
  expect(secondText(same('2024-05-10T08:00:00Z'))).toBe('2024-02-10T09:00:00Z');
  expect(
    compareInstants(same('2024-05-10T08:00:00.0000001Z'), instantOf('2024-02-10T09:00:00.0000001Z')),
  ).toBe(0);
  const end = same('2024-05-30T08:00:00Z');
  expect(compareInstants(end, instantOf('2024-02-29T22:59:59.999999999Z'))).toBeGreaterThan(0);
  expect(compareInstants(end, instantOf('2024-02-29T23:00:00Z'))).toBeLessThan(0);
});

test('the same time of a month is in it, and later for a later instant', () => {
  const zones = ['UTC', 'Europe/London', 'America/St_Johns', 'Pacific/Apia'].map(openTimeZone);
  const instants = fc.integer({ min: Date.parse('2000-01-01'), max: Date.parse('2030-12-31') });
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      instants,
      fc.integer({ min: -14, max: 14 }),
      (zone, at, months) => {
        const month = periodOf('month', zone.dayOf(at)) + months;
        const found = sameTimeIn(month, at, zone);
        const day = zone.dayOf(found);
        expect(periodText('month', periodOf('month', day))).toBe(periodText('month', month));
        const expected = firstDayOf('month', month) + zone.dayOf(at) - firstDayOf('month', month - months);
        expect(day).toBe(Math.min(expected, lastDayOf('month', month)));
        expect(compareInstants(sameTimeIn(month, at + 60_000, zone), found)).toBeGreaterThanOrEqual(0);
      },
    ),
  );
});

test('sums up to an instant are those of the messages up to it, by report too', () => {
  const rows = fc.array(
    fc.tuple(
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 0, max: 999 }),
      fc.constantFrom('a', 'b', undefined),
    ),
  );
  fc.assert(
    fc.property(rows, fc.integer({ min: -1, max: 21 }), (list, until) => {
      const sums = sumInput(UTC, false, until);
      for (const [instant, credits, reportName] of list)
        sums.add({ instant, reportName, credits: hundredths(credits) });
      const within = list.filter(([instant]) => instant <= until);
      const { total, byReport } = sums.value();
      expect(total.messages).toBe(within.length);
      expect(total.credits).toBe(within.reduce((sum, [, credits]) => sum + credits, 0));
      for (const name of ['a', 'b', undefined]) {
        const own = within.filter(([, , reportName]) => reportName === name);
        expect(byReport.get(name)?.credits ?? 0).toBe(own.reduce((sum, [, credits]) => sum + credits, 0));
      }
    }),
  );
});

test('own costs and prices of credits add up exactly; a total is known where every cost is', () => {
  const sums = sumInput(UTC, true);
  sums.add({ ...row('2024-05-01T00:00:00Z', 150), price: parseCreditPrice('0.02') });
  sums.add({ ...row('2024-05-01T00:00:00Z', 150), cost: parseCost('0.1') });
  sums.add({ ...row('2024-05-01T00:00:00Z', 150), price: parseCreditPrice('0.03') });
  const { cost } = sums.value().total;
  expect(cost && formatCost(cost)).toBe('0.175');
  const may = { ...input('may', '2024-06-01T00:00:00Z', []), sums: sums.value() };
  const april = input('april', '2024-06-01T00:00:00Z', [row('2024-04-01T00:00:00Z', 1)]);
  expect(createHistory([april, may], UTC, Date.now()).total.cost).toBeUndefined();
  expect(createHistory([may], UTC, Date.now()).total.cost).toEqual(cost);
});

test('a change is what is added to the one to get the other', () => {
  const sum = fc.record({ messages: fc.nat(), credits: fc.nat().map(hundredths) });
  fc.assert(
    fc.property(sum, sum, (before, now) => {
      const change = changeOf(before, now);
      expect(before.messages + change.messages).toBe(now.messages);
      expect(change.isNone).toBe(before.messages === now.messages && before.credits === now.credits);
      if (before.credits === 0) expect(change.percent.credits).toBeUndefined();
      else {
        const exact = (100 * (now.credits - before.credits)) / before.credits;
        expect(Number(change.percent.credits)).toBeCloseTo(exact, 1);
      }
    }),
  );
});

test('movers are the largest changes of each direction, whatever the order of the reports', () => {
  const sums = (amounts: Record<string, number>) =>
    new Map(
      Object.entries(amounts).map(([name, amount]) => [name, { messages: 1, credits: hundredths(amount) }]),
    );
  const before = sums({ a: 100, b: 100, c: 100, same: 5, gone: 700 });
  const now = sums({ same: 5, c: 90, b: 200, a: 200, fresh: 10 });
  const { increases, decreases } = moversOf(before, now);
  const shown = (list: typeof increases) =>
    list.map((each) => `${each.reportName} ${formatAmount(each.change.credits)}`);
  expect(shown(increases)).toEqual(['a 1', 'b 1', 'fresh 0.1']);
  expect(shown(decreases)).toEqual(['gone -7', 'c -0.1']);
  expect(increases.at(-1)?.change.percent.credits).toBeUndefined();
});
