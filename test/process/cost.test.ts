import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PUBLISHED_CARD, writeRateCard } from '../../src/rates/rate-card.js';
import { inFolder } from './run.js';
import { runMain } from './run-main.js';

const SAMPLE = ['--source', 'sample'];
const PRICE = ['--credit-price', '0.0213', '--currency', 'GBP'];
/** 35 messages, 658.8 credits. */
const COST = '14.03244';

describe('cost of rows', () => {
  test('the contract and the CSV are the same with a price and without', async () => {
    for (const format of ['--json', '--ndjson', '--csv', '--tsv']) {
      const [without, priced] = await Promise.all([
        runMain([format, ...SAMPLE]),
        runMain([format, ...SAMPLE, ...PRICE]),
      ]);
      expect(priced).toMatchObject({ stdout: without.stdout, stderr: '', status: 0 });
    }
  });

  test.each([
    [
      '--json',
      '{"usage":[\n{"message_id":1000,"cost":0.10863,"currency":"GBP"},\n{"message_id":1001,"cost":1.6827,"currency":"GBP"}\n]}\n',
    ],
    [
      '--ndjson',
      '{"message_id":1000,"cost":0.10863,"currency":"GBP"}\n{"message_id":1001,"cost":1.6827,"currency":"GBP"}\n',
    ],
    ['--csv', 'message_id,cost,currency\r\n1000,0.10863,GBP\r\n1001,1.6827,GBP\r\n'],
    ['--tsv', 'message_id\tcost\tcurrency\n1000\t0.10863\tGBP\n1001\t1.6827\tGBP\n'],
  ])('%s has the fields that are named', async (format, expected) => {
    const fields = ['--fields', 'message_id,cost,currency', '--limit', '2'];
    expect(await runMain([format, ...SAMPLE, ...PRICE, ...fields])).toMatchObject({ stdout: expected });
  });

  test('a table has the exact cost of each message, and what is paid, with its rounding', async () => {
    const { stdout } = await runMain([...SAMPLE, ...PRICE]);
    expect(stdout).toMatch(/^ Message {2}Timestamp +Report +Credits +Cost GBP\n/);
    expect(stdout).toMatch(
      / 35 messages +Total +658\.80 +14\.032440\n +Total {2}14\.03 GBP, rounded from 14\.03244\n$/,
    );
  });

  test('a total that can be paid is not rounded, and yen have no digits', async () => {
    const exact = await runMain([...SAMPLE, '--credit-price', '1', '--currency', 'EUR']);
    expect(exact.stdout).toMatch(/Total {2}658\.80 EUR\n$/);
    const yen = await runMain([...SAMPLE, '--credit-price', '1', '--currency', 'JPY']);
    expect(yen.stdout).toMatch(/Total {2}659 JPY, rounded from 658\.8\n$/);
  });

  test('price writes costs too', async () => {
    const input = '{"id":1,"timestamp":"2024-04-01T00:00:00Z","text":"!!!"}\n';
    const run = await runMain(['price', ...SAMPLE, ...PRICE, '--fields', 'message_id,cost'], { input });
    expect(run.stdout).toBe('{"message_id":1,"cost":0.024495}\n');
  });
});

describe('cost of groups', () => {
  test('each group is exact, and the total is rounded once', async () => {
    const json = await runMain(['summary', ...SAMPLE, ...PRICE, '--by', 'kind', '--json']);
    expect(JSON.parse(json.stdout).summary).toMatchObject({
      currency: 'GBP',
      groups: [
        { kind: 'report', cost: 11.388045, currency: 'GBP' },
        { kind: 'text', cost: 2.578365 },
        { kind: 'missing-report', cost: 0.06603 },
      ],
      total: { cost: 14.03244, invoice: 14.03, rounding: -0.00244 },
    });
    const csv = await runMain(['summary', ...SAMPLE, ...PRICE, '--by', 'kind', '--csv']);
    expect(csv.stdout).toMatch(
      /^kind,messages,credits,share,cost,currency\r\nreport,9,534\.65,81\.16,11\.388045,GBP\r\n/,
    );
    const table = await runMain(['summary', ...SAMPLE, ...PRICE, '--by', 'kind']);
    expect(table.stdout).toMatch(/Total {2}14\.03 GBP, rounded from 14\.03244\n$/);
  });

  test('without a price nothing speaks of money', async () => {
    const json = await runMain(['summary', ...SAMPLE, '--json']);
    expect(json.stdout).not.toMatch(/cost|currency|invoice/);
  });

  test('merge adds costs exactly, and refuses another currency or a part without one', async () => {
    await inFolder(async (cwd) => {
      const part = async (name: string, ...flags: string[]) => {
        const run = await runMain(['summary', ...SAMPLE, '--json', '--output', join(cwd, name), ...flags]);
        expect(run.status).toBe(0);
      };
      await part('a.json', ...PRICE, '--kind', 'report');
      await part('b.json', ...PRICE, '--kind', 'text');
      await part('c.json', ...PRICE, '--kind', 'missing-report');
      await part('euro.json', '--credit-price', '1', '--currency', 'EUR', '--kind', 'text');
      await part('none.json', '--kind', 'text');
      const merged = await runMain(['merge', 'a.json', 'b.json', 'c.json', '--json'], { cwd });
      expect(merged.stdout).toContain(`"cost":${COST},"invoice":14.03,"rounding":-0.00244`);
      expect(await runMain(['merge', 'a.json', 'euro.json'], { cwd })).toMatchObject({
        status: 65,
        stderr: 'o-copilot: euro.json: currency: is EUR, but a.json has GBP: they cannot be added\n',
      });
      expect(await runMain(['merge', 'a.json', 'none.json'], { cwd })).toMatchObject({
        status: 65,
        stderr: 'o-copilot: none.json: currency: is none, but a.json has GBP: they cannot be added\n',
      });
      const broken = readFileSync(join(cwd, 'a.json'), 'utf8').replace('"cost":11', '"cost":12');
      writeFileSync(join(cwd, 'broken.json'), broken);
      expect(await runMain(['merge', 'broken.json'], { cwd })).toMatchObject({
        status: 65,
        stderr: 'o-copilot: broken.json: total: the groups do not add up to the total\n',
      });
    });
  });
});

describe('explain', () => {
  test('shows what the credits cost', async () => {
    const table = await runMain(['explain', '1002', ...SAMPLE, ...PRICE]);
    expect(table.stdout).toContain(' Cost  5.2 × 0.0213 GBP = 0.11076 GBP\n');
    const json = await runMain(['explain', '1002', ...SAMPLE, ...PRICE, '--json']);
    expect(json.stdout).toMatch(
      /"credits_used":5\.2,"credit_price":0\.0213,"cost":0\.11076,"currency":"GBP"\}\}\n$/,
    );
  });
});

describe('prices by date', () => {
  const [entry] = JSON.parse(writeRateCard(PUBLISHED_CARD)).rates;
  const card = JSON.stringify({
    currency: 'GBP',
    rates: [
      { ...entry, valid_from: '2024-04-01', credit_price: '0.02' },
      { ...entry, valid_from: '2024-04-16T00:00:00+02:00', credit_price: 0.03 },
    ],
  });
  const messages = JSON.stringify({
    messages: [
      { id: 1, timestamp: '2024-04-15T21:59:59.9999999Z', text: '' },
      { id: 2, timestamp: '2024-04-15T22:00:00Z', text: '' },
      { id: 3, timestamp: '2024-04-02T00:00:00Z', text: '' },
    ],
  });
  const inCard = (use: (cwd: string) => Promise<void>) =>
    inFolder(async (cwd) => {
      writeFileSync(join(cwd, 'card.json'), card);
      writeFileSync(join(cwd, 'm.json'), messages);
      await use(cwd);
    });

  test('a message has the price in force at its exact instant, and sums hold both prices', async () => {
    await inCard(async (cwd) => {
      const flags = ['--source', 'm.json', '--rates', 'card.json'];
      const rows = await runMain([...flags, '--ndjson', '--fields', 'message_id,cost,currency'], { cwd });
      expect(rows.stdout).toBe(
        '{"message_id":1,"cost":0.02,"currency":"GBP"}\n{"message_id":2,"cost":0.03,"currency":"GBP"}\n{"message_id":3,"cost":0.02,"currency":"GBP"}\n',
      );
      const summary = await runMain(['summary', ...flags, '--by', 'month', '--json'], { cwd });
      expect(summary.stdout).toContain(
        '"total":{"messages":3,"credits":3,"cost":0.07,"invoice":0.07,"rounding":0}',
      );
      const explained = await runMain(['explain', '2', ...flags, '--json'], { cwd });
      expect(explained.stdout).toContain('"credit_price":0.03,"cost":0.03');
      const rates = await runMain(['rates', '--rates', 'card.json', '--at', '2024-04-20'], { cwd });
      expect(rates.stdout).toContain('0.03 GBP a credit');
    });
  });

  test('a receipt records the cost, and the bill is made again from the same card', async () => {
    await inCard(async (cwd) => {
      const flags = ['--source', 'm.json', '--rates', 'card.json'];
      const fields = ['--fields', 'message_id,credits_used,cost', '--output', 'u.csv', '--receipt', 'r.json'];
      expect(await runMain([...flags, ...fields], { cwd })).toMatchObject({ status: 0 });
      expect(JSON.parse(readFileSync(join(cwd, 'r.json'), 'utf8')).rows).toMatchObject({
        cost: '0.07',
        currency: 'GBP',
      });
      expect(await runMain(['verify', 'u.csv', 'r.json', ...flags], { cwd })).toMatchObject({ status: 0 });
      // A price that is set here is no part of a bill that was made without it.
      const env = { O_COPILOT_CREDIT_PRICE: '7', O_COPILOT_CURRENCY: 'EUR' };
      expect(await runMain(['verify', 'u.csv', 'r.json', ...flags], { cwd, env })).toMatchObject({
        status: 0,
      });
    });
  });

  test.each([
    [['--credit-price', '1', '--currency', 'EUR'], {}, 64, '--credit-price: card.json has prices of its own'],
    [
      [],
      { O_COPILOT_CREDIT_PRICE: '1', O_COPILOT_CURRENCY: 'EUR' },
      78,
      'O_COPILOT_CREDIT_PRICE: card.json has prices',
    ],
  ])(
    'a price of the settings beside those of the card is refused: %j %j',
    async (flags, env, status, problem) => {
      await inCard(async (cwd) => {
        const run = await runMain(['--source', 'm.json', '--rates', 'card.json', ...flags], { cwd, env });
        expect(run).toMatchObject({ stdout: '', status });
        expect(run.stderr).toContain(problem);
      });
    },
  );
});

describe('receipts', () => {
  test('verify adds up the costs, and finds a receipt that says another', async () => {
    await inFolder(async (cwd) => {
      const fields = ['--fields', 'message_id,credits_used,cost,currency'];
      await runMain([...SAMPLE, ...PRICE, ...fields, '--output', 'u.csv', '--receipt', 'r.json'], { cwd });
      const verified = await runMain(['verify', 'u.csv', 'r.json'], { cwd });
      expect(verified).toMatchObject({ status: 0 });
      expect(verified.stdout).toContain(`35 messages, 658.8 credits, ${COST} GBP\n`);
      const other = readFileSync(join(cwd, 'r.json'), 'utf8').replace(`"cost": "${COST}"`, '"cost": "15"');
      writeFileSync(join(cwd, 'other.json'), other);
      const wrong = await runMain(['verify', 'u.csv', 'other.json'], { cwd });
      expect(wrong.status).toBe(1);
      expect(wrong.stdout).toContain(`rows.cost: the receipt says 15, found ${COST}`);
      const euro = readFileSync(join(cwd, 'r.json'), 'utf8').replaceAll('GBP', 'EUR');
      writeFileSync(join(cwd, 'euro.json'), euro);
      const inEuro = await runMain(['verify', 'u.csv', 'euro.json'], { cwd });
      expect(inEuro.stdout).toContain('rows.currency: the receipt says EUR, found GBP');
    });
  });
});

describe('what is refused', () => {
  test.each<[string[], Record<string, string>, number, string]>([
    [['--credit-price', '0.02'], {}, 64, '--credit-price: needs --currency (O_COPILOT_CURRENCY) too'],
    [['--currency', 'GBP'], {}, 64, '--currency: needs --credit-price (O_COPILOT_CREDIT_PRICE) too'],
    [[], { O_COPILOT_CURRENCY: 'GBP' }, 78, 'O_COPILOT_CURRENCY: needs --credit-price'],
    [[], { O_COPILOT_CREDIT_PRICE: '1' }, 78, 'O_COPILOT_CREDIT_PRICE: needs --currency'],
    [['--credit-price', '1', '--currency', 'GBPP'], {}, 64, '"GBPP" (did you mean GBP?)'],
    [['--credit-price', '1', '--currency', 'gbp'], {}, 64, '"gbp" (did you mean GBP?)'],
    [['--credit-price', '1', '--currency', 'XAU'], {}, 64, '--currency: expected a currency of ISO 4217'],
    ...['-5', '0', '0.00', '1,5', '£1', 'NaN', '1e400'].map(
      (price): [string[], Record<string, string>, number, string] => [
        [`--credit-price=${price}`, '--currency', 'GBP'],
        {},
        64,
        '--credit-price: expected what a credit costs, above 0',
      ],
    ),
    [
      ['--fields', 'cost'],
      {},
      64,
      '--fields: cost needs the price of a credit: --credit-price and --currency',
    ],
    [['--fields', 'message_id,currency'], {}, 64, '--fields: currency needs the price of a credit'],
  ])('%j %j', async (flags, env, status, problem) => {
    const run = await runMain([...SAMPLE, ...flags], { env });
    expect(run).toMatchObject({ stdout: '', status });
    expect(run.stderr).toContain(problem);
  });

  test('none overrides a price that the environment sets', async () => {
    const env = { O_COPILOT_CREDIT_PRICE: '1', O_COPILOT_CURRENCY: 'GBP' };
    const run = await runMain([...SAMPLE, '--credit-price', 'none', '--currency', 'none'], { env });
    expect(run.stdout).toMatch(/Total {2}658\.80\n$/);
  });
});

describe('reconciliation in money', () => {
  const reconcile = (total: string, ...words: string[]) =>
    runMain(['diff', '--total', total, ...SAMPLE, ...words]);

  test('an invoice that is the total, rounded as it is, is equal; the exact amount too', async () => {
    const equal = await reconcile('14.03 GBP', ...PRICE);
    expect(equal).toMatchObject({ status: 0 });
    expect(equal.stdout).toBe(
      ' Invoice     14.03 GBP\n Total       14.03 GBP  35 messages of sample, rounded from 14.03244\n Difference   0.00 GBP  equal\n',
    );
    expect(await reconcile(`${COST} GBP`, ...PRICE)).toMatchObject({ status: 0 });
  });

  test('what could explain a gap is in money too, each message exact and the sum rounded once', async () => {
    const gap = await reconcile('13.97 GBP', ...PRICE, '--json');
    expect(gap.status).toBe(1);
    expect(JSON.parse(gap.stdout).reconciliation).toMatchObject({
      currency: 'GBP',
      invoice: 13.97,
      total: 14.03244,
      rounded: 14.03,
      difference: -0.06,
      causes: [
        {
          cause: 'missing-reports',
          cost: 0.06603,
          effect: -0.06603,
          reports: [{ report_id: '5999', cost: 0.06603 }],
        },
      ],
      closed_by: ['missing-reports'],
    });
  });

  test('an amount without a currency is credits, with a price or without', async () => {
    for (const flags of [[], PRICE]) {
      expect(await reconcile('658.8', ...flags)).toMatchObject({ status: 0 });
      expect(await reconcile('658.8 credits', ...flags)).toMatchObject({ status: 0 });
    }
  });

  test('the costs of an export count as they are', async () => {
    await inFolder(async (cwd) => {
      const fields = ['--fields', 'message_id,timestamp,credits_used,cost,currency'];
      await runMain([...SAMPLE, ...PRICE, ...fields, '--output', 'u.csv'], { cwd });
      expect(await runMain(['diff', 'u.csv', '--total', '14.03 GBP'], { cwd })).toMatchObject({ status: 0 });
      const other = await runMain(['diff', 'u.csv', '--total', '14.03 EUR'], { cwd });
      expect(other).toMatchObject({ status: 64, stdout: '' });
    });
  });

  test.each([
    ['14.03 GBP', [], '--total: GBP needs what a credit costs: --credit-price 0.02 --currency GBP'],
    ['14.03 EUR', PRICE, '--total: is in EUR, but what a credit costs is in GBP'],
    ['14.03 GBPP', PRICE, '--total: expected an amount such as 1234.55 or "46.30 GBP"'],
    ['-5 GBP', PRICE, '--total: expected an amount'],
  ])('%s with %j is refused', async (total, flags, problem) => {
    const run = await runMain(['diff', `--total=${total}`, ...SAMPLE, ...flags]);
    expect(run).toMatchObject({ stdout: '', status: 64 });
    expect(run.stderr).toContain(problem);
  });
});

describe('diff', () => {
  const two = async (use: (cwd: string) => Promise<void>) =>
    inFolder(async (cwd) => {
      const fields = ['--fields', 'message_id,timestamp,report_name,credits_used,cost,currency'];
      for (const [name, price] of [
        ['a', '0.02'],
        ['b', '0.03'],
      ]) {
        const money = ['--credit-price', price ?? '', '--currency', 'GBP'];
        await runMain([...SAMPLE, ...fields, ...money, '--until', '2024-04-01', '--output', `${name}.csv`], {
          cwd,
        });
        await runMain(
          [
            ...SAMPLE,
            ...fields,
            ...money,
            '--until',
            '2024-04-01',
            '--sort',
            'timestamp',
            '--desc',
            '--output',
            `${name}-down.csv`,
          ],
          { cwd },
        );
      }
      await use(cwd);
    });

  test('shows what both bills cost, and costs that changed, sorted or not', async () => {
    await two(async (cwd) => {
      const up = await runMain(['diff', 'a.csv', 'b.csv', '--json', ...PRICE], { cwd });
      expect(up.status).toBe(1);
      const { diff } = JSON.parse(up.stdout);
      expect(diff).toMatchObject({
        changed: 2,
        old_total: { credits: 84.1, cost: 1.682 },
        new_total: { credits: 84.1, cost: 2.523 },
        difference: 0,
        cost_difference: 0.841,
        currency: 'GBP',
        changes: [{ message_id: 1000, fields: ['cost'], old: { cost: 0.102 }, new: { cost: 0.153 } }, {}],
      });
      const table = await runMain(['diff', 'a.csv', 'b.csv', ...PRICE], { cwd });
      expect(table.stdout).toContain(' Cost  +0.841 GBP\n');
      expect(table.stdout).toContain('cost: 0.102 GBP → 0.153 GBP');
      const down = await runMain(['diff', 'a-down.csv', 'b.csv'], { cwd });
      expect(down.stdout).toContain('0 added, 0 removed, 2 changed, 0 unchanged');
      expect(await runMain(['diff', 'a-down.csv', 'a.csv'], { cwd })).toMatchObject({ status: 0 });
    });
  });

  test('costs of an export are compared with those of the price in force, and are of its currency', async () => {
    await two(async (cwd) => {
      const live = (...words: string[]) =>
        runMain(['diff', 'a.csv', ...SAMPLE, '--until', '2024-04-01', '--json', ...words], { cwd });
      const own = await live('--credit-price', '0.02', '--currency', 'GBP');
      expect(own).toMatchObject({ status: 0 });
      const changed = await live('--credit-price', '0.03', '--currency', 'GBP');
      expect(changed.status).toBe(1);
      expect(JSON.parse(changed.stdout).diff).toMatchObject({
        changed: 2,
        equal: false,
        cost_difference: 0.841,
        changes: [{ fields: ['cost'], old: { cost: 0.102 }, new: { cost: 0.153, currency: 'GBP' } }, {}],
      });
      await runMain([...SAMPLE, '--until', '2024-04-01', '--output', 'plain.csv'], { cwd });
      for (const [old, fresh] of [
        ['plain.csv', 'b.csv'],
        ['b-down.csv', 'plain.csv'],
      ]) {
        const run = await runMain(['diff', old ?? '', fresh ?? '', ...PRICE, '--json'], { cwd });
        expect(JSON.parse(run.stdout).diff).toMatchObject({ changed: 2, unchanged: 0 });
      }
      const euros = ['--credit-price', '0.02', '--currency', 'EUR'];
      for (const run of [
        await live(...euros),
        await runMain(['diff', 'a.csv', '--total=1 EUR', ...euros], { cwd }),
      ]) {
        expect(run).toMatchObject({ status: 65, stdout: '' });
        expect(run.stderr).toContain('currency: is GBP, but the price of a credit is in EUR');
      }
    });
  });

  test('multiplies the credits of an export without costs', async () => {
    await inFolder(async (cwd) => {
      await runMain([...SAMPLE, '--output', 'a.csv'], { cwd });
      const run = await runMain(['diff', 'a.csv', ...SAMPLE, ...PRICE], { cwd });
      expect(run).toMatchObject({ status: 0 });
      expect(run.stdout).toContain(`a.csv: 35 messages, 658.8 credits, ${COST} GBP\n`);
      expect(run.stdout).toContain(' Cost  0 GBP\n');
    });
  });
});
