import { describe, expect, it } from 'vitest';
import type { Column, PageRow } from '../../src/format/page/bill-data.js';
import { readBill } from '../../src/page/data/bill.js';

import { clickColumn, rankColumns, sortRows } from '../../src/page/view/select.js';
import type { SortKey } from '../../src/page/view/view.js';
import { describe as describeBill } from './bills.js';

function row(messageId: string, more: Partial<PageRow> = {}): PageRow {
  const timestamp = '2024-04-29T02:08:29.375Z';
  return { messageId, timestamp, day: 0, kind: 'text', credits: '1', ...more };
}

function idsSorted(rows: PageRow[], ...keys: [Column, 'asc' | 'desc'][]): string[] {
  const bill = readBill(describeBill(rows), rows);
  const sort = keys.map(([column, direction]) => ({ column, descending: direction === 'desc' }));
  return sortRows(bill.rows, sort, rankColumns(bill.rows)).map(({ messageId }) => messageId);
}

describe('sorting rows', () => {
  it('compares credits exactly', () => {
    const rows = [
      row('1', { credits: '9007199254740993' }),
      row('2', { credits: '9007199254740992.5' }),
      row('3', { credits: '10' }),
      row('4', { credits: '9.99' }),
    ];
    expect(idsSorted(rows, ['credits_used', 'asc'])).toEqual(['4', '3', '2', '1']);
  });

  it('compares ids as numbers of any size', () => {
    const rows = [row('10'), row('9'), row('9007199254740993'), row('9007199254740992'), row('-1')];
    const ascending = ['-1', '9', '10', '9007199254740992', '9007199254740993'];
    expect(idsSorted(rows, ['message_id', 'asc'])).toEqual(ascending);
  });

  it('compares timestamps as instants', () => {
    const rows = [
      row('late', { timestamp: '2024-04-29T01:00:00Z' }),
      row('early', { timestamp: '2024-04-29T02:00:00+02:00' }),
    ].map((each, index) => ({ ...each, messageId: String(index) }));
    expect(idsSorted(rows, ['timestamp', 'asc'])).toEqual(['1', '0']);
  });

  it('fault A1 (instants are exact at any precision): compares what no double tells apart, and ties what is one instant', () => {
    const times = [
      '2024-04-30T23:59:59.99999999999999999992Z',
      '2024-04-30T23:59:59.99999999999999999991Z',
      '2024-05-01T00:00:00Z',
      '2024-05-01T01:59:59.999999999999999999910+02:00',
      '2024-04-30T23:59:59.9999999Z',
    ];
    const rows = times.map((timestamp, index) => row(String(index), { timestamp }));
    expect(idsSorted(rows, ['timestamp', 'asc'])).toEqual(['4', '1', '3', '0', '2']);
    expect(idsSorted(rows, ['timestamp', 'desc'], ['message_id', 'desc'])).toEqual(['2', '0', '3', '1', '4']);
  });

  it('compares names with numbers by value, and puts rows without one last both ways', () => {
    const rows = [row('1'), row('2', { reportName: 'Gadget 10' }), row('3', { reportName: 'Gadget 9' })];
    expect(idsSorted(rows, ['report_name', 'asc'])).toEqual(['3', '2', '1']);
    expect(idsSorted(rows, ['report_name', 'desc'])).toEqual(['2', '3', '1']);
  });

  it('leaves equal rows as received, whatever the direction', () => {
    const rows = [row('3'), row('1', { credits: '1.0' }), row('2')];
    expect(idsSorted(rows, ['credits_used', 'asc'])).toEqual(['3', '1', '2']);
    expect(idsSorted(rows, ['credits_used', 'desc'])).toEqual(['3', '1', '2']);
  });

  it('uses the next column only where the one before is equal', () => {
    const rows = [
      row('1', { reportName: 'B', credits: '1' }),
      row('2', { reportName: 'A', credits: '1' }),
      row('3', { reportName: 'A', credits: '2' }),
    ];
    expect(idsSorted(rows, ['report_name', 'asc'], ['credits_used', 'desc'])).toEqual(['3', '2', '1']);
    expect(idsSorted(rows, ['credits_used', 'desc'], ['report_name', 'asc'])).toEqual(['3', '2', '1']);
    expect(idsSorted(rows, ['credits_used', 'asc'], ['report_name', 'asc'])).toEqual(['2', '1', '3']);
  });
});

describe('clicking a column', () => {
  const click = (columns: Column[]) =>
    columns.reduce<SortKey[]>((sort, column) => clickColumn(sort, column), []);

  it('goes ascending, descending, as received', () => {
    expect(click(['kind'])).toEqual([{ column: 'kind', descending: false }]);
    expect(click(['kind', 'kind'])).toEqual([{ column: 'kind', descending: true }]);
    expect(click(['kind', 'kind', 'kind'])).toEqual([]);
  });

  it('goes descending first on figures', () => {
    expect(click(['credits_used'])).toEqual([{ column: 'credits_used', descending: true }]);
    expect(click(['credits_used', 'credits_used'])).toEqual([{ column: 'credits_used', descending: false }]);
    expect(click(['credits_used', 'credits_used', 'credits_used'])).toEqual([]);
  });

  it('keeps the precedence of what was clicked first', () => {
    expect(click(['kind', 'timestamp', 'kind'])).toEqual([
      { column: 'kind', descending: true },
      { column: 'timestamp', descending: false },
    ]);
  });
});
