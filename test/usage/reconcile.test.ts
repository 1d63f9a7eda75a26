import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UTC } from '../../src/calendar/time-zone.js';
import type { ExportRow } from '../../src/document/records.js';
import { type Amount, formatAmount, parseAmount, ZERO } from '../../src/engine/index.js';
import type { CauseName } from '../../src/usage/diff/reconcile.js';
import { createReconciliation, type Reconciliation } from '../../src/usage/diff/reconcile.js';

interface Row {
  readonly id: number;
  readonly month: string;
  readonly credits: string;
  readonly kind: string;
}

const amount = (text: string): Amount => parseAmount(text) ?? ZERO;
const exportRow = ({ id, month, credits, kind }: Row): ExportRow => ({
  id,
  timestamp: `${month}-15T00:00:00Z`,
  reportName: undefined,
  credits: amount(credits),
  reportId: kind === 'missing-report' ? 'gone' : undefined,
  kind,
});

function reconcile(rows: readonly Row[], invoice: string, countCopies = true): Reconciliation {
  const sums = createReconciliation(UTC, countCopies);
  sums.add(rows.map(exportRow));
  return sums.value(amount(invoice));
}

const explained = (value: Reconciliation) => value.explanations.map(({ causes }) => causes.join('+'));

const APRIL = '2024-04';
const MAY = '2024-05';
const WORKED: Row[] = [
  { id: 1, month: APRIL, credits: '10', kind: 'report' },
  { id: 2, month: MAY, credits: '1', kind: 'missing-report' },
  { id: 3, month: APRIL, credits: '3.3', kind: 'missing-report' },
  { id: 4, month: MAY, credits: '18.7', kind: 'text' },
  { id: 5, month: APRIL, credits: '10', kind: 'report' },
];

describe('fault B11 (a message counts once in any combination of causes)', () => {
  test('the worked example: 19 is not explained, 20 is', () => {
    expect(reconcile(WORKED, '43').total).toEqual(amount('43'));
    expect(explained(reconcile(WORKED, '19'))).toEqual([]);
    expect(explained(reconcile(WORKED, '20'))).toEqual(['missing-reports+other-months']);
    expect(explained(reconcile(WORKED, '38.7'))).toEqual(['missing-reports']);
    expect(explained(reconcile(WORKED, '23.3'))).toEqual(['other-months']);
  });

  test('causes with the same effect are both shown', () => {
    const rows = WORKED.filter(({ id }) => id !== 3 && id !== 4);
    expect(explained(reconcile(rows, '20'))).toEqual(['missing-reports', 'other-months']);
    const apart = [...rows, { id: 6, month: APRIL, credits: '1', kind: 'missing-report' }];
    expect(explained(reconcile([...apart, { ...apart[0], credits: '2' } as Row], '22'))).toEqual([
      'copies',
      'missing-reports',
    ]);
  });

  test('a copy that is not counted is added without what else is left out', () => {
    const rows = [...WORKED, { id: 3, month: APRIL, credits: '3.3', kind: 'missing-report' }];
    expect(explained(reconcile(rows, '46.3', false))).toEqual(['copies']);
    expect(explained(reconcile(rows, '38.7', false))).toEqual(['missing-reports']);
  });
});

describe('fault B10 (rounding is combined with the other causes)', () => {
  const ROWS: Row[] = [
    { id: 1, month: APRIL, credits: '31.555', kind: 'report' },
    { id: 2, month: APRIL, credits: '3.9', kind: 'missing-report' },
  ];
  test.each([
    ['31.56', ['rounding+missing-reports']],
    ['31.55', ['rounding+missing-reports']],
    ['31.555', ['missing-reports']],
    ['35.46', ['rounding']],
    ['35.45', ['rounding']],
    ['31.57', []],
    ['31.6', []],
  ])('%s', (invoice, causes) => {
    const value = reconcile(ROWS, invoice);
    expect(explained(value)).toEqual(causes);
    if (invoice === '31.56') expect(value.explanations[0]?.total).toEqual(amount('31.555'));
  });
});

test('fault B11 (property): what explains exactly is so when the bill is added up again without those rows', () => {
  const credits = fc.constantFrom('1', '2', '1.5', '0.05', '0.005', '3.333', '10');
  const row = fc.record({
    id: fc.integer({ min: 1, max: 6 }),
    month: fc.constantFrom(APRIL, APRIL, MAY, '2024-03'),
    credits,
    kind: fc.constantFrom('report', 'text', 'missing-report'),
  });
  const set = fc.subarray<CauseName>(['rounding', 'copies', 'missing-reports', 'other-months'], {
    minLength: 1,
  });
  let explanations = 0;

  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 10 }),
      set,
      fc.boolean(),
      (rows, chosen, countCopies) => {
        const base = reconcile(rows, '0', countCopies);
        const exact = addUp(rows, chosen, base, countCopies);
        const invoice = chosen.includes('rounding') ? exact.toDecimalPlaces(2).toFixed() : exact.toFixed();
        const value = reconcile(rows, invoice, countCopies);
        expect(formatAmount(value.total)).toBe(addUp(rows, [], base, countCopies).toFixed());
        for (const { causes, total } of value.explanations) {
          explanations++;
          const again = addUp(rows, causes, value, countCopies);
          expect(formatAmount(total)).toBe(again.toFixed());
          if (!causes.includes('rounding')) expect(again.toFixed()).toBe(invoice);
          else expect(again.minus(invoice).abs().lt('0.01') && again.decimalPlaces() > 2).toBe(true);
        }
        // What was done to the bill is found, or a part of it that does the same.
        const listed = ['rounding', ...value.causes.map(({ cause }) => cause)];
        if (formatAmount(value.difference) === '0' || !chosen.every((name) => listed.includes(name))) return;
        expect(value.explanations.some(({ causes }) => causes.every((name) => chosen.includes(name)))).toBe(
          true,
        );
      },
    ),
    { numRuns: 2000 },
  );
  expect(explanations).toBeGreaterThan(1000);

  /** The total from the rows themselves: without those that the causes name. */
  function addUp(
    rows: readonly Row[],
    causes: readonly CauseName[],
    { causes: all }: Reconciliation,
    counted: boolean,
  ) {
    const months = all.find((cause) => cause.cause === 'other-months');
    const main = months?.cause === 'other-months' ? months.month : undefined;
    const withCopies = causes.includes('copies') ? !counted : counted;
    return rows
      .filter(({ id }, index) => withCopies || rows.findIndex((each) => each.id === id) === index)
      .filter(({ kind }) => !causes.includes('missing-reports') || kind !== 'missing-report')
      .filter(({ month }) => !causes.includes('other-months') || month === main)
      .reduce((sum, { credits: each }) => sum.plus(each), new Decimal(0));
  }
});
