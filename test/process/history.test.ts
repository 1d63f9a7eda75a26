import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { inFolder } from './run.js';
import { runMain } from './run-main.js';

const REPORTS: Readonly<Record<string, object>> = {
  1: { id: 1, name: 'Lease <b>', credit_cost: 10 },
  2: { id: 2, name: 'Rent', credit_cost: 2.5 },
};
const message = (id: number, timestamp: string, report_id?: number) => ({
  id,
  timestamp,
  text: '',
  report_id,
});

/** March 3.5, April 21 or 23.5, May 13.5 credits up to the tenth day. */
const DOCUMENTS: Readonly<Record<string, readonly object[]>> = {
  march: [message(1, '2024-03-05T00:00:00Z', 2), message(2, '2024-03-31T23:59:59.999Z')],
  april: [
    message(3, '2024-04-02T00:00:00Z', 1),
    message(4, '2024-04-10T12:00:00.0001Z', 1),
    message(5, '2024-04-20T00:00:00Z'),
  ],
  april2: [
    message(3, '2024-04-02T00:00:00Z', 1),
    message(4, '2024-04-10T12:00:00.0001Z', 1),
    message(5, '2024-04-20T00:00:00Z'),
    message(6, '2024-04-21T00:00:00Z', 2),
  ],
  may: [
    message(7, '2024-05-02T00:00:00Z', 1),
    message(8, '2024-05-03T00:00:00Z', 2),
    message(9, '2024-05-10T12:00:00Z'),
  ],
};

/** The documents, each with its reports. */
async function inPeriods(
  use: (cwd: string, run: (...words: string[]) => ReturnType<typeof runMain>) => Promise<void>,
) {
  await inFolder(async (cwd) => {
    mkdirSync(join(cwd, 'reports'));
    for (const [id, report] of Object.entries(REPORTS)) {
      writeFileSync(join(cwd, 'reports', `${id}.json`), JSON.stringify(report));
    }
    for (const [name, messages] of Object.entries(DOCUMENTS)) {
      writeFileSync(join(cwd, `${name}.messages.json`), JSON.stringify({ messages }));
    }
    await use(cwd, (...words) => runMain(words, { cwd }));
  });
}

const source = (name: string) => ['--source', `${name}.messages.json`];
const AS_OF = ['--as-of', '2024-05-10T12:00:00Z'];

describe('history', () => {
  test('exports of every readable format and snapshots: totals, changes, and the same days of the last period', async () => {
    await inPeriods(async (_, run) => {
      await run(...source('march'), '--output', 'march.csv');
      await run(...source('april2'), '--output', 'april.tsv');
      await run('snapshot', 'may', ...source('may'));
      const { stdout, stderr } = await run('history', 'may', 'march.csv', 'april.tsv', '--json', ...AS_OF);
      expect(stderr).toBe('');
      const { history } = JSON.parse(stdout);
      const percent = { messages: 100, credits: 571.43 };
      expect(history.periods).toMatchObject([
        { period: '2024-03', state: 'closed', messages: 2, credits: 3.5, change: null },
        {
          period: '2024-04',
          state: 'closed',
          messages: 4,
          credits: 23.5,
          change: { messages: 2, credits: 20, percent },
        },
        {
          period: '2024-05',
          state: 'open',
          messages: 3,
          credits: 13.5,
          change: null,
          made_at_by: 'snapshot',
        },
      ]);
      expect(history.total).toEqual({ messages: 9, credits: 40.5 });
      // The second message of April came a tenth of a millisecond later in its month.
      expect(history.comparison).toMatchObject({
        to_date: true,
        before: { period: '2024-04', until: '2024-04-10T12:00:00Z', messages: 1, credits: 10 },
        now: { period: '2024-05', until: '2024-05-10T12:00:00Z', messages: 3, credits: 13.5 },
        change: { messages: 2, credits: 3.5, percent: { messages: 200, credits: 35 } },
        increases: [
          {
            report_name: 'Rent',
            before: { credits: 0 },
            now: { credits: 2.5 },
            change: { percent: { credits: null } },
          },
          { report_name: null, change: { credits: 1 } },
        ],
        decreases: [],
      });
      for (const format of ['json', 'ndjson']) {
        await run(...source('march'), '--output', `march.${format}`);
        const again = await run('history', 'may', `march.${format}`, 'april.tsv', '--json', ...AS_OF);
        expect(JSON.parse(again.stdout).history.total).toEqual(history.total);
      }
    });
  });

  test('costs by the price in force, or as the exports have them', async () => {
    await inPeriods(async (_, run) => {
      const price = ['--credit-price', '0.333', '--currency', 'GBP'];
      const fields = ['--fields', 'message_id,timestamp,report_name,credits_used,cost,currency'];
      await run(...source('march'), '--output', 'march.csv', ...fields, ...price);
      await run(...source('april'), '--output', 'april.csv');
      const both = await run('history', 'march.csv', 'april.csv', '--json', ...price);
      expect(JSON.parse(both.stdout).history).toMatchObject({
        currency: 'GBP',
        periods: [
          { cost: 1.1655, invoice: 1.17 },
          { cost: 6.993, change: { cost: 5.8275, percent: { cost: 500 } } },
        ],
        total: { cost: 8.1585 },
      });
      const one = await run('history', 'march.csv', 'april.csv');
      expect(one.stdout).toMatch(/2024-03 +2 +3\.5 +1\.1655 +–\n 2024-04 +3 +21\.0 +– +\+500\.00 %\n/);
      expect(one.stdout).toMatch(/Total +5 +24\.5 +– +–\n/);
      await run(...source('may'), '--output', 'may.csv', '--receipt', 'may.receipt.json', ...price);
      const dearer = ['--credit-price', '0.4', '--currency', 'GBP'];
      const other = await run('history', 'may.csv', 'may.receipt.json', ...dearer);
      expect(other).toMatchObject({ stdout: '', status: 65 });
      expect(other.stderr).toContain(
        'may.csv: cost: 5.4 by the price in force, but 4.4955 GBP by its receipt; use its price',
      );
      expect(await run('history', 'may.csv', 'may.receipt.json', ...price)).toMatchObject({ status: 0 });
      expect(
        await run('history', 'march.csv', 'april.csv', '--credit-price', '1', '--currency', 'EUR'),
      ).toMatchObject({
        status: 65,
        stdout: '',
        stderr:
          'o-copilot: april.csv: currency: is EUR, but march.csv has GBP: they cannot be compared; export both in one currency, or without costs\n',
      });
    });
  });

  test('of two inputs of one period the newer counts, and a closed period that changed is shown', async () => {
    await inPeriods(async (cwd, run) => {
      await run(...source('april'), '--output', 'first.csv');
      await run(...source('april2'), '--output', 'second.csv');
      utimesSync(join(cwd, 'first.csv'), new Date('2024-05-02'), new Date('2024-05-02'));
      utimesSync(join(cwd, 'second.csv'), new Date('2024-05-03'), new Date('2024-05-03'));
      for (const order of [
        ['first.csv', 'second.csv'],
        ['second.csv', 'first.csv'],
      ]) {
        const run1 = await run('history', ...order);
        expect(run1.stdout).toContain(
          ' 2024-04: second.csv replaces first.csv (2024-05-02T00:00:00Z by the time of its file): messages +1 (+33.33 %), credits +2.5 (+11.90 %); the period was over by then, and has changed since\n',
        );
        const json = JSON.parse((await run('history', ...order, '--json')).stdout);
        expect(json.history.periods).toMatchObject([
          {
            input: 'second.csv',
            credits: 23.5,
            replaced: [{ input: 'first.csv', credits: 21, changed_after_close: true }],
          },
        ]);
      }
    });
  });

  test('a receipt says when its export was made, and by which rules: others are refused', async () => {
    await inPeriods(async (cwd, run) => {
      await run(...source('april'), '--output', 'april.csv', '--receipt', 'april.receipt.json');
      await run(
        ...source('may'),
        '--rules',
        'tokens',
        '--output',
        'may.csv',
        '--receipt',
        'may.receipt.json',
      );
      // The time of a file says nothing where its receipt does.
      utimesSync(join(cwd, 'april.csv'), new Date('2030-01-01'), new Date('2030-01-01'));
      const one = await run('history', 'april.csv', 'april.receipt.json', '--json');
      const [period] = JSON.parse(one.stdout).history.periods;
      expect(period).toMatchObject({ made_at_by: 'receipt' });
      expect(period.made_at < '2030').toBe(true);
      const others = await run('history', 'april.csv', 'april.receipt.json', 'may.csv', 'may.receipt.json');
      expect(others).toMatchObject({ stdout: '', status: 65 });
      expect(others.stderr).toContain(
        'may.csv: rules: is tokens, version 1, but april.csv has published, version 1: they cannot be compared; price both by the same',
      );
      expect(await run('history', 'may.csv', 'april.receipt.json')).toMatchObject({
        status: 65,
        stderr: 'o-copilot: april.receipt.json: is the receipt of none of the exports\n',
      });
      await run(
        ...source('april'),
        '--kind',
        'text',
        '--output',
        'part.csv',
        '--receipt',
        'part.receipt.json',
      );
      expect((await run('history', 'part.csv', 'part.receipt.json')).stderr).toContain(
        'part.csv: is a part of its period, made with --kind; export all of it',
      );
    });
  });

  test('snapshots priced by other rates than a receipt says are refused', async () => {
    await inPeriods(async (cwd, run) => {
      const rates = await run('rates', '--json');
      writeFileSync(join(cwd, 'rates.json'), rates.stdout);
      await run(...source('april'), '--output', 'april.csv', '--receipt', 'april.receipt.json');
      await run('snapshot', 'may', ...source('may'));
      const same = await run('history', 'april.csv', 'april.receipt.json', 'may');
      expect(same).toMatchObject({ status: 0 });
      const other = await run('history', 'april.csv', 'april.receipt.json', 'may', '--rates', 'rates.json');
      expect(other.stderr).toMatch(
        /^o-copilot: may: rules: is published, version 1, rates [0-9a-f]{12}, but april\.csv has/,
      );
    });
  });

  test('as CSV, as a page, and to a file', async () => {
    await inPeriods(async (_, run) => {
      await run(...source('march'), '--output', 'march.csv');
      await run(...source('april'), '--output', 'april.csv');
      const csv = await run('history', 'march.csv', 'april.csv', '--csv');
      const [, ...rows]: string[][] = parse(csv.stdout);
      expect(rows.map((cells) => cells.slice(0, 9))).toEqual([
        ['2024-03', 'closed', '2', '3.5', '', '', '', '', ''],
        ['2024-04', 'closed', '3', '21', '', '', '50.00', '500.00', ''],
      ]);
      const page = await run('history', 'march.csv', 'april.csv', '--html');
      expect(page.stdout).toContain('<h1>Usage history, 2024-03 to 2024-04</h1>');
      expect(page.stdout).toContain('Lease &lt;b&gt;');
      expect(page.stdout).not.toMatch(/<script|<b>|https?:/);
      expect(await run('history', 'march.csv', 'april.csv', '--output', 'h.html')).toMatchObject({
        stdout: '',
        status: 0,
      });
    });
  });

  test('months that are missing, and messages of other months, are shown', async () => {
    await inPeriods(async (_, run) => {
      await run(...source('march'), '--output', 'march.csv');
      await run(...source('may'), '--output', 'may.csv');
      const gap = await run('history', 'march.csv', 'may.csv');
      expect(gap.stdout).toContain(' 2024-04: nothing was given\n');
      expect(gap.stdout).not.toContain('changed most');
      const west = await run('history', 'march.csv', '--timezone', 'Pacific/Kiritimati');
      expect(west.stdout).toContain(' march.csv: 1 message of other months count in 2024-03 too\n');
    });
  });

  test.each([
    [['nosuch.csv'], 66, 'cannot read nosuch.csv'],
    [['reports'], 66, 'cannot read reports: is not a snapshot'],
    [['/dev/null'], 66, 'cannot read /dev/null: it is no file, and may have to be read twice'],
    [['march.csv', 'march.csv'], 64, 'are the same file, which would be counted twice'],
    [['march.csv', '--output', 'march.csv'], 64, 'march.csv'],
    [['march.messages.json'], 65, 'march.messages.json: usage: is missing'],
    [
      ['untimed.csv'],
      65,
      'untimed.csv, message 1: timestamp: needs an RFC 3339 timestamp; export with that field',
    ],
    [['costs.csv'], 65, 'costs.csv, message 1: currency: has a cost and no currency; export both fields'],
    [['empty.csv'], 65, 'empty.csv: has no message, so that its period is not known; leave it out'],
    [['march.csv', '--source', 'sample'], 64, '--source: history reads the files that it is given'],
    [[], 64, 'files'],
  ])('%j is refused', async (words, status, problem) => {
    await inPeriods(async (cwd, run) => {
      await run(...source('march'), '--output', 'march.csv');
      await run(...source('march'), '--fields', 'message_id,credits_used', '--output', 'untimed.csv');
      const price = ['--credit-price', '1', '--currency', 'GBP'];
      await run(
        ...source('march'),
        '--fields',
        'message_id,timestamp,credits_used,cost',
        ...price,
        '--output',
        'costs.csv',
      );
      writeFileSync(join(cwd, 'empty.csv'), 'message_id,timestamp,report_name,credits_used\r\n');
      const refused = await run('history', ...words);
      expect(refused).toMatchObject({ stdout: '', status });
      expect(refused.stderr).toContain(problem);
    });
  });
});
