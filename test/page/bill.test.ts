import { describe, expect, it } from 'vitest';
import { decodeRow, encodeRow } from '../../src/format/page/bill-data.js';
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

describe('an embedded row', () => {
  it('comes back as it went in', () => {
    const rows = makeRows(50);
    const carried: unknown[] = JSON.parse(JSON.stringify(rows.map(encodeRow)));
    expect(carried.map(decodeRow)).toEqual(rows);
  });

  it.each([null, {}, [], ['1', 't', 'd', 9, '1'], ['1', 't', 'd', 0, 1], ['1', 't', 'd', 0, '1', 5]])(
    'is refused when it is %j',
    (value) => {
      expect(() => decodeRow(value)).toThrow(TypeError);
    },
  );
});
