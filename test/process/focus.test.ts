import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { startUpstream } from '../upstream.js';
import { runMain } from './run-main.js';

const MESSAGES = [
  { id: 1, timestamp: '2024-04-30T23:59:59.999+02:00', text: 'x', report_id: 7 },
  { id: 2, timestamp: '2024-04-30T22:00:00Z', text: 'Hello olleH', report_id: 8 },
  { id: 3, timestamp: '2024-12-31T23:59:60Z', text: '!!!' },
];
const REPORTS = { 7: { id: 7, name: '=Lease, "short"', credit_cost: 0.0000001 } };

/** The mandatory columns of FOCUS 1.2. */
const MANDATORY = [
  'BilledCost',
  'BillingAccountId',
  'BillingAccountName',
  'BillingCurrency',
  'BillingPeriodEnd',
  'BillingPeriodStart',
  'ChargeCategory',
  'ChargeClass',
  'ChargeDescription',
  'ChargePeriodEnd',
  'ChargePeriodStart',
  'ContractedCost',
  'EffectiveCost',
  'InvoiceIssuerName',
  'ListCost',
  'PricingQuantity',
  'PricingUnit',
  'ProviderName',
  'PublisherName',
  'ServiceCategory',
  'ServiceName',
];

test('one charge a message, with every mandatory column, FOCUS names first and in order', async () => {
  const upstream = await startUpstream({ messages: { messages: MESSAGES }, reports: REPORTS });
  try {
    const run = await runMain(['--format', 'focus', '--source', upstream.url, '--timezone', 'Europe/Berlin']);
    expect(run.status).toBe(0);
    expect(run.stderr).toBe(
      'o-copilot: costs are in credits, and FOCUS needs a national currency: say --credit-price and --currency\no-copilot: BillingAccountId is empty, and FOCUS needs one: say --account-id\n',
    );
    const [header = [], ...rows]: string[][] = parse(run.stdout);
    const own = header.filter((name) => name.startsWith('x_'));
    const focus = header.filter((name) => !name.startsWith('x_'));
    expect(header).toEqual([...focus.toSorted(), ...own]);
    expect(focus).toEqual(expect.arrayContaining(MANDATORY));
    const records = rows.map((cells) =>
      Object.fromEntries(header.map((name, index) => [name, cells[index]])),
    );
    expect(records).toMatchObject([
      {
        BilledCost: '0.0000001',
        BillingCurrency: 'Credits',
        BillingPeriodStart: '2024-03-31T22:00:00Z',
        BillingPeriodEnd: '2024-04-30T22:00:00Z',
        ChargePeriodStart: '2024-04-30T21:59:59Z',
        ChargePeriodEnd: '2024-04-30T22:00:00Z',
        ChargeDescription: 'Report: =Lease, "short"',
        ResourceId: '1',
        ResourceName: `'=Lease, "short"`,
        x_Kind: 'report',
        x_ReportId: '7',
      },
      {
        BilledCost: '2',
        BillingPeriodStart: '2024-04-30T22:00:00Z',
        BillingPeriodEnd: '2024-05-31T22:00:00Z',
        ChargePeriodStart: '2024-04-30T22:00:00Z',
        ResourceName: '',
        x_Kind: 'missing-report',
      },
      { EffectiveCost: '1.15', BillingPeriodStart: '2024-12-31T23:00:00Z', x_Kind: 'text', x_ReportId: '' },
    ]);
  } finally {
    await upstream.close();
  }
});

test('with a price and an account the costs are money, and credits the virtual currency of the prices', async () => {
  const money = ['--credit-price', '0.0213', '--currency', 'GBP'];
  const account = ['--account-id', '=a-1', '--account-name', 'Acme, Ltd'];
  const run = await runMain([
    '--format',
    'focus',
    '--source',
    'sample',
    '--limit',
    '2',
    ...money,
    ...account,
  ]);
  expect(run).toMatchObject({ stderr: '', status: 0 });
  const [header = [], ...rows]: string[][] = parse(run.stdout);
  expect(header.filter((name) => !name.startsWith('x_'))).toEqual(
    header.filter((name) => !name.startsWith('x_')).toSorted(),
  );
  const record = Object.fromEntries(header.map((name, index) => [name, rows[0]?.[index]]));
  const cost = '0.10863';
  expect(record).toMatchObject({
    BilledCost: cost,
    BillingAccountId: "'=a-1",
    BillingAccountName: 'Acme, Ltd',
    BillingCurrency: 'GBP',
    ContractedCost: cost,
    EffectiveCost: cost,
    ListCost: cost,
    PricingCurrency: 'Credits',
    PricingCurrencyContractedUnitPrice: '5.1',
    PricingCurrencyEffectiveCost: '5.1',
    PricingCurrencyListUnitPrice: '5.1',
    PricingQuantity: '1.0',
    ConsumedQuantity: '1.0',
    InvoiceId: '',
    ServiceSubcategory: 'Generative AI',
  });
});

test('a description that a spreadsheet would run cannot be', async () => {
  const run = await runMain(['--format', 'focus', '--source', 'sample']);
  const [, ...rows]: string[][] = parse(run.stdout);
  expect(rows).toHaveLength(35);
  expect(rows.flat().filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
});

test.each(['0000-01-01T00:00:00+01:00', '9999-12-31T23:59:59.5-01:00'])(
  'the ends of time have years of four digits: %s',
  async (timestamp) => {
    const input = JSON.stringify({ messages: [{ id: 1, timestamp, text: '' }] });
    const run = await runMain(['--format', 'focus', '--source', '-', '--quiet'], { input });
    expect(run).toMatchObject({ stderr: '', status: 0 });
    const times = run.stdout.match(/[^,]*Z/g) ?? [];
    expect(times.filter((time) => !/^(0000|9999)-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(time))).toEqual([]);
    expect(times).toHaveLength(4);
  },
);

test.each([
  [['--fields', 'text'], '--fields: focus has fields of its own'],
  [['--delimiter', ';'], '--delimiter: is for CSV, not focus'],
  [['--account-id', ''], '--account-id: expected text'],
])('%s is refused', async (flags, problem) => {
  const run = await runMain(['--format', 'focus', '--source', 'sample', ...flags]);
  expect(run).toMatchObject({ stdout: '', status: 64 });
  expect(run.stderr).toContain(problem);
});
