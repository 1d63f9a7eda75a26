import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayNumber } from '../../src/calendar/days.js';
import { decodeRows, encodeRows, KINDS } from '../../src/format/page/bill-data.js';
import { readBill, timelineOf } from '../../src/page/data/bill.js';
import { describe as describeBill, makeRows } from './bills.js';

describe('a bill read from the page', () => {
  const rows = makeRows(50);

  it('is refused when a message is missing', () => {
    expect(() => readBill(describeBill(rows), rows.slice(1))).toThrow('49 messages of 50');
  });

  it('is refused when its messages do not add up to its total, by however little', () => {
    const total = `${describeBill(rows, {}).total}01`;
    expect(() => readBill(describeBill(rows, { total }), rows)).toThrow(/add up to/);
  });

  it('takes a total written with other zeros', () => {
    const one = makeRows(1).map((row) => ({ ...row, credits: '79' }));
    expect(readBill(describeBill(one, { total: '79.00' }), one).rows).toHaveLength(1);
  });
});

describe('the bars of the chart', () => {
  const timeline = (...days: string[]) => {
    const [row] = makeRows(1);
    return timelineOf(days.flatMap((day) => (row ? [{ ...row, day: dayNumber(day) ?? Number.NaN }] : [])));
  };

  it('are the days from the first to the last, those without messages included', () => {
    const { unit, periods } = timeline('2024-03-02', '2024-02-27');
    expect([unit, periods.length]).toEqual(['day', 5]);
    expect(timeline('2024-02-27').periods).toHaveLength(1);
    expect(timeline('-000001-12-31', '0000-01-02').periods).toHaveLength(3);
  });

  it('are months or years where days are too many to draw', () => {
    expect(timeline('2024-01-01', '2025-12-31').unit).toBe('day');
    const { unit, periods } = timeline('2014-01-31', '2024-12-01');
    expect([unit, periods.length]).toEqual(['month', 132]);
    const years = timeline('-000001-12-31', '+010000-01-01');
    expect([years.unit, years.periods.length]).toEqual(['year', 10_002]);
  });
});

describe('embedded rows', () => {
  const pageRow = fc.record(
    {
      messageId: fc.bigInt().map(String),
      timestamp: fc.string(),
      day: fc.integer(),
      kind: fc.constantFrom(...KINDS),
      credits: fc.constantFrom('1', '5.2'),
      reportId: fc.constantFrom('1', '-1', ''),
      counts: fc.array(fc.nat()),
      text: fc.string({ unit: 'binary' }),
    },
    { requiredKeys: ['messageId', 'timestamp', 'day', 'kind', 'credits'] },
  );

  it('come back as they went in', () => {
    fc.assert(
      fc.property(fc.array(pageRow), fc.string(), (rows, name) => {
        const named = rows.map((row) => (row.reportId === '1' ? { ...row, reportName: name } : { ...row }));
        const carried: unknown = JSON.parse(JSON.stringify(encodeRows(named)));
        expect(decodeRows(carried)).toEqual(named);
      }),
    );
  });

  const block = (row: unknown) => ({ day: 0, reports: [[5]], rows: [row] });
  it.each([
    null,
    {},
    [],
    { day: 0, reports: [], rows: 1 },
    { reports: [], rows: [] },
    block(null),
    block([]),
    block(['1', 't', 0, 9, '1', -1]),
    block(['1', 't', 'd', 0, '1', -1]),
    block(['1', 't', 0, 0, 1, -1]),
    block(['1', 't', 0, 0, '1', 0]),
    block(['1', 't', 0, 0, '1', 3]),
    block(['1', 't', 0, 0, '1', -1, ['a']]),
  ])('are refused when they are %j', (value) => {
    expect(() => decodeRows(value)).toThrow(TypeError);
  });
});
