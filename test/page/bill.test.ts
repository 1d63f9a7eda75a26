import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRows, encodeRows, KINDS } from '../../src/format/page/bill-data.js';
import { readBill } from '../../src/page/data/bill.js';
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

describe('embedded rows', () => {
  const pageRow = fc.record(
    {
      messageId: fc.bigInt().map(String),
      timestamp: fc.string(),
      day: fc.constantFrom('2024-04-29', '2024-04-30'),
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

  const block = (row: unknown) => ({ days: ['d'], reports: [[5]], rows: [row] });
  it.each([
    null,
    {},
    [],
    { days: [], reports: [], rows: 1 },
    block(null),
    block([]),
    block(['1', 't', 0, 9, '1', -1]),
    block(['1', 't', 1, 0, '1', -1]),
    block(['1', 't', 0, 0, 1, -1]),
    block(['1', 't', 0, 0, '1', 0]),
    block(['1', 't', 0, 0, '1', 3]),
    block(['1', 't', 0, 0, '1', -1, ['a']]),
  ])('are refused when they are %j', (value) => {
    expect(() => decodeRows(value)).toThrow(TypeError);
  });
});
