import { describe, expect, it } from 'vitest';
import { readBill } from '../../src/page/data/bill.js';
import { toDigits } from '../../src/page/data/texts.js';
import { matchContent, selectFrom } from '../../src/page/view/select.js';
import { parseView } from '../../src/page/view/view.js';
import { describe as describeBill, makeRows } from './bills.js';

const rows = makeRows(500);
const bill = readBill(describeBill(rows), rows);
const select = selectFrom(bill);

function idsFor(fragment: string): string[] {
  return select(parseView(fragment)).rows.map(({ messageId }) => messageId);
}

describe('filtering a bill', () => {
  it('leaves everything, with the exact total that the command gave, when nothing is asked for', () => {
    const { rows: all, totals } = select(parseView(''));
    expect(all).toHaveLength(500);
    expect(toDigits(totals.units, bill.scale)).toBe(bill.meta.total);
  });

  it('finds text in an id and in a name, whatever its case', () => {
    expect(idsFor('#q=1013')).toEqual(['1013']);
    const named = rows.filter(({ reportName }) => reportName?.startsWith('Tenant'));
    expect(idsFor('#q=+tENANT+')).toEqual(named.map(({ messageId }) => messageId));
    expect(named.length).toBeGreaterThan(0);
  });

  it('finds an accent however it is encoded', () => {
    const found = makeRows(1).map((row) =>
      matchContent(parseView('#q=R\u00e9sum\u00e9'))({ ...row, reportName: 'Re\u0301sume\u0301' }),
    );
    expect(found).toEqual([true]);
  });

  it('splits the whole by kind, to the last digit', () => {
    const parts = ['report', 'text', 'missing-report'].map((kind) => select(parseView(`#kind=${kind}`)));
    expect(parts.reduce((sum, { totals }) => sum + totals.count, 0)).toBe(500);
    const units = parts.reduce((sum, { totals }) => sum + totals.units, 0n);
    expect(toDigits(units, bill.scale)).toBe(bill.meta.total);
  });

  it('takes both ends of a range of days', () => {
    const inRange = rows.filter(({ timestamp }) => /^2024-04-0[34]/.test(timestamp));
    expect(idsFor('#from=2024-04-03&to=2024-04-04')).toEqual(inRange.map(({ messageId }) => messageId));
    expect(inRange.length).toBeGreaterThan(0);
  });

  it('keeps the days outside the range for the chart', () => {
    const { rows: shown, anyDay } = select(parseView('#from=2024-04-03&kind=report'));
    expect(anyDay.length).toBeGreaterThan(shown.length);
    expect(anyDay.every(({ kind }) => kind === 'report')).toBe(true);
  });
});
